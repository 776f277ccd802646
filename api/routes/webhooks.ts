import { changeWebhook, createWebhook, rotateWebhookSecret, type WithSecret } from '../../commands/webhooks/addresses';
import { redeliver, testWebhook } from '../../commands/webhooks/deliveries';
import { deliveriesPage, type DeliveryRow } from '../../db/webhook-deliveries';
import { listedWebhook, listWebhooks, webhookById, type ListedWebhook } from '../../db/webhooks';
import { notFound } from '../../domain/errors';
import { webhookIdOf } from '../../domain/outbound';
import { action } from '../actions';
import { decodeCursor, toPage } from '../http/cursor';
import { route } from '../route';
import { idParams } from '../schemas/common';
import {
  deliveriesQuery,
  deliveryItem,
  deliveryPage,
  redeliverBody,
  redelivered,
  rotateBody,
  webhookBody,
  webhookItem,
  webhookPatch,
  webhooksSchema,
  webhookWithSecret,
} from '../schemas/webhooks';

const KEEPERS = ['admin', 'integrator'] as const;
const READERS = ['admin', 'coordinator', 'integrator'] as const;
const OFF = 'It is switched off.';

const present = (w: ListedWebhook): object => ({
  id: w.id,
  version: w.version,
  name: w.name,
  url: w.url,
  eventTypes: w.eventTypes,
  state: w.state,
  off: w.offReason && { reason: w.offReason, at: w.offAt },
  failingSince: w.failingSince,
  oldSecretsUntil:
    w.oldSecrets
      .map((s) => s.until)
      .sort()
      .at(-1) ?? null,
  waiting: w.waiting,
  failed: w.failed,
  createdAt: w.createdAt,
  allowedActions: [
    action('change', null),
    action('rotate-secret', null),
    action('test', w.state === 'off' ? OFF : null),
    action('redeliver', w.state === 'off' ? OFF : null),
  ],
});

const presentDelivery =
  (state: ListedWebhook['state']) =>
  (d: DeliveryRow): object => ({
    id: d.id,
    version: d.version,
    webhookId: webhookIdOf(d.id, d.webhookId),
    type: d.type,
    sessionId: d.sessionId,
    at: d.at,
    state: d.state,
    dueAt: d.endedAt === null ? d.dueAt : null,
    reason: d.reason,
    attempts: d.attempts,
    endedAt: d.endedAt,
    payload: d.payload === null ? null : (JSON.parse(d.payload) as unknown),
    allowedActions: [action('redeliver', d.endedAt === null ? 'It is on its way.' : state === 'off' ? OFF : null)],
  });

const withSecret = ({ webhook, secret }: WithSecret): object => ({ ...present(webhook), secret });

const create = route({
  method: 'post',
  path: '/v1/webhooks',
  tag: 'webhooks',
  summary: 'Have an address told of what happens',
  description:
    'What happens from now on is sent to it, signed by Standard Webhooks; docs/webhooks.md tells a receiver what to do. The secret is shown this once. A repeat is answered 409 `already-exists`, whatever its Idempotency-Key: rotate the secret then.',
  roles: KEEPERS,
  body: webhookBody,
  responses: { 201: { description: 'It is told from now on.', schema: webhookWithSecret } },
  errors: ['already-exists'],
  // The answer holds a secret, which is kept nowhere.
  keepsKey: () => false,
  async handle({ ctx, body, deps }) {
    const made = await createWebhook(ctx, body, deps.webhookAddresses);
    return { status: 201, location: `/v1/webhooks/${made.webhook.id}`, body: withSecret(made) };
  },
});

const list = route({
  method: 'get',
  path: '/v1/webhooks',
  tag: 'webhooks',
  summary: 'The addresses that are told of what happens, and how each is doing',
  roles: READERS,
  responses: { 200: { description: 'The addresses.', schema: webhooksSchema } },
  handle: async ({ read }) => ({ status: 200, body: { items: (await read(listWebhooks)).map(present) } }),
});

const one = route({
  method: 'get',
  path: '/v1/webhooks/{id}',
  tag: 'webhooks',
  summary: 'One address',
  roles: READERS,
  what: 'webhook',
  params: idParams,
  responses: { 200: { description: 'The address.', schema: webhookItem } },
  async handle({ params, read }) {
    const found = await read((tx) => listedWebhook(tx, params.id));
    if (!found) throw notFound('webhook', params.id);
    return { status: 200, body: present(found) };
  },
});

