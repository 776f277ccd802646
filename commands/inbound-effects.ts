import { insertAttendanceEvent, personBehind } from '../db/attendance';
import type { InboxRow } from '../db/inbox';
import { paymentHappened, type PAYMENT_STATES } from '../db/payments';
import { recordingHappened } from '../db/recordings';
import { evictAgain, openRoomOf } from '../db/rooms';
import { lockSession, participantsOf, sessionIdOf, type SessionRow } from '../db/sessions';
import { addToTimeline, wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import { arrive, isComplete } from './arrivals';
import { bookSession } from './book';
import { makeChange } from './change';
import type { Context } from './context';
import { report } from './incidents';
import type { DataOf } from './inbound-events';
import { amendByArrival, amendByTranscript } from './corrections/late';
import { holdUnwanted } from './unwanted-recording';
import { readTranscript, storeTranscript } from './upload-transcript';

/** An event that is applied in the transaction that writes its end. */
export interface Applying {
  ctx: Context;
  tx: Tx;
  event: InboxRow & { occurredAt: Date };
}

/** What is kept of an event besides whom it names; of a stranger all by which a person may know them. */
function strangerOf(
  { connection = '', ...data }: DataOf<'participant.joined'>,
  { isKnown, isRemembered }: { isKnown: boolean; isRemembered: boolean },
): Record<string, unknown> {
  if (isKnown) return { connection };
  const { identity, name, personId: claimed } = data;
  return {
    connection,
    ...(identity && { identity }),
    ...(name && { name }),
    ...(claimed && { claimed }),
    ...(isRemembered && { matchedBy: 'memory' }),
  };
}

async function presence({ tx, event, ctx }: Applying, data: DataOf<'participant.joined'>): Promise<string> {
  const [found, participants] = await Promise.all([lockSession(tx, data.sessionId), participantsOf(tx, data.sessionId)]);
  const named = participants.find((p) => p.personId === data.personId);
  // A provider's own name for somebody, matched by a person in an earlier lesson.
  const remembered = named || !data.identity ? undefined : await personBehind(tx, event.source, data.identity);
  const participant = named ?? participants.find((p) => p.personId === remembered);
  const joined = event.type === 'participant.joined';
  const isNew = await insertAttendanceEvent(tx, {
    id: newId(),
    sessionId: found.id,
    personId: participant?.personId ?? null,
    kind: joined ? 'joined' : 'left',
    at: event.occurredAt,
    receivedAt: ctx.asOf,
    source: event.source,
    eventId: event.eventId,
    data: strangerOf(data, { isKnown: named !== undefined, isRemembered: remembered !== undefined }),
  });
  // The room's own provider says so of somebody whose way in was taken back: they are put out again by the workflow.
  const isOfRoom = joined && event.source === found.roomProvider;
  if (isOfRoom && data.personId && (await evictAgain(tx, found.id, data.personId))) await wake(tx, found.id);
  if (isNew && joined && participant && found.closedAt !== null) await amendByArrival(ctx, tx, found, { participant, at: event.occurredAt });
  else if (isNew && joined && participant && (await arrive(tx, found, participant, event.occurredAt, ctx.asOf))) await wake(tx, found.id);
  return found.id;
}

async function recording({ tx, event, ctx }: Applying, data: { sessionId: string; url?: string | undefined }): Promise<string> {
  const found = await lockSession(tx, data.sessionId);
  const state = event.type.split('.')[1] as 'started' | 'ready' | 'failed';
  await recordingHappened(tx, found.id, found.rev, state, event.occurredAt, data.url ?? null);
  await addToTimeline(tx, { sessionId: found.id, rev: found.rev, at: event.occurredAt, kind: event.type, actor: event.source });
  if (state !== 'failed') await holdUnwanted(tx, found, ctx.asOf);
  if (state === 'failed' || (state === 'started' && (await isComplete(tx, found)))) await wake(tx, found.id);
  return found.id;
}

/** A room that is not the session's any more may end as it likes. */
async function roomFailed({ tx, event, ctx }: Applying, data: DataOf<'room.failed'>): Promise<string> {
  const found = await lockSession(tx, data.sessionId);
  const room = await openRoomOf(tx, found.id);
  const isCurrent = room?.state === 'open' && (data.roomId === undefined || data.roomId === room.id);
  if (!isCurrent || !['booked', 'ready', 'live'].includes(found.status)) return found.id;
  const { occurredAt: since } = event;
  await report(tx, found, { kind: 'room-failed', reportedBy: 'provider', note: data.reason ?? null, openedBy: null, since, asOf: ctx.asOf });
  return found.id;
}

async function transcript({ tx, event, ctx }: Applying, data: DataOf<'transcript.ready'>): Promise<string> {
  const parsed = readTranscript(data.lines);
  const found: SessionRow = await lockSession(tx, data.sessionId);
  const { duplicate } = await storeTranscript(tx, found, parsed, event.source, ctx.asOf);
  if (!duplicate) await amendByTranscript(ctx, tx, found);
  await holdUnwanted(tx, found, ctx.asOf);
  return found.id;
}

async function poll({ tx, event, ctx }: Applying, data: DataOf<'poll.answered'>): Promise<string> {
  const found = await lockSession(tx, data.sessionId);
  if (!(await participantsOf(tx, found.id)).some((p) => p.personId === data.personId)) throw notFound('participant', data.personId);
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

/** What a payment provider says of a lesson is kept beside its ledger, and posts nothing there. */
async function payment({ tx, event }: Applying, data: DataOf<'payment.succeeded'>): Promise<string> {
  const found = await lockSession(tx, data.sessionId);
  const state = event.type.slice('payment.'.length) as (typeof PAYMENT_STATES)[number];
  const { reference, amountMinor = null, currency = null, reason = null } = data;
  await paymentHappened(tx, { sessionId: found.id, source: event.source, state, reference, amountMinor, currency, reason, at: event.occurredAt });
  return found.id;
}

/** Commands open transactions of their own. */
export const COMMANDS = {
  'session.booked': async (ctx: Context, data: DataOf<'session.booked'>) => {
    const before = await ctx.db.inOrganisation(ctx.organisationId, (tx) => sessionIdOf(tx, data.externalId));
    return before ?? (await bookSession(ctx, data)).sessionId;
  },
  'session.changed': async (ctx: Context, { sessionId, newExternalId: _known, ...change }: DataOf<'session.changed'>) =>
    (await makeChange(ctx, sessionId, change)).sessionId,
};
export const ROWS = {
  'participant.joined': presence,
  'participant.left': presence,
  'room.failed': roomFailed,
  'recording.started': recording,
  'recording.ready': recording,
  'recording.failed': recording,
  'transcript.ready': transcript,
  'poll.answered': poll,
  'payment.succeeded': payment,
  'payment.failed': payment,
  'payment.action-required': payment,
  'payment.refunded': payment,
  'payment.disputed': payment,
} as const;
