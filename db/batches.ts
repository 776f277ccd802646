import type { Json } from '../policy/types';
import { change, recordset, row, rows, write, type Tx } from './database';

export interface BatchRow {
  id: string;
  version: number;
  cause: 'series' | 'closure' | 'time-off';
  causeId: string;
  state: 'running' | 'done';
  reason: string | null;
  madeBy: string | null;
  madeAt: Date;
  doneAt: Date | null;
}

/** What is to be done with one session: the input of a change, with instants as text; or a question that a person answers. */
export type ItemChange = { kind: string } & { [key: string]: Json };

export interface BatchItemRow {
  batchId: string;
  n: number;
  sessionId: string;
  /** The rev that was previewed. */
  rev: number;
  change: ItemChange;
  decisionId: string | null;
  state: 'waiting' | 'done' | 'held' | 'refused';
  /** What became of it in words, where it was not simply done. */
  why: string | null;
  doneAt: Date | null;
}

export async function insertBatch(
  tx: Tx,
  b: Pick<BatchRow, 'id' | 'cause' | 'causeId' | 'reason' | 'madeBy' | 'madeAt'>,
  items: Pick<BatchItemRow, 'n' | 'sessionId' | 'rev' | 'change' | 'decisionId'>[],
): Promise<void> {
  await write(tx, `INSERT INTO batches (id, cause, cause_id, state, reason, made_by, made_at) VALUES (?, ?, ?, 'running', ?, ?, ?)`, [
    b.id,
    b.cause,
    b.causeId,
    b.reason,
    b.madeBy,
    b.madeAt,
  ]);
  await write(
    tx,
    `INSERT INTO batch_items (batch_id, n, session_id, rev, change, decision_id, state)
     SELECT ?, n, session_id, rev, change, decision_id, 'waiting'
     FROM jsonb_to_recordset(?) AS i(n integer, session_id uuid, rev integer, change jsonb, decision_id uuid)`,
    [b.id, recordset(items)],
  );
  tx.notify('lectern_series');
}

export const findBatch = (tx: Tx, id: string): Promise<BatchRow | undefined> => row(tx, 'SELECT * FROM batches WHERE id = ?', [id]);
export const lockBatch = (tx: Tx, id: string): Promise<BatchRow | undefined> => row(tx, 'SELECT * FROM batches WHERE id = ? FOR NO KEY UPDATE', [id]);
export const runningBatchIds = async (tx: Tx): Promise<string[]> =>
  (await rows<{ id: string }>(tx, `SELECT id FROM batches WHERE state = 'running'`)).map((b) => b.id);
export const batchesOf = (tx: Tx, causeId: string): Promise<BatchRow[]> =>
  rows(tx, 'SELECT * FROM batches WHERE cause_id = ? ORDER BY made_at, id', [causeId]);

export const itemsOf = (tx: Tx, batchId: string): Promise<BatchItemRow[]> =>
  rows(tx, 'SELECT * FROM batch_items WHERE batch_id = ? ORDER BY n', [batchId]);
export const waitingItems = (tx: Tx, batchId: string, limit: number): Promise<BatchItemRow[]> =>
  rows(tx, `SELECT * FROM batch_items WHERE batch_id = ? AND state = 'waiting' ORDER BY n LIMIT ?`, [batchId, limit]);

/** True for exactly one who ends the item. */
export const endItem = async (
  tx: Tx,
  { batchId, n }: Pick<BatchItemRow, 'batchId' | 'n'>,
  to: { state: BatchItemRow['state']; why: string | null; at: Date },
): Promise<boolean> =>
  (await change(tx, `UPDATE batch_items SET state = ?, why = ?, done_at = ? WHERE batch_id = ? AND n = ? AND state = 'waiting'`, [
    to.state,
    to.why,
    to.at,
    batchId,
    n,
  ])) === 1;

export async function endBatch(tx: Tx, id: string, at: Date): Promise<boolean> {
  // A series that was edited is filled once its lessons have made room.
  tx.notify('lectern_series');
  return (
    (await change(tx, `UPDATE batches SET state = 'done', done_at = ?, version = version + 1 WHERE id = ? AND state = 'running'`, [at, id])) === 1
  );
}

/** Says that a change was made by a batch, and that nobody is told of it by itself. */
export async function claimChange(tx: Tx, item: { batchId: string; sessionId: string; rev: number }, reason: string, at: Date): Promise<void> {
  await write(tx, 'UPDATE changes SET batch_id = ? WHERE session_id = ? AND rev = ?', [item.batchId, item.sessionId, item.rev]);
  await write(
    tx,
    `UPDATE obligations SET state = 'suppressed', reason = ?, ended_at = ?, version = version + 1
     WHERE session_id = ? AND rev = ? AND kind = 'change' AND state = 'planned'`,
    [reason, at, item.sessionId, item.rev],
  );
}

/** Says that messages tell of a whole batch. */
export const markOfBatch = (tx: Tx, batchId: string, obligationIds: string[]): Promise<void> =>
  write(tx, 'UPDATE obligations SET batch_id = ? WHERE id = ANY(?::uuid[])', [batchId, `{${obligationIds.join(',')}}`]);

export interface LessonOfBatch {
  id: string;
  title: string;
  status: string;
  startsAt: Date;
  /** When it was to be before. */
  previousStartsAt: string;
  studentNames: string;
  instructorName: string;
}

/** What a batch changed for a person: the lessons they teach or take part in, or their children do, by the time they were at. */
export const lessonsOfBatch = (tx: Tx, batchId: string, personId: string): Promise<LessonOfBatch[]> =>
  rows(
    tx,
    `WITH whose AS (SELECT ?::uuid AS id UNION SELECT student_id FROM guardianships WHERE guardian_id = ? AND can_notify)
     SELECT s.id, s.title, s.status, s.starts_at, c.before->>'startsAt' AS previous_starts_at,
       (SELECT string_agg(e.given_name, ', ' ORDER BY e.given_name) FROM participants p JOIN people e ON e.organisation_id = p.organisation_id AND e.id = p.person_id
        WHERE p.session_id = s.id AND p.role = 'student' AND (p.person_id IN (SELECT id FROM whose) OR ?::uuid IN (SELECT i.person_id FROM participants i
          WHERE i.session_id = s.id AND i.role = 'instructor'))) AS student_names,
       coalesce((SELECT e.given_name FROM participants p JOIN people e ON e.organisation_id = p.organisation_id AND e.id = p.person_id
        WHERE p.session_id = s.id AND p.role = 'instructor' LIMIT 1), '') AS instructor_name
     FROM batch_items b JOIN sessions s ON s.organisation_id = b.organisation_id AND s.id = b.session_id
     JOIN changes c ON c.organisation_id = b.organisation_id AND c.session_id = b.session_id AND c.batch_id = b.batch_id
     WHERE b.batch_id = ? AND b.state = 'done' AND EXISTS (SELECT 1 FROM participants p WHERE p.session_id = s.id AND p.person_id IN (SELECT id FROM whose))
     ORDER BY c.before->>'startsAt', s.id`,
    [personId, personId, personId, batchId],
  );

/** An item whose change waits for a person. */
export const markHeld = (tx: Tx, { batchId, n }: Pick<BatchItemRow, 'batchId' | 'n'>, why: string): Promise<void> =>
  write(tx, `UPDATE batch_items SET state = 'held', why = ? WHERE batch_id = ? AND n = ?`, [why, batchId, n]);
