import { z } from 'zod';
import type { InboxRow } from '../db/inbox';
import { CHANGE_KINDS, type EventType } from '../domain/vocabulary';
import { nameFault } from './contact';

const session = z.object({ sessionId: z.uuid() });
/** As strict as the API: what comes in here reaches the same mail headers, pages and columns. */
const text = (max: number) =>
  z.string().refine((given) => nameFault(given, max) === null, { error: (issue) => nameFault(String(issue.input), max) ?? 'is not a text' });
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
  }),
} satisfies Record<EventType, z.ZodType>;

export type DataOf<T extends EventType> = z.infer<(typeof EVENT_SCHEMAS)[T]>;

/** What an event says, or in words why it is refused or only stored. */
export function parseEvent(event: InboxRow): { data: unknown } | { refused: string } | { ignored: string } {
  const schema = (EVENT_SCHEMAS as Record<string, z.ZodType>)[event.type];
  if (!schema) return { ignored: `Events of type "${event.type}" are stored and counted, nothing else.` };
  const body = JSON.parse(event.body) as { data?: unknown };
  const parsed = schema.safeParse(body.data);
  if (parsed.success) return { data: parsed.data };
  const issue = parsed.error.issues[0]!;
  return { refused: `data.${issue.path.join('.')}: ${issue.message}` };
}
