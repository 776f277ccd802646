import { peopleById } from '../../db/people';
import type { ObligationRow } from '../../db/obligations';
import { participantsOf, type SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { isPresent } from '../../decisions/ask';
import { planEvents, previewEvent } from '../plan';
import type { PlanEvent } from '../plan-event';
import { suppressPlanned } from '../replan';
import { moneyOf, type Effect } from './describe';
import type { CorrectionPreview } from './types';

/**
 * Whose families and whether the instructor are told: of what was said of a student, of money, of a strike that is forgiven; of the
 * minutes and the text those whose child was there.
 */
async function eventsOf(tx: Tx, session: SessionRow, effect: Effect, asOf: Date): Promise<PlanEvent[]> {
  const { participant, verdict, money, forgiven, minutes, update } = effect;
  const came = minutes || update ? (await participantsOf(tx, session.id)).filter((p) => p.role === 'student' && isPresent(p)) : [];
  const studentIds = came.map((p) => p.personId);
  // The text is sent as it is now; that it was mended stands in the same message.
  if (update) return studentIds.length > 0 ? [{ event: 'update-corrected', asOf, studentIds, documentId: update.documentId }] : [];
  const moved = moneyOf(session, money).filter((m) => !m.held);
  const students = new Set([...studentIds, ...moved.filter((m) => m.kind === 'charge').map((m) => m.personId)]);
  if (participant?.role === 'student' && (verdict !== null || forgiven.length > 0)) students.add(participant.personId);
  const events: PlanEvent[] = [];
  if (students.size > 0) events.push({ event: 'corrected', asOf, studentIds: [...students] });
  if (moved.some((m) => m.kind === 'payout')) events.push({ event: 'pay-corrected', asOf });
  return events;
}

/** The messages that a correction would send to somebody who can be reached. */
export async function messagesFor(tx: Tx, session: SessionRow, effect: Effect, asOf: Date): Promise<CorrectionPreview['messages']> {
  const planned = (await Promise.all((await eventsOf(tx, session, effect, asOf)).map((event) => previewEvent(tx, session, event)))).flat();
  const people = await peopleById(tx, [...new Set(planned.map((p) => p.personId))]);
  const reached = new Set(people.filter((p) => p.email ?? p.phone).map((p) => p.id));
  return planned
    .filter((p) => p.state === 'planned' && reached.has(p.personId))
    .map(({ personId, kind, step, channel, dueAt }) => ({ personId, kind, step, channel, dueAt: new Date(dueAt) }));
}

/** One message to each whom a correction concerns; what an earlier one was still to say of them is not said any more. */
export async function tellOfCorrection(tx: Tx, session: SessionRow, effect: Effect, asOf: Date): Promise<void> {
  const events = await eventsOf(tx, session, effect, asOf);
  if (events.length === 0) return;
  const about = new Set(events.flatMap((e) => e.studentIds ?? []));
  const isPay = events.some((e) => e.event === 'pay-corrected');
  const kind = effect.update ? 'update' : 'correction';
  const isOther = (o: ObligationRow): boolean => o.kind !== kind || !(o.aboutId ? about.has(o.aboutId) : isPay);
  await suppressPlanned(tx, session.id, 'corrected-again', asOf, isOther);
  await planEvents(tx, session, ...events);
}
