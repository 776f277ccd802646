import { recordset, row, rows, write, type Tx } from './database';

export interface LookupTableRow {
  name: string;
  /** As the first line of the file calls them; the first is the key. */
  columns: string[];
  rowCount: number;
  hash: string;
  version: number;
  importedAt: Date;
  importedBy: string | null;
}
export interface LookupRow {
  /** As `lookupKey` writes it. */
  key: string;
  cells: Record<string, string>;
}

/** Rows that go in one statement. */
const CHUNK = 5_000;

export const lookupTables = (tx: Tx): Promise<LookupTableRow[]> =>
  rows(tx, 'SELECT name, columns, row_count, hash, version, imported_at, imported_by FROM lookup_tables ORDER BY name');

/** Puts a table in the place of the one of its name. One import of a name goes after the other. Gives its version. */
export async function replaceLookupTable(tx: Tx, table: Omit<LookupTableRow, 'version' | 'rowCount'>, list: readonly LookupRow[]): Promise<number> {
  const written = await row<{ version: number }>(
    tx,
    `INSERT INTO lookup_tables (name, columns, row_count, hash, imported_at, imported_by) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, name) DO UPDATE SET columns = excluded.columns, row_count = excluded.row_count, hash = excluded.hash,
       imported_at = excluded.imported_at, imported_by = excluded.imported_by, version = lookup_tables.version + 1 RETURNING version`,
    [table.name, table.columns, list.length, table.hash, table.importedAt, table.importedBy],
  );
  await write(tx, 'DELETE FROM lookup_rows WHERE table_name = ?', [table.name]);
  for (let i = 0; i < list.length; i += CHUNK)
    await write(
      tx,
      'INSERT INTO lookup_rows (table_name, key, cells) SELECT ?, r.key, r.cells FROM jsonb_to_recordset(?) AS r(key text, cells jsonb)',
      [table.name, recordset(list.slice(i, i + CHUNK))],
    );
  return written!.version;
}

/** The cells of one column by key; of a table, column or key that is not there nothing. */
export const lookupCells = (tx: Tx, table: string, column: string, keys: readonly string[]): Promise<{ key: string; cell: string }[]> =>
  rows(tx, 'SELECT key, cells->>? AS cell FROM lookup_rows WHERE table_name = ? AND key = ANY(?) AND jsonb_exists(cells, ?)', [
    column,
    table,
    [...keys],
    column,
  ]);
