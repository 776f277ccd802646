import { z } from 'zod';
import { insertAttendanceEvent } from '../db/attendance';
import { endInbox, putOffInbox, waitingById, waitingInbox, waitingOfSession, type InboxRow } from '../db/inbox';
import { recordingHappened } from '../db/recordings';
import { lockSession, participantsOf, sessionIdOf, type SessionRow } from '../db/sessions';
import { addToTimeline, wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { LecternError } from '../domain/errors';
import { newId } from '../domain/ids';
import type { EventType } from '../domain/vocabulary';
import { bookSession } from './book';
import { makeChange } from './change';
import { nameFault } from './contact';
import { arrive, isComplete } from './lesson';
import { readTranscript, storeTranscript } from './upload-transcript';
import type { Context } from './context';

const session = z.object({ sessionId: z.uuid() });
/** As strict as the API: what comes in here reaches the same mail headers, pages and columns. */
const text = (max: number) =>
  z.string().refine((given) => nameFault(given, max) === null, { error: (issue) => nameFault(String(issue.input), max) ?? 'is not a text' });
const instant = z.iso
  .datetime({ offset: true })
  .transform((given) => new Date(given))
  .refine((at) => +at >= Date.UTC(2000, 0, 1) && +at < Date.UTC(2200, 0, 1), 'must be an instant between 2000 and 2200');
const SCHEMAS = {
  'participant.joined': session.extend({
    personId: z.uuid().optional(),
    connection: text(200).optional(),
    name: text(200).optional(),
  }),
  'participant.left': session.extend({ personId: z.uuid().optional(), connection: text(200).optional() }),
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
    kind: z.enum(['cancel', 'reschedule']),
    reason: text(500).optional(),
    startsAt: instant.optional(),
    endsAt: instant.optional(),
  }),
} satisfies Record<EventType, z.ZodType>;

type DataOf<T extends EventType> = z.infer<(typeof SCHEMAS)[T]>;
interface Applying {
  ctx: Context;
  tx: Tx;
  event: InboxRow & { occurredAt: Date };
}

async function presence({ tx, event, ctx }: Applying, data: DataOf<'participant.joined'>): Promise<string> {
  const found = await lockSession(tx, data.sessionId);
  const known = (await participantsOf(tx, found.id)).some((p) => p.personId === data.personId);
  const personId = known ? data.personId! : null;
  const joined = event.type === 'participant.joined';
  const isNew = await insertAttendanceEvent(tx, {
    id: newId(),
    sessionId: found.id,
    personId,
    kind: joined ? 'joined' : 'left',
    at: event.occurredAt,
    receivedAt: ctx.asOf,
    source: event.source,
    eventId: event.eventId,
    data: { connection: data.connection ?? '' },
  });
  if (isNew && joined && personId && (await arrive(tx, found, personId, event.occurredAt))) await wake(tx, found.id);
  return found.id;
}

async function recording({ tx, event }: Applying, data: { sessionId: string; url?: string | undefined }): Promise<string> {
  const found = await lockSession(tx, data.sessionId);
  const state = event.type.split('.')[1] as 'started' | 'ready' | 'failed';
  await recordingHappened(tx, found.id, found.rev, state, event.occurredAt, data.url ?? null);
  await addToTimeline(tx, { sessionId: found.id, rev: found.rev, at: event.occurredAt, kind: event.type, actor: event.source });
  if (state === 'failed' || (state === 'started' && (await isComplete(tx, found)))) await wake(tx, found.id);
  return found.id;
}

async function transcript({ tx, event, ctx }: Applying, data: DataOf<'transcript.ready'>): Promise<string> {
  const parsed = readTranscript(data.lines);
  const found: SessionRow = await lockSession(tx, data.sessionId);
  await storeTranscript(tx, found, parsed, event.source, ctx.asOf);
  return found.id;
}

async function poll({ tx, event, ctx }: Applying, data: DataOf<'poll.answered'>): Promise<string> {
  const found = await lockSession(tx, data.sessionId);
  await insertAttendanceEvent(tx, {
    id: newId(),
    sessionId: found.id,
    personId: data.personId,
    kind: 'poll-answered',
    at: event.occurredAt,
    receivedAt: ctx.asOf,
    source: event.source,
    eventId: event.eventId,
    data: { poll: data.poll, answer: data.answer },
  });
  return found.id;
}

