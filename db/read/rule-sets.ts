import { row, rows, type Tx } from '../database';
import type { RuleSetRow } from '../rule-sets';
import type { PageRequest } from './scope';

export type ListedRuleSet = Omit<Required<RuleSetRow>, 'content'> & {
  publishedByName: string | null;
  approvedByName: string | null;
  active: boolean;
};

const LISTED = `SELECT r.id, r.number, r.hash, r.message, r.published_by, p.name AS published_by_name, r.published_at,
  r.approved_by, b.name AS approved_by_name, coalesce(r.effective_from, r.published_at) AS effective_from, r.rolls_back_to,
  r.number = (SELECT max(number) FROM rule_sets) AS active`;
const FROM = `FROM rule_sets r LEFT JOIN principals p ON p.organisation_id = r.organisation_id AND p.id = r.published_by
  LEFT JOIN principals b ON b.organisation_id = r.organisation_id AND b.id = r.approved_by`;

/** The newest first. */
export const ruleSetPage = (tx: Tx, page: PageRequest): Promise<ListedRuleSet[]> =>
  rows(tx, `${LISTED} ${FROM} ${page.after ? 'WHERE r.number < ?' : ''} ORDER BY r.number DESC LIMIT ?`, [...(page.after ?? []), page.limit + 1]);

export type WholeRuleSet = ListedRuleSet & Pick<RuleSetRow, 'content'>;
export const wholeRuleSet = (tx: Tx, id: string): Promise<WholeRuleSet | undefined> => row(tx, `${LISTED}, r.content ${FROM} WHERE r.id = ?`, [id]);
export const activeRuleSet = (tx: Tx): Promise<WholeRuleSet | undefined> => row(tx, `${LISTED}, r.content ${FROM} ORDER BY r.number DESC LIMIT 1`);

/** Sets with what they hold, the newest first: what each was published for is told beside the one before. */
export const wholeRuleSets = (tx: Tx, limit: number): Promise<WholeRuleSet[]> =>
  rows(tx, `${LISTED}, r.content ${FROM} ORDER BY r.number DESC LIMIT ?`, [limit]);
export const contentOfNumber = async (tx: Tx, number: number): Promise<RuleSetRow['content'] | undefined> =>
  (await row<Pick<RuleSetRow, 'content'>>(tx, 'SELECT content FROM rule_sets WHERE number = ?', [number]))?.content;
