import { setObligation } from '../db/dispatch';
import { obligationById, type ObligationRow } from '../db/obligations';
import { findSession } from '../db/sessions';
import type { Tx } from '../db/database';
import type { Channel } from '../domain/vocabulary';
import { messageReason } from './held-reasons';
import { openHeldStep } from './held-steps';

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
