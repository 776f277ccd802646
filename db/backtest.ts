import type { Recorded } from '../policy/backtest';
import { row, rows, type Tx } from './database';

/** A recorded decision with what its session was agreed for. */
export type BacktestRow = Recorded & { priceMinor: number | null; payMinor: number | null; currency: string | null };

const FIRST = '00000000-0000-0000-0000-000000000000';

export const BACKTEST_COLUMNS = `SELECT d.id, d.session_id, d.point, d.policy_hash, d.rule, d.outcome, d.missing, d.facts, d.as_of,
    s.programme, s.branch, s.subject, s.price_minor, s.pay_minor, s.currency
  FROM decisions d LEFT JOIN sessions s ON s.organisation_id = d.organisation_id AND s.id = d.session_id`;
/** What is read of each decision; the bench reads the same. */
export const BACKTEST_PAGE = `${BACKTEST_COLUMNS}
  WHERE d.id > ? AND d.as_of >= ? ORDER BY d.id LIMIT ?`;

/** Decisions since an instant of business time, in the order of their ids, from behind `after`. */
export const backtestPage = (tx: Tx, since: Date, after: string | null, limit: number): Promise<BacktestRow[]> =>
  rows(tx, BACKTEST_PAGE, [after ?? FIRST, since, limit]);

export const decisionsSince = async (tx: Tx, since: Date): Promise<number> =>
  (await row<{ count: number }>(tx, 'SELECT count(*)::int AS count FROM decisions WHERE as_of >= ?', [since]))!.count;

/** When a fact was first recorded at a decision point; null when it never was. */
export const firstRecorded = async (tx: Tx, point: string, fact: string): Promise<Date | null> =>
  (await row<{ at: Date | null }>(tx, 'SELECT min(as_of) AS at FROM decisions WHERE point = ? AND jsonb_exists(facts, ?)', [point, fact]))!.at;

/** Of these decisions on a change, those by which something was changed. */
export const decisionsCarriedOut = async (tx: Tx, ids: readonly string[]): Promise<Set<string>> =>
  new Set((await rows<{ id: string }>(tx, 'SELECT decision_id AS id FROM changes WHERE decision_id = ANY(?::uuid[])', [ids])).map((r) => r.id));
