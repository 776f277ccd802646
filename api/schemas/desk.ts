import { z } from 'zod';
import { CONTACT_CHANNELS, CONTACT_OUTCOMES } from '../../db/desk';
import { SNOOZE_EVENT_NAMES } from '../../domain/snooze';
import { allowedActions, errorSchema, id, instant, instantIn, longText, shortText, version } from './common';
import { decideResult, heldStepItem, noteItem } from './held-steps';
import { pauseItem } from './ops';

const text = longText(2000).refine((said) => said.trim() !== '', 'must not be blank');

export const claimBody = z
  .strictObject({ takeOver: z.boolean().default(false).meta({ description: 'Also where a colleague has it.' }) })
  .meta({ id: 'Claim' });
export const commentBody = z.strictObject({ text }).meta({ id: 'Comment' });
export const contactBody = z
  .strictObject({
    personId: id,
    channel: z.enum(CONTACT_CHANNELS),
    outcome: z.enum(CONTACT_OUTCOMES),
    at: instantIn.optional().meta({ description: 'When it was; now when left out.' }),
    text: text.optional(),
  })
  .meta({ id: 'Contact' });
export const snoozeBody = z
  .strictObject({
    until: instantIn.optional(),
    event: z.enum(SNOOZE_EVENT_NAMES).optional(),
    personId: id.optional().meta({ description: 'Whose arrival, with participant.joined.' }),
  })
  .refine((body) => body.until !== undefined || body.event !== undefined, 'names until, event or both')
  .refine((body) => body.personId === undefined || body.event === 'participant.joined', 'personId goes with the event participant.joined')
  .meta({ id: 'Snooze' });
export const noteReceipt = z.strictObject({ id }).meta({ id: 'HeldStepNoteReceipt' });

export const batchBody = z
  .strictObject({
    decisions: z
      .array(
        z.strictObject({
          id,
          version: z.int().min(1),
          hash: z.string().min(1).max(128),
          decision: shortText(100),
          comment: longText(2000).optional(),
        }),
      )
      .min(1)
      .max(100),
  })
  .meta({ id: 'DecideBatch' });
export const batchResult = z
  .strictObject({
    results: z
      .array(z.strictObject({ id, decided: decideResult.nullable(), error: errorSchema.omit({ requestId: true }).nullable() }))
      .meta({ description: 'One for each, in the order asked.' }),
  })
  .meta({ id: 'DecideBatchResult' });

const person = z.strictObject({ id, name: z.string() });
const onDuty = z
  .strictObject({ people: z.array(person), isFallback: z.boolean().meta({ description: 'Nobody is on duty, so it is everybody.' }) })
  .meta({ id: 'OnDuty' });

export const handoverQuery = z.strictObject({ since: instantIn.meta({ description: 'When the shift began; what happened since is told.' }) });
export const handoverSchema = z
  .strictObject({
    since: instant,
    now: instant,
    onDuty,
    open: z
      .array(z.strictObject({ step: heldStepItem, notes: z.array(noteItem), isNew: z.boolean() }))
      .meta({ description: 'What is open, the oldest first, each with what was written since.' }),
    more: z.boolean().meta({ description: 'There are more open steps than these 200.' }),
    ended: z.array(z.strictObject({ kind: z.string(), decision: z.string(), by: z.string(), n: z.int() })),
    pauses: z.array(pauseItem),
  })
  .meta({ id: 'Handover' });

const clock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a clock time such as 08:00');
export const shiftBody = z
  .strictObject({
    personId: id,
    kind: z.enum(['on', 'off']).default('on').meta({ description: 'off takes away what another shift gives.' }),
    weekday: z.int().min(1).max(7).optional().meta({ description: 'Each week: 1 is Monday, 7 is Sunday.' }),
    date: z.iso.date().optional().meta({ description: 'Once.' }),
    from: clock.meta({ description: "On the person's own wall clock." }),
    to: clock.meta({ description: 'Before `from`: on the next day.' }),
  })
  .refine((body) => (body.weekday === undefined) !== (body.date === undefined), 'names weekday or date')
  .refine((body) => body.from !== '24:00', 'from is before 24:00')
  .meta({ id: 'Shift' });
export const shiftItem = z
  .strictObject({
    id,
    version,
    person,
    zone: z.string(),
    kind: z.enum(['on', 'off']),
    weekday: z.int().nullable(),
    date: z.string().nullable(),
    from: z.string(),
    to: z.string(),
    endedAt: instant.nullable(),
    allowedActions,
  })
  .meta({ id: 'ShiftItem' });
export const dutyQuery = z.strictObject({ at: instantIn.optional().meta({ description: 'Who is on duty then; now when left out.' }) });
export const dutySchema = z.strictObject({ items: z.array(shiftItem), onDuty }).meta({ id: 'Duty' });
