import type { AttendanceVerdict, ParticipantRole } from '../domain/vocabulary';
import { isLegalMove, type SessionStatus } from '../domain/status';
import { LecternError, notFound } from '../domain/errors';
import { CLOSURE_LOCK } from './closures';
import { row, rows, write, type Tx } from './database';

export interface SessionRow {
  id: string;
  organisationId: string;
  rev: number;
  version: number;
  status: SessionStatus;
  title: string;
  subject: string | null;
  programme: string | null;
  branch: string | null;
  startsAt: Date;
  endsAt: Date;
  bufferMinutes: number;
  agreedWallTime: string;
  anchorZone: string;
  isTrial: boolean;
  priceMinor: number;
  payMinor: number;
  currency: string;
  bookedSetId: string;
  roomAt: Date;
  /** From when a way in leads into the room. */
  doorsAt: Date;
  coverageAt: Date;
  roomProvider: string;
  bookedAt: Date;
  expiresAt: Date | null;
  closedAt: Date | null;
  cancelledAt: Date | null;
  externalId: string | null;
  cancelReason: string | null;
  nextDueAt: Date | null;
  /** From how many students it takes place, how many it has places for, when it is asked whether it takes place; null: never. */
  minStudents: number | null;
  capacity: number | null;
  viabilityAt: Date | null;
  /** When that was asked last. */
  viabilityAskedAt: Date | null;
  createdBy: string | null;
  /** How often it was decided anew, after its settlement had begun, what is charged and paid. */
  amendments: number;
  /** Held without a slot: its time is somebody else's, and nothing is taken from them (a lesson of a series that is in the way). */
  withoutSlot: boolean;
}

export interface ParticipantRow {
  sessionId: string;
  personId: string;
  personKey: number;
  role: ParticipantRole;
  verdict: AttendanceVerdict;
  arrivedAt: Date | null;
  verdictAt: Date | null;
  /** When the no-show question is asked next. */
  checkAt: Date | null;
  verdictDecisionId: string | null;
  /** When they came onto the session; null for who was booked with it. */
  joinedAt: Date | null;
}

export const findSession = (tx: Tx, id: string): Promise<SessionRow | undefined> => row(tx, 'SELECT * FROM sessions WHERE id = ?', [id]);

/**
 * Locks the session's row: whatever changes a session starts here, so that commands on one session follow each other. Not FOR
 * UPDATE: rows that name the session are written by dispatch meanwhile, and would wait for this lock while this waits for them.
 */
export async function lockSession(tx: Tx, id: string): Promise<SessionRow> {
  const found = await row<SessionRow>(tx, 'SELECT * FROM sessions WHERE id = ? FOR NO KEY UPDATE', [id]);
  if (!found) throw notFound('session', id);
  return found;
}

/** Locks the open sessions of these people, in one order, and says who of them is on each. */
export const lockOpenSessionsOf = (tx: Tx, personIds: readonly string[]): Promise<(SessionRow & { whoseIds: string[] })[]> =>
  rows(
    tx,
    `SELECT s.*, ARRAY(SELECT p.person_id::text FROM participants p WHERE p.organisation_id = s.organisation_id AND p.session_id = s.id
         AND p.person_id = ANY(?::uuid[])) AS whose_ids
     FROM sessions s WHERE s.closed_at IS NULL AND s.id IN (SELECT p.session_id FROM participants p WHERE p.person_id = ANY(?::uuid[]))
     ORDER BY s.id FOR NO KEY UPDATE OF s`,
    [`{${personIds.join(',')}}`, `{${personIds.join(',')}}`],
  );

/** The lock alone, for who needs nothing of the row. */
export const holdSession = (tx: Tx, id: string): Promise<unknown> => row(tx, 'SELECT 1 AS one FROM sessions WHERE id = ? FOR NO KEY UPDATE', [id]);

export const participantsOf = (tx: Tx, sessionId: string): Promise<ParticipantRow[]> =>
  rows(
    tx,
    `SELECT session_id, person_id, person_key, role, verdict, arrived_at, verdict_at, check_at, verdict_decision_id, joined_at
     FROM participants WHERE session_id = ? ORDER BY role, person_id`,
    [sessionId],
  );

/**
 * Locks people in one order, so that racing changes queue instead of deadlocking; a booking does it with what it reads. Until its end
 * nobody closes a time in this organisation (`db/closures.ts`): what is read of closures behind it stays so.
 */
