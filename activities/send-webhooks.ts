import { Webhook } from 'standardwebhooks';
import { composePayloads } from '../commands/webhooks/compose';
import { endDelivery, type Sent } from '../commands/webhooks/end';
import { goodSecrets } from '../commands/webhooks/secrets';
import type { Context } from '../commands/context';
import { claimDeliveries, keepPayloads, type DeliveryRow } from '../db/webhook-deliveries';
import { lockWebhook, type WebhookRow } from '../db/webhooks';
import type { BusinessClock } from '../domain/clock';
import { webhookIdOf, type WebhookAnswer } from '../domain/outbound';
import type { PostResult, PostWebhook } from './providers/webhook';

/** A post gives up after ten seconds; its claim is looked at again after this. */
const LEASE_SECONDS = 30;
/** No more is claimed than is sent at once: a claim that waits for others would outlive its lease. */
const AT_ONCE = 8;

export interface SendDeps {
  post: PostWebhook;
  clock: BusinessClock;
  /** Real time: receivers hold the timestamp against their own clock. */
  realNow: () => Date;
}

type Claimed = DeliveryRow & { payload: string };

/** Claims what is due at an address, and composes what is sent for the first time. Nothing where somebody else is at it. */
async function claim(ctx: Context, webhookId: string): Promise<{ webhook: WebhookRow; claimed: Claimed[] }> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const webhook = (await lockWebhook(tx, webhookId))!;
    const claimed = await claimDeliveries(tx, webhookId, ctx.asOf, { limit: AT_ONCE, leaseSeconds: LEASE_SECONDS });
    const composed = await composePayloads(
      tx,
      claimed.filter((d) => d.payload === null),
    );
    await keepPayloads(tx, composed);
    return { webhook, claimed: claimed.map((d) => ({ ...d, payload: d.payload ?? composed.find((c) => c.id === d.id)!.payload })) };
  });
}

function answerOf(result: PostResult): WebhookAnswer | null {
  if (result.status === null) return result.answer;
  const { status } = result;
  if (status >= 200 && status < 300) return null;
  if (status === 410) return 'gone';
  if (status === 429) return 'busy';
  if (status >= 300 && status < 400) return 'redirected';
  return status >= 400 && status < 500 ? 'refused' : 'failed';
}

/** Retry-After in business ms: seconds or a date, both of the receiver's real clock. What cannot be read is not said. */
function retryAfterMs(text: string | null, { clock, realNow }: SendDeps): number {
  if (text === null) return 0;
  const realMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - +realNow();
  return Number.isFinite(realMs) ? Math.max(0, Math.round(realMs * clock.rate)) : 0;
}

/** Signs and posts one, under the same webhook-id each time. */
async function send(deps: SendDeps, ctx: Context, webhook: WebhookRow, d: Claimed): Promise<Sent> {
  const id = webhookIdOf(d.id, webhook.id);
  const at = deps.realNow();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(+at / 1000)),
    'webhook-signature': goodSecrets(ctx.secret, webhook, ctx.asOf)
      .map((secret) => new Webhook(secret).sign(id, at, d.payload))
      .join(' '),
  };
  const result = await deps.post({ url: webhook.url, body: d.payload, headers });
  const answer = answerOf(result);
  return {
    answer,
    attempt: {
      at: ctx.asOf.toISOString(),
      status: result.status,
      error: result.status === null ? result.error : answer,
      ms: Math.max(0, +deps.realNow() - +at),
    },
    retryAfterMs: result.status === null ? 0 : retryAfterMs(result.retryAfter, deps),
  };
}

/**
 * Sends what is due at one address: claim → send → mark, several at once, those of one session one after the other. Gives how many there
 * were. Safe to repeat: whoever dies between sending and marking has it sent again after the lease, under the same webhook-id.
 */
export async function sendDueTo(deps: SendDeps, ctxAt: () => Context, webhookId: string): Promise<number> {
  const ctx = ctxAt();
  const { webhook, claimed } = await claim(ctx, webhookId);
  await Promise.all(claimed.map(async (d) => endDelivery(ctxAt(), d, await send(deps, ctx, webhook, d))));
  return claimed.length;
}
