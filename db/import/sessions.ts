import { DECISIONS_FROM_JSON, type DecisionRow } from '../decisions';
import { OBLIGATIONS_FROM_JSON, type NewObligation } from '../obligations';
import type { NewSession } from '../bookings';
import { TIMELINE_FROM_JSON, timelineJson, type TimelineEntry } from '../timeline';
import type { SessionRow } from '../sessions';
import { recordset, row, rows, write, type Tx } from '../database';
import type { ParticipantRole } from '../../domain/vocabulary';

/** A lesson that was brought in before, or that has an id of its system otherwise. */
export interface KnownSession {
  id: string;
  externalId: string;
}

export const sessionsByExternalId = (tx: Tx, externalIds: readonly string[]): Promise<KnownSession[]> =>
  rows(tx, `SELECT id, external_id FROM sessions WHERE external_id IN (SELECT jsonb_array_elements_text(?))`, [JSON.stringify(externalIds)]);

/** What a row is compared with when it is another one than before. */
export interface ImportedDetails extends Pick<
  SessionRow,
  | 'id'
  | 'rev'
  | 'status'
  | 'title'
  | 'subject'
  | 'programme'
  | 'branch'
  | 'isTrial'
  | 'startsAt'
  | 'endsAt'
  | 'bufferMinutes'
  | 'anchorZone'
  | 'priceMinor'
  | 'payMinor'
  | 'currency'
  | 'minStudents'
  | 'capacity'
> {
  studentIds: string[];
  instructorId: string;
}

export const importedDetails = (tx: Tx, ids: readonly string[]): Promise<ImportedDetails[]> =>
  rows(
    tx,
    `SELECT s.id, s.rev, s.status, s.title, s.subject, s.programme, s.branch, s.is_trial, s.starts_at, s.ends_at, s.buffer_minutes, s.anchor_zone,
       s.price_minor, s.pay_minor, s.currency, s.min_students, s.capacity,
       coalesce(array_agg(p.person_id::text) FILTER (WHERE p.role = 'student'), '{}') AS student_ids, min(p.person_id::text) FILTER (WHERE p.role = 'instructor') AS instructor_id
     FROM sessions s JOIN participants p ON p.organisation_id = s.organisation_id AND p.session_id = s.id
     WHERE s.id = ANY(?::uuid[]) GROUP BY s.organisation_id, s.id`,
    [`{${ids.join(',')}}`],
  );

export const revsOf = async (tx: Tx, ids: readonly string[]): Promise<Map<string, number>> =>
  new Map(
    (await rows<{ id: string; rev: number }>(tx, 'SELECT id, rev FROM sessions WHERE id = ANY(?::uuid[])', [`{${ids.join(',')}}`])).map((s) => [
      s.id,
      s.rev,
    ]),
  );

/** Ends what changes since a `rev` would tell people now; what is due later, and everybody's way in, stays. */
export const hushNotices = (
  tx: Tx,
  { sessionId, sinceRev, reason, at }: { sessionId: string; sinceRev: number; reason: string; at: Date },
): Promise<void> =>
  write(
    tx,
    `UPDATE obligations SET state = 'suppressed', reason = ?, ended_at = ?, version = version + 1
     WHERE session_id = ? AND rev > ? AND state = 'planned'
       AND (kind IN ('confirmation', 'assignment', 'change') OR due_at <= ? AND kind NOT IN ('credential', 'briefing'))`,
    [reason, at, sessionId, sinceRev, at],
  );

/** How many lessons that are ahead were brought in before, and are in none of these rows. */
export const sessionsLeftOut = async (tx: Tx, externalIds: readonly string[], asOf: Date): Promise<number> =>
  (await row<{ n: number }>(
    tx,
    `SELECT count(*)::int AS n FROM imported_rows r JOIN sessions s ON s.organisation_id = r.organisation_id AND s.external_id = r.external_id
     WHERE r.kind = 'sessions' AND s.status IN ('held', 'booked', 'ready') AND s.starts_at > ?
       AND r.external_id NOT IN (SELECT jsonb_array_elements_text(?))`,
    [asOf, JSON.stringify(externalIds)],
  ))!.n;

export interface Taken {
  sessionId: string;
  personId: string;
  startsAt: Date;
  endsAt: Date;
}

/** When these people are taken from an instant on, buffers included. */
export const takenFrom = (tx: Tx, personIds: readonly string[], from: Date): Promise<Taken[]> =>
  rows(
    tx,
    `SELECT session_id, person_id, starts_at, ends_at + make_interval(mins => buffer_minutes) AS ends_at FROM participants
     WHERE person_id = ANY(?::uuid[]) AND holds_slot AND starts_at > ?::timestamptz - interval '3 days'`,
    [`{${personIds.join(',')}}`, from],
  );

const COLUMNS = `id, status, title, subject, programme, branch, starts_at, ends_at, buffer_minutes, agreed_wall_time, anchor_zone, is_trial, price_minor,
  pay_minor, currency, booked_set_id, room_at, doors_at, coverage_at, room_provider, booked_at, expires_at, external_id, created_by, next_due_at, min_students, capacity, viability_at`;

export interface ImportedSessions {
  sessions: NewSession[];
  participants: {
    sessionId: string;
    personId: string;
    personKey: number;
    role: ParticipantRole;
    startsAt: Date;
    endsAt: Date;
    bufferMinutes: number;
  }[];
  decisions: DecisionRow[];
  timeline: TimelineEntry[];
  obligations: NewObligation[];
}

/**
 * Writes many bookings with everything that follows from each, as a booking of one does, a statement a table. It takes no locks of
 * people (there may be more of them than a transaction can hold): the database refuses an overlap all the same, with 23P01.
 */
export async function insertSessions(tx: Tx, { sessions, participants, decisions, timeline, obligations }: ImportedSessions): Promise<void> {
  await write(tx, `INSERT INTO sessions (${COLUMNS}) SELECT ${COLUMNS} FROM jsonb_populate_recordset(null::sessions, ?)`, [recordset(sessions)]);
  await write(
    tx,
    `INSERT INTO participants (session_id, person_id, person_key, role, starts_at, ends_at, buffer_minutes, holds_slot)
     SELECT session_id, person_id, person_key, role, starts_at, ends_at, buffer_minutes, true FROM jsonb_populate_recordset(null::participants, ?)`,
    [recordset(participants)],
  );
  await write(tx, DECISIONS_FROM_JSON, [recordset(decisions)]);
  await write(tx, TIMELINE_FROM_JSON, [timelineJson(timeline)]);
  await write(tx, OBLIGATIONS_FROM_JSON, [recordset(obligations)]);
  await write(tx, 'INSERT INTO outbox (session_id) SELECT id FROM jsonb_to_recordset(?) AS s(id uuid)', [
    JSON.stringify(sessions.map(({ id }) => ({ id }))),
  ]);
  tx.notify('lectern_outbox');
}
