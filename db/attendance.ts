import type { AttendanceVerdict } from '../domain/vocabulary';
import { change, row, rows, write, type Tx } from './database';

export interface AttendanceEventRow {
  id: string;
  sessionId: string;
  personId: string | null;
  kind: 'joined' | 'left' | 'link-opened' | 'poll-answered';
  at: Date;
  source: string;
  eventId: string;
  data: Record<string, unknown>;
}

/** Stores an event once; a repeat of (source, event id) changes nothing and gives false. */
export async function insertAttendanceEvent(tx: Tx, e: AttendanceEventRow & { receivedAt: Date }): Promise<boolean> {
  const inserted = await change(
    tx,
    `INSERT INTO attendance_events (id, session_id, person_id, kind, at, received_at, source, event_id, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (organisation_id, source, event_id) DO NOTHING`,
    [e.id, e.sessionId, e.personId, e.kind, e.at, e.receivedAt, e.source, e.eventId, JSON.stringify(e.data)],
  );
  return inserted === 1;
}

export const attendanceOf = (tx: Tx, sessionId: string): Promise<AttendanceEventRow[]> =>
  rows(tx, 'SELECT * FROM attendance_events WHERE session_id = ? ORDER BY at, id', [sessionId]);

/** Under what an event names somebody whom it does not say to be a participant: the provider's own name for them, if it has one. */
const STRANGER = `coalesce(nullif(data->>'identity', ''), nullif(data->>'claimed', ''), nullif(data->>'name', ''), nullif(data->>'connection', ''), event_id)`;

/** Somebody came in whom nobody has matched to a person, or said to be none of the lesson's. */
export const isUnmatched = (e: AttendanceEventRow): boolean => e.kind === 'joined' && e.personId === null && e.data.isNobodys !== true;

export interface Stranger {
  key: string;
  source: string;
  identity: string | null;
  name: string | null;
  joinedAt: Date;
}

/** Who was in the room and is not known, once each, by first arrival. */
export const strangersOf = (tx: Tx, sessionId: string): Promise<Stranger[]> =>
  rows(
    tx,
    `SELECT ${STRANGER} AS key, min(source) AS source, max(nullif(data->>'identity', '')) AS identity, max(nullif(data->>'name', '')) AS name, min(at) AS joined_at
     FROM attendance_events WHERE session_id = ? AND kind = 'joined' AND person_id IS NULL AND data->>'isNobodys' IS NULL GROUP BY 1 ORDER BY min(at), 1`,
    [sessionId],
  );

/**
 * Says who somebody in the room was (null: nobody of this lesson), also when a person had said otherwise before; what an event itself
 * says stays. Gives each event with whom it named before.
 */
export const matchStranger = (
  tx: Tx,
  { sessionId, key, personId, by }: { sessionId: string; key: string; personId: string | null; by: string },
): Promise<{ id: string; source: string; identity: string | null; before: string | null }[]> =>
  rows(
    tx,
    `WITH meant AS (SELECT id, person_id AS before FROM attendance_events WHERE session_id = ? AND ${STRANGER} = ?
       AND (person_id IS NULL OR data->>'matchedBy' IS NOT NULL) FOR UPDATE)
     UPDATE attendance_events e SET person_id = ?, data = (data - 'isNobodys') || jsonb_build_object('matchedBy', ?::text)
       || CASE WHEN ?::uuid IS NULL THEN '{"isNobodys": true}'::jsonb ELSE '{}'::jsonb END
     FROM meant WHERE e.id = meant.id RETURNING e.id, e.source, nullif(e.data->>'identity', '') AS identity, meant.before`,
    [sessionId, key, personId, by, personId],
  );

/** Who somebody was found to be when a provider named them so before. */
export const personBehind = async (tx: Tx, source: string, identity: string): Promise<string | undefined> =>
  (await row<{ personId: string }>(tx, 'SELECT person_id FROM provider_identities WHERE source = ? AND identity = ?', [source, identity]))?.personId;

/** The newest word counts: a device may have another owner. */
export async function rememberIdentity(
  tx: Tx,
  i: { source: string; identity: string; personId: string | null; matchedBy: string; matchedAt: Date },
): Promise<void> {
  if (i.personId === null) return write(tx, 'DELETE FROM provider_identities WHERE source = ? AND identity = ?', [i.source, i.identity]);
  await write(
    tx,
    `INSERT INTO provider_identities (source, identity, person_id, matched_by, matched_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, source, identity) DO UPDATE SET person_id = excluded.person_id, matched_by = excluded.matched_by, matched_at = excluded.matched_at`,
    [i.source, i.identity, i.personId, i.matchedBy, i.matchedAt],
  );
}

/** The first moment at which events say that somebody was in the room. */
export const firstArrivalOf = async (tx: Tx, sessionId: string, personId: string): Promise<Date | null> =>
  (
    await row<{ at: Date | null }>(tx, `SELECT min(at) AS at FROM attendance_events WHERE session_id = ? AND person_id = ? AND kind = 'joined'`, [
      sessionId,
      personId,
    ])
  )?.at ?? null;

/** What was said of somebody rested on a match that is no longer: they are asked about anew. */
export async function forgetArrival(
  tx: Tx,
  sessionId: string,
  personId: string,
  to: { verdict: AttendanceVerdict; checkAt: Date | null },
): Promise<void> {
  await write(tx, 'UPDATE participants SET verdict = ?, arrived_at = NULL, check_at = ? WHERE session_id = ? AND person_id = ?', [
    to.verdict,
    to.checkAt,
    sessionId,
    personId,
  ]);
}

export async function setVerdict(
  tx: Tx,
  sessionId: string,
  personId: string,
  v: { verdict: AttendanceVerdict; at: Date; decisionId: string | null },
): Promise<void> {
  await write(
    tx,
    `UPDATE participants SET verdict = ?, verdict_at = ?, check_at = NULL, verdict_decision_id = coalesce(?, verdict_decision_id)
     WHERE session_id = ? AND person_id = ?`,
    [v.verdict, v.at, v.decisionId, sessionId, personId],
  );
}

/** The first arrival by event time; an earlier one that comes later wins. */
export async function setArrival(tx: Tx, sessionId: string, personId: string, at: Date, verdict: 'arrived' | 'late'): Promise<void> {
  await write(
    tx,
    `UPDATE participants SET arrived_at = least(coalesce(arrived_at, ?), ?), verdict = ?, check_at = NULL WHERE session_id = ? AND person_id = ?`,
    [at, at, verdict, sessionId, personId],
  );
}

export async function setCheckAt(tx: Tx, sessionId: string, personId: string, at: Date | null): Promise<void> {
  await write(tx, 'UPDATE participants SET check_at = ? WHERE session_id = ? AND person_id = ?', [at, sessionId, personId]);
}

export const incidentOverlaps = async (tx: Tx, sessionId: string, from: Date, until: Date): Promise<boolean> =>
  (await row(tx, 'SELECT 1 AS one FROM incidents WHERE session_id = ? AND opened_at < ? AND coalesce(closed_at, ?) > ?', [
    sessionId,
    until,
    until,
    from,
  ])) !== undefined;

/** Whether an incident overlapped the lesson itself. */
export const incidentDuring = async (tx: Tx, sessionId: string): Promise<boolean> =>
  (await row(
    tx,
    `SELECT 1 AS one FROM incidents i JOIN sessions s ON s.organisation_id = i.organisation_id AND s.id = i.session_id
     WHERE i.session_id = ? AND i.opened_at < s.ends_at AND coalesce(i.closed_at, s.ends_at) > s.starts_at LIMIT 1`,
    [sessionId],
  )) !== undefined;