const change = route({
  method: 'patch',
  path: '/v1/webhooks/{id}',
  tag: 'webhooks',
  summary: 'Change where and what is sent, or switch it off and on',
  description: 'What happens while an address is off is not sent when it is on again, unless `redeliver` asks for it.',
  roles: KEEPERS,
  what: 'webhook',
  params: idParams,
  body: webhookPatch,
  responses: { 200: { description: 'Changed.', schema: webhookItem } },
  errors: ['stale'],
  async handle({ ctx, params, body: { version, url, eventTypes, state }, deps }) {
    const to = { ...(url !== undefined && { url }), ...(eventTypes && { eventTypes }), ...(state && { state }) };
    return { status: 200, body: present(await changeWebhook(ctx, params.id, version, to, deps.webhookAddresses)) };
  },
});

const rotate = route({
  method: 'post',
  path: '/v1/webhooks/{id}/rotate-secret',
  tag: 'webhooks',
  summary: 'A new secret, shown this once',
  description:
    'The one before is good beside it for as long as the policy `webhook.keep` says: what is sent is signed with both, so that the receiver can change over at leisure. No secret ends sooner because another one comes.',
  roles: KEEPERS,
  what: 'webhook',
  params: idParams,
  body: rotateBody,
  responses: { 200: { description: 'The new secret.', schema: webhookWithSecret } },
  errors: ['no-rules', 'stale'],
  keepsKey: () => false,
  handle: async ({ ctx, params, body }) => ({ status: 200, body: withSecret(await rotateWebhookSecret(ctx, params.id, body)) }),
});

const test = route({
  method: 'post',
  path: '/v1/webhooks/{id}/test',
  tag: 'webhooks',
  summary: 'Try an address',
  description: 'Sends it a `webhook.test`, once; what came of it stands in its deliveries.',
  roles: KEEPERS,
  what: 'webhook',
  params: idParams,
  responses: { 202: { description: 'It is sent.', schema: deliveryItem } },
  errors: ['illegal-move'],
  handle: async ({ ctx, params }) => ({
    status: 202,
    location: `/v1/webhooks/${params.id}/deliveries`,
    body: presentDelivery('on')(await testWebhook(ctx, params.id)),
  }),
});

const deliveries = route({
  method: 'get',
  path: '/v1/webhooks/{id}/deliveries',
  tag: 'webhooks',
  summary: 'What an address was told, is to be told, and was not, the newest first',
  roles: READERS,
  what: 'webhook',
  params: idParams,
  query: deliveriesQuery,
  responses: { 200: { description: 'A page of deliveries.', schema: deliveryPage } },
  async handle({ params, query: { limit, cursor, state }, read }) {
    const after = decodeCursor('webhook-deliveries', ['number'], cursor);
    return read(async (tx) => {
      const w = await webhookById(tx, params.id);
      if (!w) throw notFound('webhook', params.id);
      const found = await deliveriesPage(tx, params.id, { limit, after, state });
      return { status: 200, body: toPage(found, limit, 'webhook-deliveries', (d) => [String(d.seq)], presentDelivery(w.state)) };
    });
  },
});

const again = route({
  method: 'post',
  path: '/v1/webhooks/{id}/redeliver',
  tag: 'webhooks',
  summary: 'Send again what an address was to be told',
  description: 'One delivery, or everything from an instant on. Each has the webhook-id that it had.',
  roles: KEEPERS,
  what: 'webhook',
  params: idParams,
  body: redeliverBody,
  responses: { 202: { description: 'They are sent.', schema: redelivered } },
  errors: ['illegal-move'],
  async handle({ ctx, params, body: { deliveryId, since, all } }) {
    const what = deliveryId === undefined ? { since: new Date(since!), all } : { deliveryId };
    return { status: 202, location: `/v1/webhooks/${params.id}/deliveries`, body: { count: await redeliver(ctx, params.id, what) } };
  },
});

export const webhookRoutes = [create, list, one, change, rotate, test, deliveries, again];
