import { BOOKED_KINDS, countsFrom } from '../commands/replan';
import { messageReason } from '../commands/held-reasons';
import { openHeldStep } from '../commands/held-steps';
import { markAccepted, markAttempt, setObligation, type Sending } from '../db/dispatch';
import { obligationById, type ObligationRow } from '../db/obligations';
import { findSession, participantsOf } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import type { Channel } from '../domain/vocabulary';
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
  if (result.end === 'refused') await failOver(tx, o, result.error, asOf);
  else {
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

/** The first channel has failed for good: the policy's fallback takes over, or a person is told. */
export async function failOver(tx: Tx, o: ObligationRow, error: string, asOf: Date): Promise<void> {
  const fallback: Channel | null = o.fallback && o.fallback !== o.channel ? o.fallback : null;
  if (fallback) await setObligation(tx, o.id, { state: 'planned', reason: 'failing-over', at: null, channel: fallback });
  else await holdMessage(tx, { obligationId: o.id, sessionId: o.sessionId }, error, asOf);
}

/** A person says what becomes of a message: one that could not be delivered, with the error, or (null) one that may have left. */
export async function holdMessage(tx: Tx, about: { obligationId: string; sessionId: string }, error: string | null, asOf: Date): Promise<void> {
  const session = (await findSession(tx, about.sessionId))!;
  const o = (await obligationById(tx, about.obligationId))!;
  const step = await openHeldStep(tx, {
    session,
    kind: 'message',
    subject: o.id,
    audience: 'coordinator',
    reason: await messageReason(tx, session, { message: o, error }),
    shown: {
      question: 'Reach this person another way, then send again or leave it.',
      kind: o.kind,
      step: o.step,
      personId: o.personId,
      channel: o.channel,
    },
    options: ['resend', 'leave'],
    decisionId: o.decisionId,
    asOf,
  });
  await setObligation(tx, o.id, { state: 'held', reason: `held-step:${step.id}`, at: asOf });
}
