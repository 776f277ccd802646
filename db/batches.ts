import type { Json } from '../policy/types';
import type { SideOfChange } from './changes';
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
  /** `superseded`: a later edit of the series does it, with what that edit asks for. */
  state: 'waiting' | 'done' | 'held' | 'refused' | 'superseded';
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
/** The same with what each session is called, and when it is now. */
export const listedItems = (tx: Tx, batchId: string): Promise<(BatchItemRow & { title: string; startsAt: Date })[]> =>
  rows(
    tx,
    `SELECT b.*, s.title, s.starts_at FROM batch_items b JOIN sessions s ON s.organisation_id = b.organisation_id AND s.id = b.session_id
     WHERE b.batch_id = ? ORDER BY b.n`,
    [batchId],
  );
export const waitingItems = (tx: Tx, batchId: string, limit: number): Promise<BatchItemRow[]> =>
  rows(tx, `SELECT * FROM batch_items WHERE batch_id = ? AND state = 'waiting' ORDER BY n LIMIT ?`, [batchId, limit]);

/** What edits have yet to do with lessons of a series, the newest edit last. */
export const itemsOfSeries = (tx: Tx, seriesId: string): Promise<BatchItemRow[]> =>
  rows(
    tx,
    `SELECT i.* FROM occurrences o JOIN batch_items i ON i.organisation_id = o.organisation_id AND i.session_id = o.session_id AND i.state = 'waiting'
     JOIN batches b ON b.organisation_id = i.organisation_id AND b.id = i.batch_id AND b.cause = 'series' AND b.state = 'running'
     WHERE o.series_id = ? ORDER BY b.made_at, b.id`,
    [seriesId],
  );

/** Takes changes over that wait: whoever drives their batches finds nothing left of them. The series is locked. */
export async function overtakeItems(tx: Tx, items: readonly BatchItemRow[], { why, at }: { why: string; at: Date }): Promise<void> {
  if (items.length === 0) return;
  await write(
    tx,
    `UPDATE batch_items i SET state = 'superseded', why = ?, done_at = ? FROM jsonb_to_recordset(?) AS o(batch_id uuid, n integer)
     WHERE i.batch_id = o.batch_id AND i.n = o.n AND i.state = 'waiting'`,
    [why, at, recordset(items)],
  );
}

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

/** What a batch has changed, each session as it was before. */
export const changesOfBatch = (tx: Tx, batchId: string): Promise<{ sessionId: string; before: SideOfChange }[]> =>
  rows(
    tx,
    `SELECT c.session_id, c.before FROM batch_items b JOIN changes c ON c.organisation_id = b.organisation_id AND c.session_id = b.session_id AND c.batch_id = b.batch_id
     WHERE b.batch_id = ? ORDER BY c.session_id, c.rev`,
    [batchId],
  );

export interface LessonOfBatch {
  id: string;
  title: string;
  status: string;
  startsAt: Date;
  /** When it was to be before. */
  previousStartsAt: string;
  studentNames: string;
  instructorName: string;
  /** Nobody of whom the reader is told is on it any more. */
  isLeft: boolean;
}

/**
 * What a batch changed for a person: the lessons that they taught or took part in, or their children did, by the time they were at. Who came
 * onto one by the batch is told of it by what a booking owes them.
 */
export const lessonsOfBatch = (tx: Tx, batchId: string, personId: string): Promise<LessonOfBatch[]> =>
  rows(
    tx,
    `WITH whose AS (SELECT ?::uuid AS id UNION SELECT student_id FROM guardianships WHERE guardian_id = ? AND can_notify),
       were AS (SELECT c.session_id, c.before->>'startsAt' AS previous_starts_at, w.id::uuid AS person_id
         FROM batch_items b JOIN changes c ON c.organisation_id = b.organisation_id AND c.session_id = b.session_id AND c.batch_id = b.batch_id,
           jsonb_array_elements_text(c.before->'participantIds') AS w(id)
         WHERE b.batch_id = ? AND c.before->>'status' <> 'held' AND NOT EXISTS (SELECT 1 FROM changes e WHERE e.organisation_id = c.organisation_id
           AND e.session_id = c.session_id AND e.batch_id = c.batch_id AND e.rev < c.rev))
     SELECT s.id, s.title, s.status, s.starts_at, min(w.previous_starts_at) AS previous_starts_at,
       coalesce(string_agg(DISTINCT e.given_name, ', ' ORDER BY e.given_name) FILTER (WHERE e.kind = 'student' AND (e.id IN (SELECT id FROM whose)
         OR (SELECT r.kind FROM people r WHERE r.id = ?) = 'instructor')), '') AS student_names,
       coalesce((SELECT i.given_name FROM participants p JOIN people i ON i.organisation_id = p.organisation_id AND i.id = p.person_id
        WHERE p.session_id = s.id AND p.role = 'instructor' LIMIT 1), '') AS instructor_name,
       NOT EXISTS (SELECT 1 FROM participants p WHERE p.session_id = s.id AND p.person_id IN (SELECT id FROM whose)) AS is_left
     FROM were w JOIN sessions s ON s.id = w.session_id JOIN people e ON e.id = w.person_id
     GROUP BY s.id, s.title, s.status, s.starts_at HAVING bool_or(w.person_id IN (SELECT id FROM whose))
     ORDER BY min(w.previous_starts_at), s.id`,
    [personId, personId, batchId, personId],
  );

/** An item whose change waits for a person. */
export const markHeld = (tx: Tx, { batchId, n }: Pick<BatchItemRow, 'batchId' | 'n'>, why: string): Promise<void> =>
  write(tx, `UPDATE batch_items SET state = 'held', why = ? WHERE batch_id = ? AND n = ?`, [why, batchId, n]);

/** Another change than was previewed, because that one is not possible any more. */
export async function setItem(tx: Tx, item: BatchItemRow): Promise<BatchItemRow> {
  await write(tx, 'UPDATE batch_items SET change = ?, decision_id = ?, why = ? WHERE batch_id = ? AND n = ?', [
    JSON.stringify(item.change),
    item.decisionId,
    item.why,
    item.batchId,
    item.n,
  ]);
  return item;
}

export interface ChangeOfCause {
  sessionId: string;
  rev: number;
  kind: 'cancel' | 'reschedule' | 'reassign';
  before: SideOfChange;
  /** It put back what an earlier one had done. */
  restores: boolean;
}

/** What the batches of a closure have done with sessions that were booked, a session after the other, each in order; what was booked anew is done with. */
export const changesOfCause = (tx: Tx, causeId: string): Promise<ChangeOfCause[]> =>
  rows(
    tx,
    `SELECT c.session_id, c.rev, c.kind, c.before, coalesce((i.change->>'restores')::boolean, false) AS restores
     FROM batches b JOIN batch_items i ON i.organisation_id = b.organisation_id AND i.batch_id = b.id
     JOIN changes c ON c.organisation_id = i.organisation_id AND c.session_id = i.session_id AND c.batch_id = i.batch_id
     WHERE b.cause_id = ? AND c.before->>'status' <> 'held' AND c.kind IN ('cancel', 'reschedule', 'reassign')
       AND NOT EXISTS (SELECT 1 FROM batch_items r JOIN batches q ON q.organisation_id = r.organisation_id AND q.id = r.batch_id
         WHERE q.cause_id = ? AND r.organisation_id = i.organisation_id AND r.session_id = i.session_id AND r.change->>'kind' = 'rebook'
           AND r.state IN ('waiting', 'done'))
     ORDER BY c.session_id, c.rev`,
    [causeId, causeId],
  );
