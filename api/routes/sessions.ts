import { z } from 'zod';
import { bookSession } from '../../commands/book';
import type { BookingResult } from '../../commands/types';
import type { Tx } from '../../db/database';
import { strangersOf } from '../../db/attendance';
import { documentsOf } from '../../db/documents';
import { heldStepPage } from '../../db/read/held-steps';
import {
  homeZone,
  participantsOfSessions,
  recordingOfSession,
  roomOfSession,
  sessionPage,
  transcriptIdsOfSession,
  visibleSession,
  type ListedSession,
  type NamedParticipant,
} from '../../db/read/sessions';
import { seriesOfSession } from '../../db/read/series';
import { LecternError, notFound } from '../../domain/errors';
import type { SessionStatus } from '../../domain/status';
import { sessionActions } from '../actions';
import { hasRole, staffScopeOf } from '../auth/authenticate';
import { dayBounds } from '../day';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Call, type Reply } from '../route';
import { idParams } from '../schemas/common';
import { bookBody, bookingResult, sessionDetail, sessionPageSchema, sessionsQuery } from '../schemas/sessions';

const EVERYBODY = ['admin', 'coordinator', 'instructor', 'integrator'] as const;

function credentialOf(p: NamedParticipant): 'none' | 'issued' | 'opened' | 'proven' {
  if (p.credentialProvenAt) return 'proven';
  if (p.credentialOpenedAt) return 'opened';
  return p.credentialIssuedAt ? 'issued' : 'none';
}

export function present(s: ListedSession, participants: NamedParticipant[], { ctx }: Call): object {
  const staff = hasRole(ctx.principal, 'admin', 'coordinator');
  return {
    id: s.id,
    version: s.version,
    rev: s.rev,
    status: s.status,
    title: s.title,
    subject: s.subject,
    programme: s.programme,
    branch: s.branch,
    startsAt: s.startsAt,
    endsAt: s.endsAt,
    bufferMinutes: s.bufferMinutes,
    anchorZone: s.anchorZone,
    agreedWallTime: s.agreedWallTime,
    isTrial: s.isTrial,
    priceMinor: staff || hasRole(ctx.principal, 'integrator') ? s.priceMinor : null,
    payMinor: staff || hasRole(ctx.principal, 'instructor') ? s.payMinor : null,
    currency: s.currency,
    bookedAt: s.bookedAt,
    expiresAt: s.expiresAt,
    closedAt: s.closedAt,
    cancelledAt: s.cancelledAt,
    cancelReason: s.cancelReason,
    externalId: s.externalId,
    minStudents: s.minStudents,
    capacity: s.capacity,
    viabilityAt: s.viabilityAt,
    nextDueAt: s.nextDueAt,
    openHeldSteps: s.openHeldSteps,
    participants: participants
      .filter((p) => p.sessionId === s.id)
      .map((p) => ({
        personId: p.personId,
        name: p.name,
        role: p.role,
        zone: p.zone,
        verdict: p.verdict,
        arrivedAt: p.arrivedAt,
        verdictAt: p.verdictAt,
        chargePercent: p.chargePercent,
        credential: credentialOf(p),
      })),
    allowedActions: sessionActions(s, ctx.asOf),
  };
}

/** The session, or not-found when there is none that the caller may see: the one check in front of everything about a session. */
export async function requireSession(tx: Tx, call: Call, id: string): Promise<ListedSession> {
  const found = await visibleSession(tx, id, call.scope);
  if (!found) throw notFound('session', id);
  return found;
}

