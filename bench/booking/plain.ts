import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { rows } from '../../db/database';
import type { Ground } from '../ground';

type Json = Record<string, unknown>;
type Insert = { table: string; columns: string[]; rows: Json[] };

/** Every table that a booking writes, with how its rows are found. */
const WRITTEN: Record<string, string> = {
  sessions: 'id',
  participants: 'session_id',
  decisions: 'session_id',
  timeline: 'session_id',
  obligations: 'session_id',
  outbox: 'session_id',
};
const OF_THE_DATABASE: Record<string, string[]> = { decisions: ['recorded'], timeline: ['id'], outbox: ['id'] };

/** Reads what one booking left and makes plain tables for it: a primary key, no foreign key, trigger, policy or exclusion. */
export async function plainBooking(ground: Ground, sessionId: string): Promise<Insert[]> {
  const inserts: Insert[] = [];
  for (const [table, key] of Object.entries(WRITTEN)) {
    const found = await ground.db.inOrganisation(ground.organisationId, (tx) =>
      rows<{ row: Json }>(tx, `SELECT to_jsonb(t) AS row FROM ${table} t WHERE ${key} = ?`, [sessionId]),
    );
    const kept = found.map(({ row }) => Object.fromEntries(Object.entries(row).filter(([column]) => !OF_THE_DATABASE[table]?.includes(column))));
    inserts.push({ table, columns: Object.keys(kept[0]!), rows: kept });
    const { rows: constraint } = await ground.owner.query<{ def: string }>(
      `SELECT pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE conrelid = ('public.' || $1)::regclass AND contype = 'p'`,
      [table],
    );
    await ground.owner.query(
      `CREATE TABLE IF NOT EXISTS plain.${table} (LIKE public.${table} INCLUDING IDENTITY, ${constraint[0]!.def}); GRANT SELECT, INSERT, UPDATE ON plain.${table} TO lectern_app`,
    );
  }
  return inserts;
}

/** The plain transaction: BEGIN, one INSERT a table, COMMIT. */
export async function bookPlainly(pool: Pool, inserts: Insert[]): Promise<void> {
  const sessionId = randomUUID();
  const tx = await pool.connect();
  try {
    await tx.query('BEGIN');
    for (const { table, columns, rows: list } of inserts) {
      const names = columns.join(', ');
      const own = list.map((row) => ({
        ...row,
        ...('id' in row && { id: table === 'sessions' ? sessionId : randomUUID() }),
        ...('session_id' in row && { session_id: sessionId }),
      }));
      await tx.query(`INSERT INTO plain.${table} (${names}) SELECT ${names} FROM jsonb_populate_recordset(NULL::plain.${table}, $1)`, [
        JSON.stringify(own),
      ]);
    }
    await tx.query('COMMIT');
  } finally {
    tx.release();
  }
}
