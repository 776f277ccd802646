import { z } from 'zod';
import type { InboxRow } from '../db/inbox';
import { CHANGE_KINDS, type EventType } from '../domain/vocabulary';
import { nameFault } from './contact';

const session = z.object({ sessionId: z.uuid() });
/** As strict as the API: what comes in here reaches the same mail headers, pages and columns. */
const text = (max: number) =>
  z.string().refine((given) => nameFault(given, max) === null, { error: (issue) => nameFault(String(issue.input), max) ?? 'is not a text' });
const payment = session.extend({
  reference: text(200),
  amountMinor: z.int().min(0).optional(),
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/, 'must be an ISO 4217 code')
    .transform((code) => code.toUpperCase())
    .optional(),
  reason: text(500).optional(),
});
const instant = z.iso
  .datetime({ offset: true })
  .transform((given) => new Date(given))
  .refine((at) => +at >= Date.UTC(2000, 0, 1) && +at < Date.UTC(2200, 0, 1), 'must be an instant between 2000 and 2200');
/** The data of each type of event that is applied. */
export const EVENT_SCHEMAS = {
  'participant.joined': session.extend({
    personId: z.uuid().optional(),
    connection: text(200).optional(),
    name: text(200).optional(),
    identity: text(200).optional(),
  }),
  'participant.left': session.extend({ personId: z.uuid().optional(), connection: text(200).optional(), identity: text(200).optional() }),
  'room.failed': session.extend({ roomId: z.uuid().optional(), reason: text(500).optional() }),
  'recording.started': session,
  'recording.ready': session.extend({
    url: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .optional(),
  }),
  'recording.failed': session.extend({ reason: text(500).optional() }),
  'transcript.ready': session.extend({ lines: z.array(z.unknown()) }),
  'poll.answered': session.extend({ personId: z.uuid(), poll: text(200), answer: text(2000) }),
  'payment.succeeded': payment,
  'payment.failed': payment,
  'payment.action-required': payment,
  'payment.refunded': payment,
  'payment.disputed': payment,
  'session.booked': z.object({
    externalId: text(200),
    title: text(200),
    startsAt: instant,
    endsAt: instant,
    studentIds: z.array(z.uuid()).min(1).max(100),
    instructorId: z.uuid(),
    programme: text(100).optional(),
    branch: text(100).optional(),
    subject: text(100).optional(),
    anchorZone: text(100).optional(),
    isTrial: z.boolean().optional(),
  }),
  'session.changed': session.extend({
    kind: z.enum(CHANGE_KINDS),
    reason: text(500).optional(),
    startsAt: instant.optional(),
    endsAt: instant.optional(),
    instructorId: z.uuid().optional(),
    withSessionId: z.uuid().optional(),
    studentId: z.uuid().optional(),
    provider: text(100).optional(),
    newExternalId: text(200).optional(),
  }),
} satisfies Record<EventType, z.ZodType>;

export type DataOf<T extends EventType> = z.infer<(typeof EVENT_SCHEMAS)[T]>;

/** Why an event is refused or only stored, whatever its data; null for one of ours. */
export function endWithoutData(event: InboxRow): { refused: string } | { ignored: string } | null {
  const { unmapped } = event.mapping === null ? {} : (JSON.parse(event.body) as { unmapped?: { reason: string; remedy: string } });
  if (unmapped) return { refused: `${unmapped.reason} To do: ${unmapped.remedy}.` };
  return Object.hasOwn(EVENT_SCHEMAS, event.type) ? null : { ignored: `Events of type "${event.type}" are stored and counted, nothing else.` };
}

/** What an event says, or in words why it is refused. */
export function parseEvent(event: InboxRow, data: unknown): { data: unknown } | { refused: string } {
  const schema = EVENT_SCHEMAS[event.type as EventType] as z.ZodType;
  const parsed = schema.safeParse(data);
  if (parsed.success) return { data: parsed.data };
  const issue = parsed.error.issues[0]!;
  return { refused: `data.${issue.path.join('.')}: ${issue.message}` };
}
