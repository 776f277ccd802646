import { addAudit } from '../../db/audit';
import { deliveryById, deliveryByKey, insertDelivery, planAgain, planAgainSince, type DeliveryRow } from '../../db/webhook-deliveries';
import { lockWebhook, webhookById, webhookByName } from '../../db/webhooks';
import type { Tx } from '../../db/database';
import { LecternError, notFound } from '../../domain/errors';
import { newId } from '../../domain/ids';
import { TEST_TYPE } from '../../domain/outbound';
import type { Json } from '../../policy/types';
import type { Context } from '../context';
import { keepFor } from './keep';

export interface Sending {
  /** The address, by its name. */
  webhook: string;
  /** What is told, once for each key and address: the same key again lays down nothing. */
  key: string;
  type: string;
  /** The session that it is about, whose state is told with it; null for none. */
  sessionId: string | null;
  /** When it happened, business time. */
  at: Date;
  /** What is said beside the session: ids, states and instants, nothing about a person. */
  facts: Record<string, Json>;
}

/**
 * Lays down one webhook to one address, in the transaction of what it tells: signed, sent and repeated like every other. Safe to repeat by
 * its key; gives the id of the delivery. `off`: the address is switched off. Errors: `not-found` for an address that there is not.
 */
export async function sendWebhook(tx: Tx, { webhook, ...d }: Sending): Promise<{ id: string } | 'off'> {
  const to = await webhookByName(tx, webhook);
  if (!to) throw new LecternError('not-found', `No webhook is called "${webhook}".`);
  if (to.state === 'off') return 'off';
  const id = newId();
  return (await insertDelivery(tx, { ...d, id, webhookId: to.id })) ? { id } : { id: (await deliveryByKey(tx, to.id, d.key))!.id };
}

/** Sends something that says nothing, to try an address. Errors: `not-found`, `illegal-move` when it is switched off. */
export const testWebhook = (ctx: Context, id: string): Promise<DeliveryRow> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const w = await webhookById(tx, id);
    if (!w) throw notFound('webhook', id);
    const deliveryId = newId();
    const sent = await sendWebhook(tx, { webhook: w.name, key: `test/${deliveryId}`, type: TEST_TYPE, sessionId: null, at: ctx.asOf, facts: {} });
    if (sent === 'off') throw new LecternError('illegal-move', `Webhook ${id} is switched off; switch it on first.`);
    await addAudit(tx, ctx, 'webhook.test', 'webhook', id);
    return (await deliveryById(tx, sent.id))!;
  });

/** One delivery, or everything from an instant on (what was not delivered; `all`: that too). */
export type Again = { deliveryId: string } | { since: Date; all: boolean };

async function sinceWhen(tx: Tx, since: Date, asOf: Date): Promise<void> {
  const kept = await keepFor(tx, 'delivered', asOf);
  if (kept === null || +since >= +asOf - kept) return;
  const first = new Date(+asOf - kept).toISOString();
  throw new LecternError('invalid-request', 'What was delivered so long ago is not known any more.', [
    { path: 'since', message: `is ${first} or later` },
  ]);
}

/**
 * Sends again what an address was to be told, under the same webhook-id. Gives how many there are; none is not an error. Errors: `not-found`,
 * `invalid-request`, `illegal-move` when the address is switched off, or the delivery is on its way.
 */
export const redeliver = (ctx: Context, id: string, what: Again): Promise<number> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const w = await lockWebhook(tx, id);
    if (!w) throw notFound('webhook', id);
    if (w.state === 'off') throw new LecternError('illegal-move', `Webhook ${id} is switched off; switch it on first.`);
    await addAudit(tx, ctx, 'webhook.redeliver', 'webhook', id, 'since' in what ? { since: what.since.toISOString(), all: what.all } : { ...what });
    if ('since' in what) {
      await sinceWhen(tx, what.since, ctx.asOf);
      return planAgainSince(tx, w, { ...what, at: ctx.asOf });
    }
    const found = await deliveryById(tx, what.deliveryId);
    if (found?.webhookId !== id) throw notFound('delivery', what.deliveryId);
    if (!(await planAgain(tx, found.id, ctx.asOf))) throw new LecternError('illegal-move', `Delivery ${found.id} is on its way.`);
    return 1;
  });
