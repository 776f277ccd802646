import type { BacktestReport } from '../policy/backtest-report';
import { change, row, rows, write, type Queryable, type Tx } from './database';

export const BACKTEST_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;

/** A back-test that was asked for. `since`, `askedAt` and `endedAt` are business time. */
export interface AskedBacktest {
  id: string;
  version: number;
  draftId: string;
  since: Date;
  /** How many of those that differ are named. */
  cases: number;
  state: (typeof BACKTEST_STATES)[number];
  /** Decisions. */
  done: number;
  of: number;
  report: BacktestReport | null;
  /** Why it failed, or was last broken off. */
  reason: string | null;
  askedBy: string | null;
  askedAt: Date;
  endedBy: string | null;
  endedAt: Date | null;
  /** How often somebody has begun it: whoever began it last does it. */
  tries: number;
}

export const insertBacktest = (tx: Tx, b: Pick<AskedBacktest, 'id' | 'draftId' | 'since' | 'cases' | 'askedBy' | 'askedAt'>): Promise<void> =>
  write(tx, 'INSERT INTO rule_backtests (id, draft_id, since, cases, asked_by, asked_at) VALUES (?, ?, ?, ?, ?, ?)', [
    b.id,
    b.draftId,
    b.since,
    b.cases,
    b.askedBy,
    b.askedAt,
  ]);

export const lockBacktest = (tx: Tx, id: string): Promise<AskedBacktest | undefined> =>
  row(tx, 'SELECT * FROM rule_backtests WHERE id = ? FOR UPDATE', [id]);

export const backtestUnderWay = (tx: Tx): Promise<AskedBacktest | undefined> =>
  row(tx, `SELECT * FROM rule_backtests WHERE state IN ('waiting', 'running')`);

export type ListedBacktest = AskedBacktest & { askedByName: string | null; endedByName: string | null };

export const listedBacktest = (tx: Tx, id: string): Promise<ListedBacktest | undefined> =>
  row(
    tx,
    `SELECT b.*, a.name AS asked_by_name, e.name AS ended_by_name FROM rule_backtests b
     LEFT JOIN principals a ON a.organisation_id = b.organisation_id AND a.id = b.asked_by
     LEFT JOIN principals e ON e.organisation_id = b.organisation_id AND e.id = b.ended_by WHERE b.id = ?`,
    [id],
  );

export const organisationsWithBacktests = async (crossing: Queryable): Promise<string[]> =>
  (await rows<{ id: string }>(crossing, 'SELECT o AS id FROM organisations_with_backtests() AS o')).map((r) => r.id);

/** Somebody who is not heard of for so long does it no more, and another begins anew. */
const HELD = `now() + interval '90 seconds'`;

/** Takes what waits, or what somebody has begun and was not heard of since; undefined when there is none. */
export const claimBacktest = (tx: Tx): Promise<AskedBacktest | undefined> =>
  row(
    tx,
    `UPDATE rule_backtests SET state = 'running', version = version + 1, tries = tries + 1, done = 0, claimed_until = ${HELD}
     WHERE id = (SELECT id FROM rule_backtests WHERE state = 'waiting' OR state = 'running' AND claimed_until < now() LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING *`,
  );

type Claimed = Pick<AskedBacktest, 'id' | 'tries'>;
const MINE = `WHERE id = ? AND tries = ? AND state = 'running'`;

/** False when it is nobody's to go on with: cancelled, or somebody else has begun it anew. */
export const noteProgress = async (tx: Tx, { id, tries }: Claimed, { done, of }: Pick<AskedBacktest, 'done' | 'of'>): Promise<boolean> =>
  (await change(tx, `UPDATE rule_backtests SET version = version + 1, done = ?, "of" = ?, claimed_until = ${HELD} ${MINE}`, [
    done,
    of,
    id,
    tries,
  ])) === 1;

/** Lets go of it, so that somebody begins it anew at once. `reason`: why it was broken off. */
export const releaseBacktest = (tx: Tx, { id, tries }: Claimed, reason: string | null): Promise<number> =>
  change(tx, `UPDATE rule_backtests SET claimed_until = now(), reason = ? ${MINE}`, [reason, id, tries]);

export type BacktestEnd = Pick<AskedBacktest, 'state' | 'endedAt'> & Partial<Pick<AskedBacktest, 'report' | 'reason' | 'endedBy'>>;

/** `claimed`: only as long as whoever says so does it. */
export const endBacktest = (tx: Tx, id: string, e: BacktestEnd, claimed?: Claimed): Promise<number> =>
  change(
    tx,
    `UPDATE rule_backtests SET version = version + 1, state = ?, ended_at = ?, ended_by = ?, reason = ?, report = ?::jsonb,
       done = CASE WHEN ? = 'done' THEN "of" ELSE done END ${claimed ? MINE : 'WHERE id = ?'}`,
    [
      e.state,
      e.endedAt,
      e.endedBy ?? null,
      e.reason ?? null,
      e.report ? JSON.stringify(e.report) : null,
      e.state,
      id,
      ...(claimed ? [claimed.tries] : []),
    ],
  );
