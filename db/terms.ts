import { row, rows, type Tx } from './database';

export interface TermRow {
  id: string;
  name: string;
  /** "2026-09-01", both days included, as a calendar in the organisation's zone shows them. */
  startsOn: string;
  endsOn: string;
  version: number;
}

const COLUMNS = `id, name, starts_on::text AS starts_on, ends_on::text AS ends_on, version`;

export const termsOf = (tx: Tx): Promise<TermRow[]> => rows(tx, `SELECT ${COLUMNS} FROM terms ORDER BY starts_on, id`);
export const findTerm = (tx: Tx, id: string): Promise<TermRow | undefined> => row(tx, `SELECT ${COLUMNS} FROM terms WHERE id = ?`, [id]);

/** A page of terms from behind (starts on, id). */
export const termPage = (tx: Tx, { limit, after }: { limit: number; after: readonly string[] | null }): Promise<TermRow[]> =>
  rows(tx, `SELECT ${COLUMNS} FROM terms WHERE (starts_on, id) > (?::date, ?::uuid) ORDER BY starts_on, id LIMIT ?`, [
    after?.[0] ?? '0001-01-01',
    after?.[1] ?? '00000000-0000-0000-0000-000000000000',
    limit + 1,
  ]);

export async function insertTerm(tx: Tx, t: Omit<TermRow, 'version'>): Promise<void> {
  await tx.raw('INSERT INTO terms (id, name, starts_on, ends_on) VALUES (?, ?, ?::date, ?::date)', [t.id, t.name, t.startsOn, t.endsOn]);
}

/** Writes a term if it is still as the caller saw it; its new version, or undefined. */
export const updateTerm = async (tx: Tx, t: TermRow): Promise<number | undefined> =>
  (
    await row<{ version: number }>(
      tx,
      'UPDATE terms SET name = ?, starts_on = ?::date, ends_on = ?::date, version = version + 1 WHERE id = ? AND version = ? RETURNING version',
      [t.name, t.startsOn, t.endsOn, t.id, t.version],
    )
  )?.version;

/** Days that a term would share with others. */
export const termsWithin = (tx: Tx, from: string, to: string, except: string | null): Promise<TermRow[]> =>
  rows(tx, `SELECT ${COLUMNS} FROM terms WHERE starts_on <= ?::date AND ends_on >= ?::date AND id IS DISTINCT FROM ?::uuid ORDER BY starts_on`, [
    to,
    from,
    except,
  ]);
