import { row, rows, type Tx } from '../database';
import type { RuleDraftRow } from '../rule-drafts';
import { cursorInstant, type PageRequest } from './scope';

export type ListedDraft = Omit<RuleDraftRow, 'content'> & { authorName: string | null; approvedByName: string | null; endedByName: string | null };

const LISTED = `SELECT d.id, d.version, d.state, d.hash, d.message, d.base_set_id, d.effective_from, d.rolls_back_to, d.author_id, d.created_at,
  d.approved_by, d.set_id, d.ended_by, d.ended_at, d.reason, a.name AS author_name, p.name AS approved_by_name, e.name AS ended_by_name`;
const FROM = `FROM rule_drafts d
  LEFT JOIN principals a ON a.organisation_id = d.organisation_id AND a.id = d.author_id
  LEFT JOIN principals p ON p.organisation_id = d.organisation_id AND p.id = d.approved_by
  LEFT JOIN principals e ON e.organisation_id = d.organisation_id AND e.id = d.ended_by`;

/** The newest first. */
export const draftPage = (tx: Tx, page: PageRequest): Promise<(ListedDraft & { cursorAt: string })[]> =>
  rows(
    tx,
    `${LISTED}, ${cursorInstant('d.created_at')} ${FROM} ${page.after ? 'WHERE (d.created_at, d.id) < (?::timestamptz, ?::uuid)' : ''}
     ORDER BY d.created_at DESC, d.id DESC LIMIT ?`,
    [...(page.after ?? []), page.limit + 1],
  );

export const listedDraft = (tx: Tx, id: string): Promise<(ListedDraft & Pick<RuleDraftRow, 'content'>) | undefined> =>
  row(tx, `${LISTED}, d.content ${FROM} WHERE d.id = ?`, [id]);
