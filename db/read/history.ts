import type { Json } from '../../policy/types';
import type { ChangeRow } from '../changes';
import { rows, type Tx } from '../database';
import type { DecisionRow } from '../decisions';
import type { ObligationState } from '../../domain/vocabulary';
import { cursorInstant, type PageRequest } from './scope';

// The reader's right to see the session is checked by visibleSession in the same transaction, before any of these.

export interface TimelineRow {
  id: number;
  rev: number;
  at: Date;
  kind: string;
  actor: string;
  actorName: string | null;
  data: Json;
  decisionId: string | null;
}

export const timelinePage = (tx: Tx, sessionId: string, page: PageRequest): Promise<TimelineRow[]> =>
  rows(
    tx,
    `SELECT t.id, t.rev, t.at, t.kind, t.actor, p.name AS actor_name, t.data, t.decision_id FROM timeline t
     LEFT JOIN principals p ON p.organisation_id = t.organisation_id AND p.id::text = t.actor
     WHERE t.session_id = ? AND t.id > ? ORDER BY t.id LIMIT ?`,
    [sessionId, page.after?.[0] ?? 0, page.limit + 1],
  );

export type ListedDecision = DecisionRow & { setNumber: number; cursorAt: string };

/** `decisionId`: that one alone, where it is the session's. */
export function decisionPage(tx: Tx, sessionId: string, decisionId: string | null, page: PageRequest): Promise<ListedDecision[]> {
  const conditions = [
    'd.session_id = ?',
    ...(decisionId ? ['d.id = ?'] : []),
    ...(page.after ? ['(d.as_of, d.id) > (?::timestamptz, ?::uuid)'] : []),
  ];
  return rows(
    tx,
    `SELECT d.*, r.number AS set_number, ${cursorInstant('d.as_of')} FROM decisions d
     JOIN rule_sets r ON r.organisation_id = d.organisation_id AND r.id = d.set_id
     WHERE ${conditions.join(' AND ')} ORDER BY d.as_of, d.id LIMIT ?`,
    [sessionId, ...(decisionId ? [decisionId] : []), ...(page.after ?? []), page.limit + 1],
  );
}

export interface ListedObligation {
  id: string;
  version: number;
  rev: number;
  personId: string;
  personName: string;
  aboutId: string | null;
  kind: string;
  step: string;
  channel: string;
  fallback: string | null;
  template: string;
  anchorAt: Date;
  dueAt: Date;
  deadlineAt: Date;
  state: ObligationState;
  reason: string | null;
  evidence: string | null;
  endedAt: Date | null;
  heldStepId: string | null;
  decisionId: string | null;
  cursorAt: string;
}

export const obligationPage = (tx: Tx, sessionId: string, page: PageRequest): Promise<ListedObligation[]> =>
  rows(
    tx,
    `SELECT o.*, p.name AS person_name, ${cursorInstant('o.due_at')} FROM obligations o
     JOIN people p ON p.organisation_id = o.organisation_id AND p.id = o.person_id
     WHERE o.session_id = ? ${page.after ? 'AND (o.due_at, o.id) > (?::timestamptz, ?::uuid)' : ''} ORDER BY o.due_at, o.id LIMIT ?`,
    [sessionId, ...(page.after ?? []), page.limit + 1],
  );

export type ListedChange = ChangeRow & { madeByName: string | null };

export const changePage = (tx: Tx, sessionId: string, page: PageRequest): Promise<ListedChange[]> =>
  rows(
    tx,
    `SELECT c.*, p.name AS made_by_name FROM changes c
     LEFT JOIN principals p ON p.organisation_id = c.organisation_id AND p.id = c.made_by
     WHERE c.session_id = ? AND c.rev > ? ORDER BY c.rev LIMIT ?`,
    [sessionId, page.after?.[0] ?? 0, page.limit + 1],
  );
