import type { CorrectionKind } from '../domain/vocabulary';
import type { Json } from '../policy/types';
import { rows, write, type Tx } from './database';

export interface CorrectionRow {
  id: string;
  sessionId: string;
  /** Counts the corrections of a session. */
  n: number;
  kind: CorrectionKind;
  input: Json;
  reason: string | null;
  /** What it changed, as the answer to the correction has it. */
  result: Json;
  decisionId: string;
  /** Null: evidence that came late. */
  madeBy: string | null;
  madeAt: Date;
}

export async function insertCorrection(tx: Tx, c: CorrectionRow): Promise<void> {
  await write(
    tx,
    `INSERT INTO corrections (id, session_id, n, kind, input, reason, result, decision_id, made_by, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [c.id, c.sessionId, c.n, c.kind, JSON.stringify(c.input), c.reason, JSON.stringify(c.result), c.decisionId, c.madeBy, c.madeAt],
  );
}

export const correctionsOf = (tx: Tx, sessionId: string): Promise<CorrectionRow[]> =>
  rows(tx, 'SELECT * FROM corrections WHERE session_id = ? ORDER BY n', [sessionId]);

/** The corrections that a message may tell of: those that were made when the message began to be owed, the last one first. */
export const correctionsAt = (tx: Tx, sessionId: string, at: Date): Promise<CorrectionRow[]> =>
  rows(tx, 'SELECT * FROM corrections WHERE session_id = ? AND made_at = ? ORDER BY n DESC', [sessionId, at]);

export type ListedCorrection = CorrectionRow & { madeByName: string | null };

export const correctionPage = (tx: Tx, sessionId: string, { limit, after }: { limit: number; after: number }): Promise<ListedCorrection[]> =>
  rows(
    tx,
    `SELECT c.*, p.name AS made_by_name FROM corrections c LEFT JOIN principals p ON p.organisation_id = c.organisation_id AND p.id = c.made_by
     WHERE c.session_id = ? AND c.n > ? ORDER BY c.n LIMIT ?`,
    [sessionId, after, limit + 1],
  );
