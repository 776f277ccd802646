import { recordset, rows, write, type Tx } from '../database';

/** An import reads and writes much in one transaction; limits made for requests would end it. Two at once follow each other. */
export async function beginImport(tx: Tx): Promise<void> {
  await write(
    tx,
    `SELECT set_config('statement_timeout', '10min', true), set_config('lock_timeout', '10min', true), set_config('idle_in_transaction_session_timeout', '0', true)`,
  );
  await write(tx, `SELECT pg_advisory_xact_lock(7422, hashtext(current_setting('lectern.organisation_id')))`);
}

export interface TakenRow {
  externalId: string;
  hash: string;
  /** Of a lesson: the rev that the row left it at. */
  rev: number | null;
}

/** What rows of a kind were like when they were last taken. */
export const takenRows = (tx: Tx, kind: string): Promise<TakenRow[]> =>
  rows(tx, 'SELECT external_id, hash, rev FROM imported_rows WHERE kind = ?', [kind]);

export async function rememberRows(tx: Tx, kind: string, list: readonly TakenRow[], at: Date): Promise<void> {
  await write(
    tx,
    `INSERT INTO imported_rows (kind, external_id, hash, rev, imported_at)
     SELECT ?, r.external_id, r.hash, r.rev, ? FROM jsonb_to_recordset(?) AS r(external_id text, hash text, rev integer)
     ON CONFLICT (organisation_id, kind, external_id) DO UPDATE SET hash = excluded.hash, rev = excluded.rev, imported_at = excluded.imported_at`,
    [kind, at, recordset(list)],
  );
}
