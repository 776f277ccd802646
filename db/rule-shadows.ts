import { BACKTEST_COLUMNS, type BacktestRow } from './backtest';
import { change, recordset, row, rows, write, type Queryable, type Tx } from './database';
import type { Verdict } from '../policy/types';

export const SHADOW_ENDS = ['stopped', 'published', 'withdrawn', 'failed'] as const;
export type ShadowEnd = (typeof SHADOW_ENDS)[number];

/** A draft beside the live set. `startedAt` and `endedAt` are business time. */
export interface ShadowRow {
  id: string;
  /** Grows when it ends, not as it goes on. */
  version: number;
  draftId: string;
  startedAt: Date;
  startedBy: string | null;
  endedAt: Date | null;
  endedBy: string | null;
  endedAs: ShadowEnd | null;
  /** Why it failed. */
  reason: string | null;
  /** Up to where decisions have been looked at: the transaction that recorded them, and the id within it. */
  seenRecorded: number;
  seenId: string;
  /** The first transaction that is no longer looked at; null as long as it goes on. */
  until: number | null;
}

const FIRST = '00000000-0000-0000-0000-000000000000';
/** What was decided before it began is not asked, whatever number its transaction had. */
const UNSEEN = '(d.recorded, d.id) > (?::bigint, ?::uuid) AND d.as_of >= ?';
const unseenBindings = ({ seenRecorded, seenId, startedAt }: ShadowRow): unknown[] => [seenRecorded, seenId, startedAt];

/** It looks at what is decided by transactions that begin to write after this one. */
export const insertShadow = (tx: Tx, s: Pick<ShadowRow, 'id' | 'draftId' | 'startedAt' | 'startedBy'>): Promise<void> =>
  write(
    tx,
    `INSERT INTO rule_shadows (id, draft_id, started_at, started_by, seen_recorded, seen_id)
     VALUES (?, ?, ?, ?, pg_current_xact_id()::text::bigint + 1, ?)`,
    [s.id, s.draftId, s.startedAt, s.startedBy, FIRST],
  );

export const lockShadow = (tx: Tx, id: string): Promise<ShadowRow | undefined> => row(tx, 'SELECT * FROM rule_shadows WHERE id = ? FOR UPDATE', [id]);

/** Nobody else follows it meanwhile; undefined when somebody does. */
export const claimShadow = (tx: Tx, id: string): Promise<ShadowRow | undefined> =>
  row(tx, 'SELECT * FROM rule_shadows WHERE id = ? FOR UPDATE SKIP LOCKED', [id]);

export const lockRunningShadow = (tx: Tx): Promise<ShadowRow | undefined> => row(tx, 'SELECT * FROM rule_shadows WHERE ended_at IS NULL FOR UPDATE');

export const shadowById = (tx: Tx, id: string): Promise<ShadowRow | undefined> => row(tx, 'SELECT * FROM rule_shadows WHERE id = ?', [id]);

/** The one that runs, or the last that did. */
export const newestShadow = (tx: Tx): Promise<ShadowRow | undefined> =>
  row(tx, 'SELECT * FROM rule_shadows ORDER BY ended_at IS NULL DESC, started_at DESC, id DESC LIMIT 1');

/** What was decided before the end is still looked at, but for a draft that failed. */
export const closeShadow = (tx: Tx, id: string, e: Pick<ShadowRow, 'endedAt' | 'endedBy' | 'endedAs' | 'reason'>): Promise<number> =>
  change(
    tx,
    `UPDATE rule_shadows SET version = version + 1, ended_at = ?, ended_by = ?, ended_as = ?, reason = ?,
       until = CASE WHEN ? THEN seen_recorded ELSE pg_current_xact_id()::text::bigint END WHERE id = ? AND ended_at IS NULL`,
    [e.endedAt, e.endedBy, e.endedAs, e.reason, e.endedAs === 'failed', id],
  );

