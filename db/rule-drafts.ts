import { change, row, rows, write, type Queryable, type Tx } from './database';
import type { RuleSetRow } from './rule-sets';

export const DRAFT_STATES = ['draft', 'proposed', 'scheduled', 'published', 'withdrawn', 'failed'] as const;
export type DraftState = (typeof DRAFT_STATES)[number];

/** Rule files that are not in force. What they hold never changes; what becomes of them does. */
export interface RuleDraftRow {
  id: string;
  version: number;
  state: DraftState;
  hash: string;
  content: RuleSetRow['content'];
  message: string;
  /** The set that was in force when they were written down: what they were compared with. */
  baseSetId: string;
  effectiveFrom: Date | null;
  rollsBackTo: number | null;
  /** Null for the command line without a key. */
  authorId: string | null;
  createdAt: Date;
  approvedBy: string | null;
  /** What they became when they were published. */
  setId: string | null;
  endedBy: string | null;
  endedAt: Date | null;
  /** Why they could not come into force. */
  reason: string | null;
}

export type NewDraft = Pick<
  RuleDraftRow,
  'id' | 'state' | 'hash' | 'content' | 'message' | 'baseSetId' | 'effectiveFrom' | 'rollsBackTo' | 'authorId' | 'createdAt'
>;

export const insertDraft = (tx: Tx, d: NewDraft): Promise<void> =>
  write(
    tx,
    `INSERT INTO rule_drafts (id, state, hash, content, message, base_set_id, effective_from, rolls_back_to, author_id, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [d.id, d.state, d.hash, JSON.stringify(d.content), d.message, d.baseSetId, d.effectiveFrom, d.rollsBackTo, d.authorId, d.createdAt],
  );

export const draftById = (tx: Tx, id: string): Promise<RuleDraftRow | undefined> => row(tx, 'SELECT * FROM rule_drafts WHERE id = ?', [id]);
export const lockDraft = (tx: Tx, id: string): Promise<RuleDraftRow | undefined> =>
  row(tx, 'SELECT * FROM rule_drafts WHERE id = ? FOR UPDATE', [id]);

export const scheduledDraft = (tx: Tx): Promise<RuleDraftRow | undefined> =>
  row(tx, `SELECT * FROM rule_drafts WHERE state = 'scheduled' FOR UPDATE`);

export type DraftMove = Partial<Pick<RuleDraftRow, 'approvedBy' | 'setId' | 'endedBy' | 'endedAt' | 'reason' | 'effectiveFrom' | 'authorId'>>;

/** False when it is no longer as it was looked at. */
export const moveDraft = async (tx: Tx, d: Pick<RuleDraftRow, 'id' | 'version'>, state: DraftState, more: DraftMove = {}): Promise<boolean> =>
  (await change(
    tx,
    `UPDATE rule_drafts SET state = ?, version = version + 1, approved_by = coalesce(?, approved_by), set_id = ?, ended_by = ?, ended_at = ?, reason = ?,
       effective_from = coalesce(?, effective_from), author_id = coalesce(?, author_id) WHERE id = ? AND version = ?`,
    [
      state,
      more.approvedBy ?? null,
      more.setId ?? null,
      more.endedBy ?? null,
      more.endedAt ?? null,
      more.reason ?? null,
      more.effectiveFrom ?? null,
      more.authorId ?? null,
      d.id,
      d.version,
    ],
  )) === 1;

export const organisationsWithRulesDue = async (crossing: Queryable, asOf: Date): Promise<string[]> =>
  (await rows<{ id: string }>(crossing, 'SELECT r AS id FROM organisations_with_rules_due(?) AS r', [asOf])).map((r) => r.id);
