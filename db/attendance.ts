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
