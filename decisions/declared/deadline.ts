import { peopleSeen } from '../../db/declared-facts';
import type { Tx } from '../../db/database';
import { deadlineOf, type DeadlineBefore } from '../../domain/deadline';
import { DAYS, type DeadlineDocument } from '../../policy/facts/types';
import { parseDuration } from '../../policy/units';
import type { AskedOf, Finding } from './asked';

/** A deadline as it is counted. */
function ruleOf({ lead, hours, open, dayOfMonth, clock, daysBefore = 0 }: DeadlineDocument): DeadlineBefore {
  if (lead !== undefined) return { way: 'lead', leadMs: parseDuration(lead)! };
  if (dayOfMonth !== undefined) return { way: 'dayOfMonth', day: dayOfMonth, clock: clock! };
  if (hours === undefined) return { way: 'clock', clock: clock!, daysBefore };
  return { way: 'hours', hoursMs: parseDuration(hours)!, days: open!.days.map((d) => DAYS.indexOf(d) + 1), from: open!.from, to: open!.to };
}

/** On whose wall it is: of each of these people's own, or of one for all. */
async function wallsOf(
  tx: Tx,
  { zone }: DeadlineDocument,
  { session, homeZone, personIds }: AskedOf,
): Promise<{ personId: string | null; zone: string }[]> {
  if (zone === 'student' || zone === 'instructor') return (await peopleSeen(tx, personIds)).map((p) => ({ personId: p.id, zone: p.zone }));
  return [{ personId: null, zone: zone === 'session' ? session!.anchorZone : homeZone }];
}

/** How the moment of the question stands to a deadline of the session. Without a session there is none. */
export async function deadline(tx: Tx, fact: DeadlineDocument, asked: AskedOf): Promise<Finding[]> {
  const { session, asOf } = asked;
  if (!session) return [];
  return (await wallsOf(tx, fact, asked)).map(({ personId, zone }) => {
    const at = deadlineOf(ruleOf(fact), +session.startsAt, zone);
    if (at === null) return { personId, value: null };
    return { personId, value: fact.gives === 'before' ? +asOf < at : at - +asOf, deadlineAt: new Date(at) };
  });
}
