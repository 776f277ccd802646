import type { SessionStatus } from '../domain/status';
import { row, rows, write, type Tx } from './database';

/** Shared by whoever takes a slot, held alone by whoever closes a time: so that either the closure finds the session or the session the closure. */
export const CLOSURE_LOCK = `7421, hashtext(current_setting('lectern.organisation_id'))`;

/** Nobody takes a slot in this organisation until the end of the transaction. Short: said when all that takes time has been read. */
export const lockClosures = (tx: Tx): Promise<void> => write(tx, `SELECT pg_advisory_xact_lock(${CLOSURE_LOCK})`);

/** A time at which nobody teaches: of the organisation, of a branch, or of one person. */
export interface ClosureRow {
  id: string;
  version: number;
  state: 'active' | 'removed';
  personId: string | null;
  branch: string | null;
  startsAt: Date;
  endsAt: Date;
  /** In whose days it is whole days; null where it begins or ends within one. */
  zone: string | null;
  reason: string;
  createdBy: string | null;
  createdAt: Date;
  removedAt: Date | null;
}

export async function insertClosure(tx: Tx, c: Omit<ClosureRow, 'version' | 'state' | 'removedAt'>): Promise<void> {
  await write(
    tx,
    `INSERT INTO closures (id, state, person_id, branch, starts_at, ends_at, zone, reason, created_by, created_at) VALUES (?, 'active', ?, ?, ?, ?, ?, ?, ?, ?)`,
    [c.id, c.personId, c.branch, c.startsAt, c.endsAt, c.zone, c.reason, c.createdBy, c.createdAt],
  );
}

export const findClosure = (tx: Tx, id: string): Promise<ClosureRow | undefined> => row(tx, 'SELECT * FROM closures WHERE id = ?', [id]);

export const lockClosure = (tx: Tx, id: string): Promise<ClosureRow | undefined> =>
  row(tx, 'SELECT * FROM closures WHERE id = ? FOR NO KEY UPDATE', [id]);

/** What a batch tells of; nothing where it puts back what another has done. */
export const closureOfBatch = (tx: Tx, batchId: string): Promise<ClosureRow | undefined> =>
  row(
    tx,
    `SELECT c.* FROM batches b JOIN closures c ON c.organisation_id = b.organisation_id AND c.id = b.cause_id
     WHERE b.id = ? AND NOT EXISTS (SELECT 1 FROM batch_items i WHERE i.organisation_id = b.organisation_id AND i.batch_id = b.id AND i.change->'restores' IS NOT NULL)`,
    [batchId],
  );

/** Other times, or another reason; its row is locked. */
export async function changeClosure(tx: Tx, c: Pick<ClosureRow, 'id' | 'startsAt' | 'endsAt' | 'zone' | 'reason'>): Promise<void> {
  await write(tx, 'UPDATE closures SET starts_at = ?, ends_at = ?, zone = ?, reason = ?, version = version + 1 WHERE id = ?', [
    c.startsAt,
    c.endsAt,
    c.zone,
    c.reason,
    c.id,
  ]);
}

export async function removeClosure(tx: Tx, id: string, at: Date): Promise<void> {
  await write(tx, `UPDATE closures SET state = 'removed', removed_at = ?, version = version + 1 WHERE id = ? AND state = 'active'`, [at, id]);
}

/**
 * Closures that a time falls into: of the organisation, of this branch, of these people. `branch` undefined: of no branch, and of
 * none in particular.
 */
export const closuresDuring = (tx: Tx, about: { personIds: readonly string[]; branch: string | null }, from: Date, to: Date): Promise<ClosureRow[]> =>
  rows(
    tx,
    `SELECT * FROM closures WHERE state = 'active' AND ends_at > ? AND starts_at < ?
       AND (CASE WHEN person_id IS NOT NULL THEN person_id = ANY(?::uuid[]) ELSE branch IS NULL OR branch = ? END)
     ORDER BY starts_at, id LIMIT 200`,
    [from, to, `{${about.personIds.join(',')}}`, about.branch],
  );

/** All that are not over by then, for who asks of many times at once: `fallsOn` says of each what `closuresDuring` would. */
export const closuresFrom = (tx: Tx, from: Date): Promise<ClosureRow[]> =>
  rows(tx, `SELECT * FROM closures WHERE state = 'active' AND ends_at > ? ORDER BY starts_at, id`, [from]);

export const fallsOn = (
  c: Pick<ClosureRow, 'personId' | 'branch' | 'startsAt' | 'endsAt'>,
  at: { startsAt: Date; endsAt: Date; branch: string | null; personIds: readonly string[] },
): boolean =>
  c.endsAt > at.startsAt &&
  c.startsAt < at.endsAt &&
  (c.personId === null ? c.branch === null || c.branch === at.branch : at.personIds.includes(c.personId));

/** Sessions that a closure falls on, by start: what is still to come, whatever its status, and what is not over yet. */
export const sessionsDuring = (
  tx: Tx,
  { personId, branch, startsAt, endsAt }: Pick<ClosureRow, 'personId' | 'branch' | 'startsAt' | 'endsAt'>,
  asOf: Date,
): Promise<{ id: string; rev: number; status: SessionStatus; startsAt: Date }[]> =>
  rows(
    tx,
    `SELECT s.id, s.rev, s.status, s.starts_at FROM sessions s WHERE s.starts_at < ? AND s.starts_at > ? AND s.ends_at > ?
         AND (s.starts_at > ? OR s.status IN ('held', 'booked', 'ready', 'live', 'documenting', 'settling'))
         AND (?::text IS NULL OR s.branch = ?)
         AND (?::uuid IS NULL OR EXISTS (SELECT 1 FROM participants p WHERE p.organisation_id = s.organisation_id AND p.session_id = s.id AND p.person_id = ?))
       ORDER BY s.starts_at, s.id`,
    [endsAt, new Date(+startsAt - 2 * 86_400_000), startsAt, asOf, branch, branch, personId, personId],
  );
