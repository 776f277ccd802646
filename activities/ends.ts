import { BOOKED_KINDS, countsFrom } from '../commands/replan';
import { failOver } from '../commands/fail-over';
import { rememberOptOutOf } from '../commands/opt-outs';
import { markAccepted, markAttempt, setObligation, type Sending } from '../db/dispatch';
import { obligationById, type ObligationRow } from '../db/obligations';
import { findSession, participantsOf } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { signal } from '../domain/signals';
import { isOptOut, isUndelivered, smsFault } from '../domain/sms-errors';
import type { SendResult } from './ports';

const RETRY_MS = 60_000;

/** Besides what a port answers to a send: a message that was in doubt and of which the provider knows nothing. */
export type End = SendResult | { end: 'never-left' };

/** Writes down where sends ended, and what follows for what is owed: the accepted together, the others each by itself. */
export async function markEnds(tx: Tx, ends: { attempt: Sending; result: End }[], asOf: Date): Promise<void> {
  const accepted = ends.flatMap(({ attempt, result }) =>
    result.end === 'accepted' ? [{ attemptId: attempt.id, obligationId: attempt.obligationId, ref: result.ref }] : [],
  );
  const delivered = await markAccepted(tx, accepted, asOf);
  for (const o of delivered) signal('sent', { kind: o.kind, channel: o.channel, latenessMs: +asOf - +o.dueAt });
  await addToTimeline(
    tx,
    delivered.map((o) => ({
      sessionId: o.sessionId,
      rev: o.rev,
      at: asOf,
      kind: 'message.accepted',
      actor: 'lectern',
      data: { obligationId: o.id, kind: o.kind, step: o.step, channel: o.channel, personId: o.personId },
      decisionId: o.decisionId,
    })),
  );
  // A report of the provider may have come before its answer.
  for (const o of delivered.filter((d) => isUndelivered(d.providerStatus))) {
    if (isOptOut(o.providerError)) await rememberOptOutOf(tx, ends.find((e) => e.attempt.id === o.attemptId)!.attempt, asOf);
    await markAttempt(tx, o.attemptId, { state: 'failed', at: asOf, error: smsFault(o.providerError ?? undefined) });
    await failOver(tx, (await obligationById(tx, o.id))!, smsFault(o.providerError ?? undefined), asOf);
  }
  for (const { attempt, result } of ends) if (result.end !== 'accepted') await markUnsent(tx, attempt, result, asOf);
}

async function markUnsent(tx: Tx, attempt: Sending, result: Exclude<End, { end: 'accepted' }>, asOf: Date): Promise<void> {
  const o = (await obligationById(tx, attempt.obligationId))!;
  if (result.end === 'in-doubt') {
    await setObligation(tx, o.id, { state: 'in-doubt', reason: result.error, at: null });
    return;
  }
  if (result.end === 'never-left') {
    await markAttempt(tx, attempt.id, { state: 'failed', at: asOf, error: 'never left' });
    return oweAgain(tx, o, asOf);
  }
  await markAttempt(tx, attempt.id, { state: 'failed', at: asOf, error: result.error });
  if (result.end === 'refused') {
    if (result.isOptOut) await rememberOptOutOf(tx, attempt, asOf);
    await failOver(tx, o, result.error, asOf);
  } else {
    const again = new Date(+asOf + RETRY_MS);
    await setObligation(tx, o.id, { state: 'planned', reason: result.error, at: null, dueAt: again });
  }
}

/** What never left is claimed anew, with what is true by then; unless a change of the session meanwhile has ended what was owed. */
async function oweAgain(tx: Tx, o: ObligationRow, asOf: Date): Promise<void> {
  const session = (await findSession(tx, o.sessionId))!;
  const participants = await participantsOf(tx, o.sessionId);
  const isOwed = !BOOKED_KINDS.includes(o.kind) || (session.status !== 'cancelled' && countsFrom(session, participants, o));
  if (isOwed) await setObligation(tx, o.id, { state: 'planned', at: null, dueAt: asOf });
  else await setObligation(tx, o.id, { state: 'suppressed', reason: 'session-changed', at: asOf });
}
