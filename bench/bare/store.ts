import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Phase } from './plan';

/** One transaction that inserts what a phase leaves, one statement a table, and moves the session's status when it does. */
export async function storePhase(pool: Pool, phase: Phase, sessionId: string, status?: string): Promise<void> {
  const tx = await pool.connect();
  try {
    await tx.query('BEGIN');
    for (const insert of phase.inserts) await insertRows(tx, insert, sessionId);
    if (status) await tx.query('UPDATE plain.sessions SET status = $1 WHERE organisation_id = $2 AND id = $3', [status, organisationOf, sessionId]);
    await tx.query('COMMIT');
  } catch (error) {
    await tx.query('ROLLBACK');
    throw error;
  } finally {
    tx.release();
  }
}

async function insertRows(tx: PoolClient, { table, columns, rows }: Phase['inserts'][number], sessionId: string): Promise<void> {
  const names = columns.join(', ');
  const own = rows.map((row) => ({
    ...row,
    ...('id' in row && { id: table === 'sessions' ? sessionId : randomUUID() }),
    ...('session_id' in row && { session_id: sessionId }),
    ...(table === 'sessions' && { status: 'booked', closed_at: null }),
    ...('organisation_id' in row && { organisation_id: organisationOf }),
    // Lines and postings of a session share their journal's or document's id with nobody else's.
    ...(table === 'drafts' && { document_id: randomUUID() }),
  }));
  await tx.query(`INSERT INTO plain.${table} (${names}) SELECT ${names} FROM jsonb_populate_recordset(NULL::plain.${table}, $1)`, [
    JSON.stringify(own),
  ]);
}

/** Plain tables know one organisation. */
const organisationOf = '00000000-0000-0000-0000-000000000001';