export async function lockPeople(tx: Tx, keys: readonly number[]): Promise<void> {
  const sorted = [...keys].sort((a, b) => a - b);
  await write(
    tx,
    `SELECT pg_advisory_xact_lock_shared(${CLOSURE_LOCK}) UNION ALL SELECT pg_advisory_xact_lock(7420, k) FROM unnest(?::integer[]) AS k`,
    [`{${sorted.join(',')}}`],
  );
}

/** The keys of whoever is on one of these sessions, or is one of these people. */
export const keysConcerned = async (tx: Tx, sessionIds: readonly string[], personIds: readonly string[]): Promise<number[]> =>
  (
    await rows<{ key: number }>(
      tx,
      'SELECT person_key AS key FROM participants WHERE session_id = ANY(?::uuid[]) UNION SELECT key FROM people WHERE id = ANY(?::uuid[])',
      [`{${sessionIds.join(',')}}`, `{${personIds.join(',')}}`],
    )
  ).map((p) => p.key);

/** The times that a booking would collide with, read after the database refused it. */
export const conflictsOf = (
  tx: Tx,
  keys: readonly number[],
  from: Date,
  until: Date,
  exceptSessionIds: readonly string[],
): Promise<{ personId: string; startsAt: Date; endsAt: Date }[]> =>
  rows(
    tx,
    `SELECT person_id, starts_at, ends_at FROM participants
     WHERE person_key = ANY(?::integer[]) AND holds_slot AND greatest(starts_at, joined_at) < ? AND ends_at + make_interval(mins => buffer_minutes) > ?
       AND session_id <> ALL(?::uuid[]) ORDER BY starts_at LIMIT 20`,
    [`{${keys.join(',')}}`, until, from, `{${exceptSessionIds.join(',')}}`],
  );

/** The one function that moves a session's status; an illegal move is refused with both statuses named. */
export async function moveStatus(
  tx: Tx,
  session: SessionRow,
  to: SessionStatus,
  more: { cancelledAt?: Date; reason?: string | null } = {},
): Promise<void> {
  if (!isLegalMove(session.status, to)) {
    throw new LecternError('illegal-move', `Session ${session.id} is ${session.status} and cannot become ${to}.`);
  }
  await write(
    tx,
    `UPDATE sessions SET status = ?, version = version + 1, cancelled_at = coalesce(?, cancelled_at), cancel_reason = coalesce(?, cancel_reason) WHERE id = ?`,
    [to, more.cancelledAt ?? null, more.reason ?? null, session.id],
  );
  session.status = to;
  session.version += 1;
}

export async function markPhase(tx: Tx, sessionId: string, phase: string, rev: number, at: Date): Promise<void> {
  await write(tx, 'INSERT INTO session_phases (session_id, phase, rev, done_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', [
    sessionId,
    phase,
    rev,
    at,
  ]);
}

/** What was done is to be done again. */
export async function forgetPhases(tx: Tx, sessionId: string, rev: number, phases: readonly string[]): Promise<void> {
  await write(tx, 'DELETE FROM session_phases WHERE session_id = ? AND rev = ? AND phase = ANY(?::text[])', [
    sessionId,
    rev,
    `{${phases.join(',')}}`,
  ]);
}

/** Begins another round of deciding what is charged and paid. */
export async function beginAmendment(tx: Tx, session: SessionRow): Promise<void> {
  await write(tx, 'UPDATE sessions SET amendments = amendments + 1, version = version + 1 WHERE id = ?', [session.id]);
  session.amendments += 1;
  session.version += 1;
}

/** Everything that is done on a session, under whatever rev. */
export const phasesDone = (tx: Tx, sessionId: string): Promise<{ phase: string; rev: number }[]> =>
  rows(tx, 'SELECT phase, rev FROM session_phases WHERE session_id = ?', [sessionId]);

/** The end of a session's life in the database; its workflow closes after it. */
export async function closeSession(tx: Tx, sessionId: string, at: Date): Promise<void> {
  await write(tx, 'UPDATE sessions SET closed_at = ?, version = version + 1 WHERE id = ? AND closed_at IS NULL', [at, sessionId]);
}

export const sessionIdOf = async (tx: Tx, externalId: string): Promise<string | undefined> =>
  (await row<{ id: string }>(tx, 'SELECT id FROM sessions WHERE external_id = ?', [externalId]))?.id;

/** What a lesson is called and how many places it has; nobody's time, way in or price hangs on it, so its rev stays. */
export const describeSession = (tx: Tx, s: Pick<SessionRow, 'id' | 'title' | 'subject' | 'capacity'>): Promise<void> =>
  write(tx, 'UPDATE sessions SET title = ?, subject = ?, capacity = ?, version = version + 1 WHERE id = ?', [s.title, s.subject, s.capacity, s.id]);
