import { MOST_MOVES, type Disagreement, type Moved } from '../../policy/backtest-report';
import type { Json } from '../../policy/types';
import { row, rows, type Tx } from '../database';
import type { RuleDraftRow } from '../rule-drafts';
import { countUnseen, type ShadowRow } from '../rule-shadows';
import { cursorInstant, type PageRequest } from './scope';

export type ListedShadow = ShadowRow & {
  startedByName: string | null;
  endedByName: string | null;
  draftMessage: string;
  draftState: RuleDraftRow['state'];
};

const LISTED = `SELECT s.*, a.name AS started_by_name, e.name AS ended_by_name, d.message AS draft_message, d.state AS draft_state`;
const FROM = `FROM rule_shadows s JOIN rule_drafts d ON d.organisation_id = s.organisation_id AND d.id = s.draft_id
  LEFT JOIN principals a ON a.organisation_id = s.organisation_id AND a.id = s.started_by
  LEFT JOIN principals e ON e.organisation_id = s.organisation_id AND e.id = s.ended_by`;

/** The newest first. */
export const shadowPage = (tx: Tx, page: PageRequest): Promise<(ListedShadow & { cursorAt: string })[]> =>
  rows(
    tx,
    `${LISTED}, ${cursorInstant('s.started_at')} ${FROM} ${page.after ? 'WHERE (s.started_at, s.id) < (?::timestamptz, ?::uuid)' : ''}
     ORDER BY s.started_at DESC, s.id DESC LIMIT ?`,
    [...(page.after ?? []), page.limit + 1],
  );

export const listedShadow = (tx: Tx, id: string): Promise<ListedShadow | undefined> => row(tx, `${LISTED} ${FROM} WHERE s.id = ?`, [id]);

export interface ShadowReport extends Disagreement {
  /** Decided, and not looked at yet. */
  waiting: number;
}

/** What a draft would have said, added up. */
export async function shadowReport(tx: Tx, shadow: ShadowRow): Promise<ShadowReport> {
  const { id } = shadow;
  const moves = (what: 'rule' | 'outcome'): Promise<Moved[]> =>
    rows(
      tx,
      `SELECT point, ${what}_was AS was, ${what}_is AS "is", count(*)::int AS decisions FROM shadow_answers WHERE shadow_id = ? AND finding = 'differs'
       GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT ${MOST_MOVES}`,
      [id],
    );
  const differ = `count(*) FILTER (WHERE finding = 'differs')::int AS differ`;
  const [byPoint, byProgramme, whyUnjudged, byRule, byOutcome, waiting] = await Promise.all([
    rows<Disagreement['byPoint'][number] & { otherRule: number }>(
      tx,
      `SELECT point, count(*)::int AS decisions, ${differ}, count(*) FILTER (WHERE finding = 'unjudged')::int AS unjudged,
         count(*) FILTER (WHERE finding = 'other-rule')::int AS other_rule
       FROM shadow_answers WHERE shadow_id = ? GROUP BY point ORDER BY differ DESC, decisions DESC, point`,
      [id],
    ),
    rows<Disagreement['byProgramme'][number]>(
      tx,
      `SELECT programme, count(*)::int AS decisions, ${differ} FROM shadow_answers WHERE shadow_id = ?
       GROUP BY programme ORDER BY differ DESC, decisions DESC, programme LIMIT ${MOST_MOVES}`,
      [id],
    ),
    rows<Disagreement['whyUnjudged'][number]>(
      tx,
      `SELECT why, count(*)::int AS decisions FROM shadow_answers WHERE shadow_id = ? AND finding = 'unjudged' GROUP BY why ORDER BY 2 DESC, 1`,
      [id],
    ),
    moves('rule'),
    moves('outcome'),
    countUnseen(tx, shadow),
  ]);
  const sum = (of: 'decisions' | 'differ' | 'unjudged' | 'otherRule'): number => byPoint.reduce((n, p) => n + p[of], 0);
  return {
    decisions: sum('decisions'),
    differ: sum('differ'),
    otherRule: sum('otherRule'),
    unjudged: sum('unjudged'),
    waiting,
    whyUnjudged,
    byPoint: byPoint.map(({ otherRule: _, ...p }) => p),
    byProgramme,
    byRule,
    byOutcome,
  };
}

/** A decision that the draft would have made otherwise. */
export interface ListedDifference {
  decisionId: string;
  sessionId: string | null;
  point: string;
  programme: string | null;
  asOf: Date;
  ruleWas: string;
  rule: string;
  outcomeWas: string;
  outcomeIs: string;
  outcome: Json;
}

const DIFFERENCE = `SELECT a.decision_id, d.session_id, a.point, a.programme, a.as_of, d.rule AS rule_was, a.rule, a.outcome_was, a.outcome_is, a.outcome,
    ${cursorInstant('a.as_of')}
  FROM shadow_answers a JOIN decisions d ON d.organisation_id = a.organisation_id AND d.id = a.decision_id
  WHERE a.shadow_id = ? AND a.finding = 'differs'`;

/** The newest first. */
export const differencePage = (tx: Tx, shadowId: string, page: PageRequest): Promise<(ListedDifference & { cursorAt: string })[]> =>
  rows(
    tx,
    `${DIFFERENCE} ${page.after ? 'AND (a.as_of, a.decision_id) < (?::timestamptz, ?::uuid)' : ''}
     ORDER BY a.as_of DESC, a.decision_id DESC LIMIT ?`,
    [shadowId, ...(page.after ?? []), page.limit + 1],
  );
