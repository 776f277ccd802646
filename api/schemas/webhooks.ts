import { z } from 'zod';
import { OUTBOUND_TYPES } from '../../domain/outbound';
import { allowedActions, cursor, id, instant, instantIn, limit, pageOf, shortText, version } from './common';

const eventTypes = z
  .array(z.enum(OUTBOUND_TYPES))
  .min(1)
  .max(OUTBOUND_TYPES.length)
  .meta({
    description: 'What the address is told of; the section `webhooks` of this document says what each means.',
    example: ['session.booked', 'session.changed'],
  });
const url = shortText(2_000).meta({
  description:
    'Where it is sent: https, port 443 unless this installation allows others, an address of the public internet. No redirect is followed.',
  example: 'https://example.com/lectern',
});

export const webhookBody = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/)
      .meta({ description: 'Its own within the organisation; automations call it by this name.', example: 'school-app' }),
    url,
    eventTypes,
  })
  .meta({ id: 'CreateWebhook' });
const seen = z.int().min(1).meta({ description: 'The version that you have read.' });
export const webhookPatch = z
  .strictObject({
    version: seen,
    url: url.optional(),
    eventTypes: eventTypes.optional(),
    state: z.enum(['on', 'off']).optional().meta({ description: 'off: what waits to be sent is given up; `redeliver` sends it later.' }),
  })
  .meta({ id: 'ChangeWebhook' });
export const rotateBody = z
  .strictObject({
    version: seen,
    leaked: z
      .boolean()
      .default(false)
      .meta({ description: 'Somebody else may know the old secret: it is good no longer than `webhook.keep` says of one.' }),
  })
  .meta({ id: 'RotateWebhookSecret' });
export const redeliverBody = z
  .strictObject({
    deliveryId: id.optional(),
    since: instantIn
      .optional()
      .meta({ description: 'Everything that happened from then on and was not delivered, also while the address was off or not there yet.' }),
    all: z.boolean().default(false).meta({ description: 'With `since`: what was delivered, too.' }),
  })
  .refine((body) => (body.deliveryId === undefined) !== (body.since === undefined), 'names either deliveryId or since')
  .meta({ id: 'Redeliver' });

const fields = {
  id,
  version,
  name: z.string(),
  url: z.string(),
  eventTypes: z.array(z.string()),
  state: z.enum(['on', 'off']),
  off: z
    .strictObject({ reason: z.enum(['asked', 'gone', 'failing']), at: instant })
    .nullable()
    .meta({
      description: 'Why nothing is sent: somebody asked for it; the address said 410; or it took nothing for as long as the policy `webhook` waits.',
    }),
  failingSince: instant.nullable().meta({ description: 'Since when nothing was taken; null when the last thing sent was.' }),
  oldSecretsUntil: instant.nullable().meta({ description: 'Until when a secret before the newest is good; what is sent is signed with each.' }),
  waiting: z.int().meta({ description: 'What is to be sent, or to be sent again.' }),
  failed: z.int().meta({ description: 'What was given up, and is kept.' }),
  createdAt: instant,
  allowedActions,
};
export const webhookItem = z.strictObject(fields).meta({ id: 'Webhook' });
export const webhookWithSecret = z
  .strictObject({ ...fields, secret: z.string().meta({ description: 'Shown this once.', example: 'whsec_…' }) })
  .meta({ id: 'WebhookWithSecret' });
export const webhooksSchema = z.strictObject({ items: z.array(webhookItem) }).meta({ id: 'Webhooks' });

const DELIVERY_STATES = ['planned', 'claimed', 'delivered', 'failed'] as const;
export const deliveryItem = z
  .strictObject({
    id,
    version,
    webhookId: z.string().meta({ description: 'The header `webhook-id`, the same however often it is sent.', example: 'msg_…' }),
    type: z.string().meta({ description: 'One of the types that are told, webhook.test, or what an automation calls it.' }),
    sessionId: id.nullable(),
    at: instant.meta({ description: 'When it happened.' }),
    state: z.enum(DELIVERY_STATES),
    dueAt: instant.nullable().meta({ description: 'When it is sent next; null when it has its end.' }),
    reason: z.string().nullable().meta({ description: 'Why it was given up, in a word.' }),
    attempts: z.array(
      z.strictObject({
        at: instant,
        status: z.int().nullable().meta({ description: 'The status of the answer; its body is not kept.' }),
        error: z.string().nullable(),
        ms: z.int().nullable().meta({ description: 'Real milliseconds; null when nobody saw the end of it.' }),
      }),
    ),
    endedAt: instant.nullable(),
    payload: z.unknown().meta({ description: 'What was sent; null before it was sent first.' }),
    allowedActions,
  })
  .meta({ id: 'WebhookDelivery' });
export const deliveryPage = pageOf(deliveryItem, 'WebhookDeliveryPage');
export const deliveriesQuery = z.strictObject({ state: z.enum(DELIVERY_STATES).optional(), limit, cursor });
export const redelivered = z.strictObject({ count: z.int().meta({ description: 'How many are sent again.' }) }).meta({ id: 'Redelivered' });