const listSessions = route({
  method: 'get',
  path: '/v1/sessions',
  tag: 'sessions',
  summary: 'Sessions by start, a page at a time',
  description: 'Instructors see the sessions they take part in.',
  roles: EVERYBODY,
  query: sessionsQuery,
  responses: { 200: { description: 'A page of sessions.', schema: sessionPageSchema } },
  async handle(call) {
    const q = call.query;
    const after = decodeCursor('sessions', ['instant', 'id'], q.cursor);
    return call.read(async (tx) => {
      const day = q.day === undefined ? null : dayBounds(q.day, q.zone ?? (await homeZone(tx)));
      const filter = {
        statuses: q.status === undefined ? null : (q.status.split(',') as SessionStatus[]),
        from: day?.from ?? (q.from === undefined ? null : new Date(q.from)),
        to: day?.to ?? (q.to === undefined ? null : new Date(q.to)),
        personId: q.personId ?? null,
      };
      const found = await sessionPage(tx, filter, call.scope, { limit: q.limit, after });
      const participants = await participantsOfSessions(
        tx,
        found.map((s) => s.id),
      );
      return {
        status: 200,
        body: toPage(
          found,
          q.limit,
          'sessions',
          (s) => [s.cursorAt, s.id],
          (s) => present(s, participants, call),
        ),
      };
    });
  },
});

function booked(result: BookingResult): Reply {
  const { sessionId, ...rest } = result;
  return { status: result.result === 'booked' ? 201 : 202, body: { id: sessionId, ...rest }, location: `/v1/sessions/${sessionId}` };
}

const isBookingResult = (value: unknown): value is BookingResult =>
  z.object({ result: z.enum(['booked', 'held']), sessionId: z.string(), decisionId: z.string() }).safeParse(value).success;

const book = route({
  method: 'post',
  path: '/v1/sessions',
  tag: 'sessions',
  summary: 'Book a session',
  description:
    '201 when it is booked, 202 when the rules hold it for a coordinator (it keeps its slot until `expiresAt`), 409 `slot-clash` with the conflicting times, 409 `already-exists` with the id of the session that has the `externalId`, 422 `refused-by-policy` with the decision in words. Instructors book lessons of their own.',
  roles: EVERYBODY,
  body: bookBody,
  responses: { 201: { description: 'Booked.', schema: bookingResult }, 202: { description: 'Held for a coordinator.', schema: bookingResult } },
  errors: ['slot-clash', 'already-exists', 'no-rules', 'refused-by-policy'],
  async handle({ ctx, body, scope }) {
    if (!scope.all && body.instructorId.toLowerCase() !== scope.personId)
      throw new LecternError('forbidden', 'Instructors book lessons of their own only.');
    return booked(await bookSession(ctx, { ...body, startsAt: new Date(body.startsAt), endsAt: new Date(body.endsAt) }));
  },
  recover: (committed) => (isBookingResult(committed) ? booked(committed) : null),
});

const readSession = route({
  method: 'get',
  path: '/v1/sessions/{id}',
  tag: 'sessions',
  summary: 'One session with its participants, room, recording and what can be done with it',
  roles: EVERYBODY,
  what: 'session',
  params: idParams,
  responses: { 200: { description: 'The session.', schema: sessionDetail } },
  handle: (call) =>
    call.read(async (tx) => {
      const session = await requireSession(tx, call, call.params.id);
      const room = await roomOfSession(tx, session.id);
      const recording = await recordingOfSession(tx, session.id);
      const steps = await heldStepPage(tx, { state: 'open', asOf: call.ctx.asOf, sessionId: session.id }, staffScopeOf(call.ctx.principal), {
        limit: 100,
        after: null,
      });
      const body = {
        ...present(session, await participantsOfSessions(tx, [session.id]), call),
        series: (await seriesOfSession(tx, session.id)) ?? null,
        room: room ?? null,
        recording: recording ?? null,
        transcripts: await transcriptIdsOfSession(tx, session.id),
        documents: (await documentsOf(tx, session.id)).map(({ id, version, kind, state }) => ({ id, version, kind, state })),
        strangers: hasRole(call.ctx.principal, 'admin', 'coordinator') ? await strangersOf(tx, session.id) : [],
        heldSteps: steps.map(({ id, kind, reason, deadlineAt }) => ({ id, kind, reason, deadlineAt })),
      };
      return { status: 200, body };
    }),
});

export const sessionRoutes = [listSessions, book, readSession];