/** Of one that has ended, and cannot be asked of the rest. */
export const lookNoFurther = (tx: Tx, id: string): Promise<void> => write(tx, 'UPDATE rule_shadows SET until = seen_recorded WHERE id = ?', [id]);

export const shadowsToFollow = async (tx: Tx): Promise<string[]> =>
  (await rows<{ id: string }>(tx, 'SELECT id FROM rule_shadows WHERE ended_at IS NULL OR seen_recorded < until ORDER BY started_at')).map(
    (s) => s.id,
  );

export const organisationsWithShadows = async (crossing: Queryable): Promise<string[]> =>
  (await rows<{ id: string }>(crossing, 'SELECT o AS id FROM organisations_with_shadows() AS o')).map((r) => r.id);

/** Below it every transaction is over, so that nothing more comes of it. */
export const settledBelow = async (tx: Tx): Promise<number> =>
  (await row<{ bound: number }>(tx, 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS bound'))!.bound;

/** Decisions that were recorded below `bound` and not looked at yet, in the order in which they are looked at. */
export const unseenDecisions = (tx: Tx, shadow: ShadowRow, bound: number, limit: number): Promise<BacktestRow[]> =>
  rows(tx, `${BACKTEST_COLUMNS} WHERE ${UNSEEN} AND d.recorded < ?::bigint ORDER BY d.recorded, d.id LIMIT ?`, [
    ...unseenBindings(shadow),
    bound,
    limit,
  ]);

/** How many decisions it has yet to look at. */
export const countUnseen = async (tx: Tx, shadow: ShadowRow): Promise<number> =>
  (await row<{ count: number }>(
    tx,
    `SELECT count(*)::int AS count FROM decisions d WHERE ${UNSEEN} AND (?::bigint IS NULL OR d.recorded < ?::bigint)`,
    [...unseenBindings(shadow), shadow.until, shadow.until],
  ))!.count;

export const seenUpTo = (tx: Tx, id: string, bound: number): Promise<void> =>
  write(tx, 'UPDATE rule_shadows SET seen_recorded = ?, seen_id = ? WHERE id = ?', [bound, FIRST, id]);

export const seenWith = (tx: Tx, id: string, decisionId: string): Promise<void> =>
  write(tx, 'UPDATE rule_shadows SET (seen_recorded, seen_id) = (SELECT recorded, d.id FROM decisions d WHERE d.id = ?) WHERE id = ?', [
    decisionId,
    id,
  ]);

/** What a draft would have said of a decision. The decision has its facts; nothing of them is written again. */
export interface ShadowAnswer {
  shadowId: string;
  decisionId: string;
  point: string;
  programme: string | null;
  asOf: Date;
  finding: 'same' | 'other-rule' | 'differs' | 'unjudged';
  /** Null where it could not be judged. */
  rule: string | null;
  /** Null where it is the same. */
  outcome: Verdict['outcome'] | null;
  why: string | null;
  /** Where it has moved, as a report counts it. */
  ruleWas: string | null;
  ruleIs: string | null;
  outcomeWas: string | null;
  outcomeIs: string | null;
}

const ANSWER = 'shadow_id, decision_id, point, programme, as_of, finding, rule, outcome, why, rule_was, rule_is, outcome_was, outcome_is';

/** Each decision has one answer, however often it is looked at. */
export const insertAnswers = (tx: Tx, list: readonly ShadowAnswer[]): Promise<void> =>
  write(
    tx,
    `INSERT INTO shadow_answers (${ANSWER}) SELECT ${ANSWER} FROM jsonb_to_recordset(?) AS a(shadow_id uuid, decision_id uuid, point text, programme text,
       as_of timestamptz, finding text, rule text, outcome jsonb, why text, rule_was text, rule_is text, outcome_was text, outcome_is text)
     ON CONFLICT DO NOTHING`,
    [recordset(list)],
  );
