import { z } from 'zod';
import { PAUSE_SCOPES } from '../../domain/pauses';
import { allowedActions, id, instant, instantIn, limit, longText, shortText, version } from './common';

const what = {
  kind: shortText(50).optional().meta({ description: 'A kind of message: reminder, update, …', example: 'reminder' }),
  channel: shortText(50).optional().meta({ description: 'email, sms or webhook.' }),
  policy: shortText(100).optional().meta({ description: 'A decision point: what its policy would decide waits for a person.', example: 'charge' }),
  all: z.literal(true).optional().meta({ description: 'Every message. What policies decide goes on.' }),
};

export const pauseBody = z
  .strictObject({
    ...what,
    reason: longText(500).refine((text) => text.trim() !== '', 'must not be blank'),
    until: instantIn.optional().meta({ description: 'When it is released by itself.' }),
  })
  .refine((body) => PAUSE_SCOPES.filter((scope) => body[scope] !== undefined).length === 1, 'names exactly one of kind, channel, policy and all')
  .meta({ id: 'Pause' });

export const pauseItem = z
  .strictObject({
    id,
    version,
    scope: z.enum(PAUSE_SCOPES),
    value: z.string().nullable().meta({ description: 'The kind, channel or policy; null when everything is paused.' }),
    reason: z.string(),
    pausedAt: instant,
    pausedBy: z.string(),
    until: instant.nullable(),
    waiting: z.int().meta({ description: 'How many messages are due and wait. Another pause may hold them too.' }),
    underWay: z.int().meta({ description: 'How many messages were being sent when it was asked for; those leave.' }),
    released: z
      .strictObject({
        at: instant,
        by: z.string(),
        sent: z.int().meta({ description: 'How many of those that waited leave.' }),
        suppressed: z.int().meta({ description: 'How many made no sense any more, or say what another says.' }),
      })
      .nullable(),
    allowedActions,
  })
  .meta({ id: 'PauseItem' });

export const pausesQuery = z.strictObject({
  state: z.enum(['active', 'any']).default('active').meta({ description: 'any: the newest, released ones as well.' }),
  limit,
});
export const pausesSchema = z.strictObject({ items: z.array(pauseItem) }).meta({ id: 'Pauses' });
