import { change, recordset, row, write, type Tx } from './database';

/** That an instructor is asked to acknowledge a session, or has. */
export interface AcknowledgementRow {
  id: string;
  sessionId: string;
  rev: number;
  personId: string;
  tokenHash: string;
  askedAt: Date;
  /** When it is asked what follows from no word; null once there is one, or none is needed any more. */
  checkAt: Date | null;
  reminders: number;
  acknowledgedAt: Date | null;
  acknowledgedBy: 'link' | 'api' | 'offer' | null;
  decisionId: string | null;
}

export type NewAcknowledgement = Omit<AcknowledgementRow, 'reminders'>;

const COLUMNS = 'id, session_id, rev, person_id, token_hash, asked_at, check_at, acknowledged_at, acknowledged_by, decision_id';

/** Safe to repeat: what was asked of somebody under a rev stays as it is. */
export const insertAcknowledgements = (tx: Tx, list: readonly NewAcknowledgement[]): Promise<void> =>
  write(
    tx,
    `INSERT INTO acknowledgements (${COLUMNS}) SELECT ${COLUMNS} FROM jsonb_populate_recordset(null::acknowledgements, ?) ON CONFLICT DO NOTHING`,
    [recordset(list)],
  );

export const insertAcknowledgement = (tx: Tx, a: NewAcknowledgement): Promise<void> => insertAcknowledgements(tx, [a]);

/** What somebody was asked last about a session. */
export const acknowledgementOf = (tx: Tx, sessionId: string, personId: string): Promise<AcknowledgementRow | undefined> =>
  row(tx, 'SELECT * FROM acknowledgements WHERE session_id = ? AND person_id = ? ORDER BY rev DESC LIMIT 1', [sessionId, personId]);

export const acknowledgementById = (tx: Tx, id: string): Promise<AcknowledgementRow | undefined> =>
  row(tx, 'SELECT * FROM acknowledgements WHERE id = ?', [id]);

export const dueAcknowledgement = (tx: Tx, sessionId: string, asOf: Date): Promise<AcknowledgementRow | undefined> =>
  row(tx, 'SELECT * FROM acknowledgements WHERE session_id = ? AND check_at <= ? ORDER BY check_at LIMIT 1', [sessionId, asOf]);

export const setCheck = (tx: Tx, id: string, to: { checkAt: Date | null; reminders: number }): Promise<void> =>
  write(tx, 'UPDATE acknowledgements SET check_at = ?, reminders = ? WHERE id = ?', [to.checkAt, to.reminders, id]);

/** True for the first word only; a second one changes nothing. */
export const markAcknowledged = async (tx: Tx, id: string, by: NonNullable<AcknowledgementRow['acknowledgedBy']>, at: Date): Promise<boolean> =>
  (await change(
    tx,
    'UPDATE acknowledgements SET acknowledged_at = ?, acknowledged_by = ?, check_at = NULL WHERE id = ? AND acknowledged_at IS NULL',
    [at, by, id],
  )) === 1;

/** Nobody waits for a word on the session as it was. */
export const stopWaiting = (tx: Tx, sessionId: string): Promise<void> =>
  write(tx, 'UPDATE acknowledgements SET check_at = NULL WHERE session_id = ? AND check_at IS NOT NULL', [sessionId]);