/** Commands open transactions of their own; the event's end is written after them, and a repeat of either is harmless. */
const COMMANDS = {
  'session.booked': async (ctx: Context, data: DataOf<'session.booked'>) => {
    const before = await ctx.db.inOrganisation(ctx.organisationId, (tx) => sessionIdOf(tx, data.externalId));
    return before ?? (await bookSession(ctx, data)).sessionId;
  },
  'session.changed': async (ctx: Context, { sessionId, ...change }: DataOf<'session.changed'>) =>
    (await makeChange(ctx, sessionId, change)).sessionId,
};
const ROWS = {
  'participant.joined': presence,
  'participant.left': presence,
  'recording.started': recording,
  'recording.ready': recording,
  'recording.failed': recording,
  'transcript.ready': transcript,
  'poll.answered': poll,
} as const;

type End = Parameters<typeof endInbox>[2];

function parse(event: InboxRow): { data: unknown } | { refused: string } | { ignored: string } {
  const schema = (SCHEMAS as Record<string, z.ZodType>)[event.type];
  if (!schema) return { ignored: `Events of type "${event.type}" are stored and counted, nothing else.` };
  const body = JSON.parse(event.body) as { data?: unknown };
  const parsed = schema.safeParse(body.data);
  if (parsed.success) return { data: parsed.data };
  const issue = parsed.error.issues[0]!;
  return { refused: `data.${issue.path.join('.')}: ${issue.message}` };
}

/** Why an event could not be applied, in words; only our own refusals, a fault of the machine is tried again. */
const refusalOf = (error: unknown): string => {
  if (error instanceof LecternError && error.code !== 'internal' && error.code !== 'unavailable') return `${error.code}: ${error.message}`;
  throw error;
};

const PUT_OFF = 'internal: a fault of Lectern kept this event from being applied; it is tried again, and the log has the fault under its id.';

type OnFault = (eventId: string, error: unknown) => void;
/** Events of different sessions do not wait for each other; a session's own follow each other. */
const AT_ONCE = 8;

/**
 * Applies up to `limit` waiting events of one organisation, each session's in event order. Gives how many there were. One that
 * meets a fault of ours is told to `onFault`, put off and tried again, so that it keeps no other waiting.
 */
export async function applyWaiting(ctx: Context, limit: number, onFault: OnFault): Promise<number> {
  const waiting = await ctx.db.inOrganisation(ctx.organisationId, (tx) => waitingInbox(tx, limit));
  const bySession = new Map<string | null, InboxRow[]>();
  for (const event of waiting) bySession.set(event.sessionId, [...(bySession.get(event.sessionId) ?? []), event]);
  const queue = [...bySession.values()];
  const work = async (): Promise<void> => {
    for (let events = queue.shift(); events; events = queue.shift()) await applyInOrder(ctx, events, onFault);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return waiting.length;
}

/** The same for the events of one session, for a step that says something about who or what is absent. */
export async function applyWaitingOf(ctx: Context, sessionId: string, onFault: OnFault): Promise<void> {
  await applyInOrder(ctx, await ctx.db.inOrganisation(ctx.organisationId, (tx) => waitingOfSession(tx, sessionId)), onFault);
}

async function applyInOrder(ctx: Context, events: InboxRow[], onFault: OnFault): Promise<void> {
  for (const event of events) {
    try {
      await applyOne(ctx, event);
    } catch (error) {
      onFault(event.id, error);
      await ctx.db.inOrganisation(ctx.organisationId, (tx) => putOffInbox(tx, event.id, PUT_OFF));
    }
  }
}

async function applyOne(ctx: Context, event: InboxRow): Promise<void> {
  const { id } = event;
  const parsed = parse(event);
  const end = (to: Omit<End, 'at'>): Promise<void> =>
    ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      if (await waitingById(tx, id)) await endInbox(tx, id, { ...to, at: ctx.asOf });
    });
  if ('ignored' in parsed) return end({ state: 'ignored', reason: parsed.ignored, sessionId: null });
  if ('refused' in parsed) return end({ state: 'refused', reason: parsed.refused, sessionId: null });
  try {
    if (event.type in COMMANDS) {
      const command = COMMANDS[event.type as keyof typeof COMMANDS] as (ctx: Context, data: unknown) => Promise<string>;
      await end({ state: 'applied', reason: null, sessionId: await command(ctx, parsed.data) });
      return;
    }
    const apply = ROWS[event.type as keyof typeof ROWS] as (a: Applying, data: unknown) => Promise<string>;
    await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      if (!(await waitingById(tx, id))) return;
      const sessionId = await apply({ ctx, tx, event: { ...event, occurredAt: event.occurredAt ?? event.receivedAt } }, parsed.data);
      await endInbox(tx, id, { state: 'applied', reason: null, sessionId, at: ctx.asOf });
    });
  } catch (error) {
    await end({ state: 'refused', reason: refusalOf(error), sessionId: null });
  }
}
