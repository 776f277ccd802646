import type { SearchCause } from '../domain/vocabulary';
import type { Json } from '../policy/types';
import { row, write, type Tx } from './database';

/** The search for a substitute of a session; `considered` is who was looked at last, and why. */
export interface SearchRow {
  id: string;
  sessionId: string;
  rev: number;
  /** Whom the substitute stands in for. */
  instructorId: string;
  cause: SearchCause;
  note: string | null;
  state: 'open' | 'found' | 'held' | 'cancelled' | 'ended';
  /** Why it is over. */
  reason: string | null;
  startedAt: Date;
  startedBy: string | null;
  /** When it is asked how to go on. */
  nextAt: Date | null;
  endedAt: Date | null;
  round: number;
  considered: Json;
  decisionId: string | null;
  version: number;
}

export const openSearchOf = (tx: Tx, sessionId: string): Promise<SearchRow | undefined> =>
  row(tx, `SELECT * FROM substitute_searches WHERE session_id = ? AND state = 'open'`, [sessionId]);

export const newestSearchOf = (tx: Tx, sessionId: string): Promise<SearchRow | undefined> =>
  row(tx, 'SELECT * FROM substitute_searches WHERE session_id = ? ORDER BY started_at DESC, id DESC LIMIT 1', [sessionId]);

export const searchById = (tx: Tx, id: string): Promise<SearchRow | undefined> => row(tx, 'SELECT * FROM substitute_searches WHERE id = ?', [id]);

export type NewSearch = Pick<SearchRow, 'id' | 'sessionId' | 'rev' | 'instructorId' | 'cause' | 'note' | 'startedAt' | 'startedBy' | 'nextAt'>;

/** The caller holds the session's lock and has seen that none is open. */
export const insertSearch = (tx: Tx, s: NewSearch): Promise<void> =>
  write(
    tx,
    `INSERT INTO substitute_searches (id, session_id, rev, instructor_id, cause, note, state, started_at, started_by, next_at)
     VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?)`,
    [s.id, s.sessionId, s.rev, s.instructorId, s.cause, s.note, s.startedAt, s.startedBy, s.nextAt],
  );

/** What a round came to: who was looked at, and when the search is asked how to go on. */
export const goOn = (tx: Tx, s: Pick<SearchRow, 'id' | 'round' | 'considered' | 'nextAt' | 'decisionId'>): Promise<void> =>
  write(tx, 'UPDATE substitute_searches SET round = ?, considered = ?, next_at = ?, decision_id = ?, version = version + 1 WHERE id = ?', [
    s.round,
    JSON.stringify(s.considered),
    s.nextAt,
    s.decisionId,
    s.id,
  ]);

/** It is asked how to go on at once; more urgently, when the cause is another now. */
export const hurry = (tx: Tx, id: string, at: Date, cause: SearchCause | null = null): Promise<void> =>
  write(tx, 'UPDATE substitute_searches SET next_at = least(next_at, ?), cause = coalesce(?, cause), version = version + 1 WHERE id = ?', [
    at,
    cause,
    id,
  ]);

export const endSearchRow = (
  tx: Tx,
  id: string,
  to: { state: Exclude<SearchRow['state'], 'open'>; reason: string | null; at: Date },
): Promise<void> =>
  write(
    tx,
    `UPDATE substitute_searches SET state = ?, reason = ?, ended_at = ?, next_at = NULL, version = version + 1 WHERE id = ? AND state = 'open'`,
    [to.state, to.reason, to.at, id],
  );
