import { addAudit } from '../../db/audit';
import { endSending, type DeliveryRow, type WebhookAttempt } from '../../db/webhook-deliveries';
import { isWebhookStepOpen, lockWebhook, setFailingSince, type WebhookRow } from '../../db/webhooks';
import { findSession } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { decide, isAnswered, type Decision } from '../../decisions/decide';
import { TEST_TYPE, type WebhookAnswer } from '../../domain/outbound';
import type { Context } from '../context';
import { webhookReason } from '../held-reasons';
import { openHeldStep } from '../held-steps';
import { switchOff } from './addresses';

/** What came of a sending. */
export interface Sent {
  /** Null when it was taken. */
  answer: WebhookAnswer | null;
  attempt: WebhookAttempt;
  /** Business ms that the receiver asks for; 0 when it does not. */
  retryAfterMs: number;
}

const LABELS = { programme: null, branch: null, subject: null };

/** What becomes of it, as `webhook` says; null where the rules in force do not answer, and then it is given up. */
async function whatNow(tx: Tx, w: WebhookRow, d: DeliveryRow, { answer, retryAfterMs }: Sent, asOf: Date): Promise<Decision | null> {
  const labels = (d.sessionId && (await findSession(tx, d.sessionId))) || LABELS;
  if (!(await isAnswered(tx, 'webhook', labels))) return null;
  const facts = {
    answer: answer!,
    isTest: d.type === TEST_TYPE,
    tries: d.tries,
    retryAfter: retryAfterMs,
    failingFor: w.failingSince ? +asOf - +w.failingSince : 0,
  };
  const of = { sessionId: d.sessionId, bookedSetId: null, rev: 1, labels, asOf };
  return decide(tx, { point: 'webhook', subject: d.id, seq: `try:${d.version}`, facts, ...of });
}

/** A coordinator is told by a held step on the session that it was about; what is about no session stands in the doctor's findings alone. */
async function tell(
  tx: Tx,
  w: WebhookRow,
  d: DeliveryRow,
  { isOff, decision, asOf }: { isOff: boolean; decision: Decision; asOf: Date },
): Promise<void> {
  if (d.sessionId === null || (await isWebhookStepOpen(tx, w.id))) return;
  const session = (await findSession(tx, d.sessionId))!;
  await openHeldStep(tx, {
    session,
    kind: 'webhook',
    subject: w.id,
    audience: 'coordinator',
    reason: webhookReason(session, { name: w.name, host: new URL(w.url).host, type: d.type, isOff }),
    shown: { question: 'Is what it has not taken sent again?', webhookId: w.id, since: d.at.toISOString() },
    options: ['send-again', 'leave'],
    decisionId: decision.id,
    asOf,
  });
}

/**
 * Marks what came of a sending, and does what the rules say of one that was not taken. One transaction; nothing for what somebody else has
 * sent since. The order of locks: the address, then its delivery.
 */
export async function endDelivery(ctx: Context, d: DeliveryRow, sent: Sent): Promise<void> {
  const { asOf } = ctx;
  await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const w = (await lockWebhook(tx, d.webhookId))!;
    const end = { attempt: sent.attempt, reason: null, dueAt: null, endedAt: asOf };
    if (sent.answer === null) {
      if (await endSending(tx, d, { ...end, state: 'delivered' })) await setFailingSince(tx, w.id, null);
      return;
    }
    const isTest = d.type === TEST_TYPE;
    const known = { ...w, failingSince: isTest ? w.failingSince : (w.failingSince ?? asOf) };
    const decision = await whatNow(tx, known, d, sent, asOf);
    const { verdict, after, tell: who } = decision?.outcome ?? {};
    const repeats = verdict === 'repeat' && typeof after === 'number' && w.state === 'on';
    const to = repeats
      ? ({ ...end, state: 'planned', dueAt: new Date(+asOf + after), endedAt: null } as const)
      : ({ ...end, state: 'failed', reason: sent.answer } as const);
    if (!(await endSending(tx, d, to))) return;
    if (!isTest) await setFailingSince(tx, w.id, known.failingSince);
    const isOff = verdict === 'switch-off' && w.state === 'on';
    if (isOff) {
      await switchOff(tx, known, sent.answer === 'gone' ? 'gone' : 'failing', asOf);
      await addAudit(tx, ctx, 'webhook.off', 'webhook', w.id, { answer: sent.answer });
    }
    if (decision && !repeats && who !== 'nobody') await tell(tx, w, d, { isOff, decision, asOf });
  });
}
