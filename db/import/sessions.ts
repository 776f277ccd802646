import { DECISIONS_FROM_JSON, type DecisionRow } from '../decisions';
import { OBLIGATIONS_FROM_JSON, type NewObligation } from '../obligations';
import type { NewSession } from '../bookings';
import { TIMELINE_FROM_JSON, timelineJson, type TimelineEntry } from '../timeline';
import { recordset, rows, write, type Tx } from '../database';
import type { ParticipantRole } from '../../domain/vocabulary';

export interface KnownSession {
  id: string;
  externalId: string;
  title: string;
  startsAt: Date;
  endsAt: Date;
  status: string;
}

export const sessionsByExternalId = (tx: Tx, externalIds: readonly string[]): Promise<KnownSession[]> =>
  rows(
    tx,
    `SELECT s.id, s.external_id, s.title, s.starts_at, s.ends_at, s.status FROM sessions s
     WHERE s.external_id IN (SELECT jsonb_array_elements_text(?))`,
    [JSON.stringify(externalIds)],
  );

export interface Taken {
  personId: string;
  startsAt: Date;
  endsAt: Date;
}

/** When these people are taken from an instant on, buffers included. */
export const takenFrom = (tx: Tx, personIds: readonly string[], from: Date): Promise<Taken[]> =>
  rows(
    tx,
    `SELECT person_id, starts_at, ends_at + make_interval(mins => buffer_minutes) AS ends_at FROM participants
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
