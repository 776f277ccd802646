import { change, row, write, type Tx } from './database';

export interface IncidentRow {
  id: string;
  sessionId: string;
  version: number;
  kind: string;
  roomId: string | null;
  reportedBy: 'coordinator' | 'provider' | 'lectern';
  note: string | null;
  openedAt: Date;
  openedBy: string | null;
  closedAt: Date | null;
  closedBy: string | null;
  /** When the rules were asked what to do about it; null while they have to be. */
  judgedAt: Date | null;
  outcome: string | null;
  decisionId: string | null;
}

export type NewIncident = Pick<IncidentRow, 'id' | 'sessionId' | 'kind' | 'roomId' | 'reportedBy' | 'note' | 'openedAt' | 'openedBy'>;

/** Opens an incident; false when one of its kind is open already, which it then is a further report of. */
export async function insertIncident(tx: Tx, i: NewIncident): Promise<boolean> {
  const inserted = await change(
    tx,
    `INSERT INTO incidents (id, session_id, kind, room_id, reported_by, note, opened_at, opened_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    [i.id, i.sessionId, i.kind, i.roomId, i.reportedBy, i.note, i.openedAt, i.openedBy],
  );
  return inserted === 1;
}

export const openIncidentOf = (tx: Tx, sessionId: string, kind: string): Promise<IncidentRow | undefined> =>
  row(tx, 'SELECT * FROM incidents WHERE session_id = ? AND kind = ? AND closed_at IS NULL', [sessionId, kind]);

export const incidentById = (tx: Tx, id: string): Promise<IncidentRow | undefined> => row(tx, 'SELECT * FROM incidents WHERE id = ?', [id]);

export async function markJudged(tx: Tx, id: string, decisionId: string, at: Date): Promise<void> {
  await write(tx, 'UPDATE incidents SET judged_at = ?, decision_id = ?, version = version + 1 WHERE id = ?', [at, decisionId, id]);
}

/** The rules are asked about it once more: what they said could not be done. */
export async function judgeAgain(tx: Tx, id: string): Promise<void> {
  await write(tx, 'UPDATE incidents SET judged_at = NULL, version = version + 1 WHERE id = ? AND closed_at IS NULL', [id]);
}

/** An incident never ends before it began, whatever the clocks of those who told of it say. False when it is closed already. */
export async function closeIncidentRow(tx: Tx, id: string, to: { at: Date; by: string | null; outcome: string }): Promise<boolean> {
  const closed = await change(
    tx,
    `UPDATE incidents SET closed_at = greatest(opened_at, ?::timestamptz), closed_by = ?, outcome = ?, version = version + 1 WHERE id = ? AND closed_at IS NULL`,
    [to.at, to.by, to.outcome, id],
  );
  return closed === 1;
}
