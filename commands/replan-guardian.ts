import { refreshNextDue } from '../db/dispatch';
import { takeBackAbout } from '../db/obligations';
import { studentsToldAbout } from '../db/people';
import { lockOpenSessionsOf, type SessionRow } from '../db/sessions';
import { wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { replan } from './replan';

/** A booking that is held owes nothing yet; its approval reads who the guardians are then. */
const isAhead = (s: SessionRow, asOf: Date): boolean => ['booked', 'ready'].includes(s.status) && s.startsAt > asOf;

/**
 * A guardian is to be told of other students than before: what is still unsent about those they are told of no more is taken
 * back, on whatever session; of the others' lessons that are still ahead they are owed what everyone is owed, by the rules in
 * force. What anybody else is owed stays as it is. One transaction with the change of the guardian.
 */
export async function replanGuardian(tx: Tx, personId: string, { toldBefore, asOf }: { toldBefore: readonly string[]; asOf: Date }): Promise<void> {
  const toldNow = await studentsToldAbout(tx, personId);
  const lost = toldBefore.filter((id) => !toldNow.includes(id));
  const gained = toldNow.filter((id) => !toldBefore.includes(id));
  if (lost.length + gained.length === 0) return;
  const sessions = await lockOpenSessionsOf(tx, [...lost, ...gained]);
  const touched = new Set(await takeBackAbout(tx, { personId, aboutIds: lost, sessionIds: sessions.map((s) => s.id) }, 'people-changed', asOf));
  for (const session of sessions.filter((s) => isAhead(s, asOf) && s.whoseIds.some((id) => gained.includes(id)))) {
    await replan(tx, session, { reason: 'people-changed', asOf, concerns: (o) => o.personId === personId });
    touched.add(session.id);
  }
  for (const sessionId of touched) {
    await refreshNextDue(tx, sessionId);
    await wake(tx, sessionId);
  }
}
