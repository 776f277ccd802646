import type { DraftRow } from '../documents';
import { row, rows, type Tx } from '../database';
import { DESK_COLUMNS, IS_SNOOZED, JOIN_DESK, type DeskColumns } from '../desk';
import type { HeldStepRow } from '../held-steps';
import { cursorInstant, type PageRequest, type Scope } from './scope';

export type ListedHeldStep = HeldStepRow &
  DeskColumns & {
    /** Rests until its time or its event. */
    isSnoozed: boolean;
    sessionTitle: string;
    sessionStartsAt: Date;
    assigneeName: string | null;
    escalatedAt: Date | null;
    /** Somebody edited the newest draft: by principal id. */
    draftAuthorId: string | null;
    cursorAt: string;
  };

/** Coordinators see every step; an instructor those that are theirs, escalated or not. Binds twice. */
const STEP_VISIBLE = `(?::boolean OR (h.audience = 'instructor' AND h.assignee_id = ?::uuid))`;
const scoped = (scope: Scope): unknown[] => [scope.all, scope.personId];

/** Binds the instant of the question first. */
const FROM = `
  SELECT h.*, ${DESK_COLUMNS}, ${IS_SNOOZED} AS is_snoozed, s.title AS session_title, s.starts_at AS session_starts_at, p.name AS assignee_name, ${cursorInstant('h.opened_at')},
    (SELECT d.author_id FROM documents o JOIN drafts d ON d.organisation_id = o.organisation_id AND d.document_id = o.id
     WHERE o.organisation_id = h.organisation_id AND o.session_id = h.session_id AND h.kind = 'documentation.review' AND d.author_id IS NOT NULL
     ORDER BY d.created_at DESC, d.n DESC LIMIT 1) AS draft_author_id
  FROM held_steps h
  JOIN sessions s ON s.organisation_id = h.organisation_id AND s.id = h.session_id
  LEFT JOIN people p ON p.organisation_id = h.organisation_id AND p.id = h.assignee_id
  ${JOIN_DESK}`;

export interface HeldStepFilter {
  state: HeldStepRow['state'] | null;
  sessionId: string | null;
  snoozed?: boolean | null;
  asOf: Date;
}

/** The oldest first: an inbox is worked from the top. */
export function heldStepPage(tx: Tx, filter: HeldStepFilter, scope: Scope, page: PageRequest): Promise<ListedHeldStep[]> {
  const conditions = [STEP_VISIBLE];
  const bindings = [filter.asOf, ...scoped(scope)];
  if (filter.state) {
    // 'open' as a literal, so that the partial index of open steps serves.
    conditions.push(filter.state === 'open' ? `h.state = 'open'` : 'h.state = ?');
    if (filter.state !== 'open') bindings.push(filter.state);
  }
  if (filter.sessionId) {
    conditions.push('h.session_id = ?');
    bindings.push(filter.sessionId);
  }
  if (filter.snoozed != null) {
    conditions.push(`${IS_SNOOZED} = ?`);
    bindings.push(filter.asOf, filter.snoozed);
  }
  if (page.after) {
    conditions.push('(h.opened_at, h.id) > (?::timestamptz, ?::uuid)');
    bindings.push(...page.after);
  }
  return rows(tx, `${FROM} WHERE ${conditions.join(' AND ')} ORDER BY h.opened_at, h.id LIMIT ?`, [...bindings, page.limit + 1]);
}

export const visibleHeldStep = (tx: Tx, id: string, scope: Scope, asOf: Date): Promise<ListedHeldStep | undefined> =>
  row(tx, `${FROM} WHERE h.id = ? AND ${STEP_VISIBLE}`, [asOf, id, ...scoped(scope)]);

/** How many steps ended since an instant, by what was decided. */
export const decidedSince = (tx: Tx, since: Date): Promise<{ kind: string; decision: string; by: string; n: number }[]> =>
  rows(
    tx,
    `SELECT kind, coalesce(chosen, state) AS decision, coalesce(chosen_by_name, 'Lectern') AS by, count(*)::int AS n FROM held_steps
     WHERE state IN ('decided', 'expired') AND chosen_at >= ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [since],
  );

export type ListedDraft = DraftRow & { documentKind: 'summary' | 'parent-update' };

/** Every draft of a session's documents, the newest of each first. */
export const draftsOfSession = (tx: Tx, sessionId: string): Promise<ListedDraft[]> =>
  rows(
    tx,
    `SELECT d.*, o.kind AS document_kind FROM documents o JOIN drafts d ON d.organisation_id = o.organisation_id AND d.document_id = o.id
     WHERE o.session_id = ? ORDER BY o.kind DESC, d.n DESC LIMIT 50`,
    [sessionId],
  );

export interface EvidenceRow {
  at: Date;
  kind: string;
  personId: string | null;
  personName: string | null;
  source: string;
}

/** What speaks for or against a verdict on a session: who came and went, who opened their link, what broke. By event time. */
export const evidenceOfSession = (tx: Tx, sessionId: string): Promise<EvidenceRow[]> =>
  rows(
    tx,
    `SELECT e.at, e.kind, e.person_id, p.name AS person_name, e.source FROM attendance_events e
     LEFT JOIN people p ON p.organisation_id = e.organisation_id AND p.id = e.person_id WHERE e.session_id = ?
     UNION ALL SELECT i.opened_at, 'incident.' || i.kind, NULL, NULL, 'lectern' FROM incidents i WHERE i.session_id = ?
     ORDER BY at LIMIT 500`,
    [sessionId, sessionId],
  );
