import { row, write, type Tx } from './database';

export type RecordingState = 'expected' | 'not-expected' | 'started' | 'ready' | 'failed' | 'missing';
export interface RecordingRow {
  sessionId: string;
  rev: number;
  state: RecordingState;
  startBy: Date | null;
  readyBy: Date | null;
  startedAt: Date | null;
  readyAt: Date | null;
  failedAt: Date | null;
  url: string | null;
  /** Which recorder is to be started, or that all are to be stopped; null when nothing is asked of the provider. */
  wanted: 'first' | 'second' | 'stop' | null;
  /** How often it was started (again) by Lectern. */
  starts: number;
  secondAt: Date | null;
}

export const recordingOf = (tx: Tx, sessionId: string): Promise<RecordingRow | undefined> =>
  row(tx, 'SELECT * FROM recordings WHERE session_id = ?', [sessionId]);

/** Lays down what is expected of the recording; events that came before (started early) are kept, unless none is to be. */
export async function expectRecording(tx: Tx, r: Pick<RecordingRow, 'sessionId' | 'rev' | 'state' | 'startBy' | 'readyBy'>): Promise<void> {
  await write(
    tx,
    `INSERT INTO recordings (session_id, rev, state, start_by, ready_by) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, session_id) DO UPDATE SET rev = excluded.rev, start_by = excluded.start_by, ready_by = excluded.ready_by,
       state = CASE WHEN excluded.state <> 'not-expected' AND recordings.state IN ('started', 'ready', 'failed') THEN recordings.state ELSE excluded.state END`,
    [r.sessionId, r.rev, r.state, r.startBy, r.readyBy],
  );
}

const RANK = "array_position(ARRAY['not-expected','expected','missing','started','failed','ready'], ?)";

/**
 * Takes a recording event: a state only ever moves forward, so that a late `started` does not undo `ready`. What was recorded though
 * it was not to be (nobody asked, somebody did not agree) is noted with its time and counts for nothing.
 */
export async function recordingHappened(
  tx: Tx,
  sessionId: string,
  rev: number,
  state: 'started' | 'ready' | 'failed',
  at: Date,
  url: string | null,
): Promise<void> {
  await write(tx, `INSERT INTO recordings (session_id, rev, state) VALUES (?, ?, 'expected') ON CONFLICT (organisation_id, session_id) DO NOTHING`, [
    sessionId,
    rev,
  ]);
  const column = { started: 'started_at', ready: 'ready_at', failed: 'failed_at' }[state];
  await write(
    tx,
    `UPDATE recordings SET ${column} = least(coalesce(${column}, ?), ?), url = coalesce(?, url),
       state = CASE WHEN state <> 'not-expected' AND ${RANK} > ${RANK.replace('?', 'state')} THEN ? ELSE state END,
       start_by = CASE WHEN ? = 'failed' AND state IN ('expected', 'started') THEN ? ELSE start_by END WHERE session_id = ?`,
    [at, at, url, state, state, state, at, sessionId],
  );
}

const OPEN = `state IN ('expected', 'started', 'failed', 'missing')`;

/** It has not come, and nothing is awaited any more. */
export async function missRecording(tx: Tx, sessionId: string): Promise<void> {
  await write(tx, `UPDATE recordings SET state = 'missing' WHERE session_id = ? AND ${OPEN}`, [sessionId]);
}

/** It is waited for once more: `waitMs` beyond the time at which it was to be ready, and beyond `from`. */
export async function awaitRecording(tx: Tx, sessionId: string, from: Date, waitMs: number): Promise<void> {
  await write(
    tx,
    `UPDATE recordings SET state = 'expected', start_by = NULL, ready_by = greatest(ready_by, ?::timestamptz) + make_interval(secs => ?)
     WHERE session_id = ? AND ${OPEN}`,
    [from, waitMs / 1000, sessionId],
  );
}

/** The provider is to be told to record; counted, so that the rules can say how often. */
export async function wantRecording(tx: Tx, sessionId: string, which: 'first' | 'second', at: Date): Promise<void> {
  await write(
    tx,
    `UPDATE recordings SET wanted = ?, starts = starts + CASE WHEN ? = 'first' THEN 1 ELSE 0 END,
       second_at = CASE WHEN ? = 'second' THEN ?::timestamptz ELSE second_at END,
       state = CASE WHEN state = 'failed' THEN 'expected' ELSE state END WHERE session_id = ?`,
    [which, which, which, at, sessionId],
  );
}

/** The lesson is over: what Lectern started is to be stopped. */
export const wantNoRecording = (tx: Tx, sessionId: string): Promise<void> =>
  write(tx, `UPDATE recordings SET wanted = 'stop' WHERE session_id = ?`, [sessionId]);

export async function recordingWasAskedFor(tx: Tx, sessionId: string): Promise<void> {
  await write(tx, 'UPDATE recordings SET wanted = NULL WHERE session_id = ?', [sessionId]);
}

/** What ran in a room that failed runs no longer: whether it does in the new one is asked at once. */
export async function recordingEndedWithRoom(tx: Tx, sessionId: string, at: Date): Promise<void> {
  await write(tx, `UPDATE recordings SET state = 'expected', start_by = ? WHERE session_id = ? AND state IN ('started', 'expected')`, [
    at,
    sessionId,
  ]);
}
