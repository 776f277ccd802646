import type { ExistingObligation } from '../domain/match-plan';
import type { Channel } from '../domain/vocabulary';
import type { Json } from '../policy/types';
import { change, recordset, row, rows, write, type Tx } from './database';

export interface ObligationRow extends ExistingObligation {
  sessionId: string;
  rev: number;
  evidence: 'accepted' | 'delivered' | 'opened' | null;
  endedAt: Date | null;
  heldStepId: string | null;
  documentId: string | null;
  decisionId: string | null;
  /** Set where the message tells of a whole batch of changes. */
  batchId: string | null;
  version: number;
}

export const obligationsOf = (tx: Tx, sessionId: string): Promise<ObligationRow[]> =>
  rows(tx, 'SELECT * FROM obligations WHERE session_id = ? ORDER BY due_at, kind, step, person_id, id', [sessionId]);

/** Keeps dispatch from what nobody has begun to send: who it is to tell what is about to change. */
export async function lockPlanned(tx: Tx, sessionId: string): Promise<void> {
  await rows(tx, `SELECT 1 AS one FROM obligations WHERE session_id = ? AND state = 'planned' ORDER BY id FOR NO KEY UPDATE`, [sessionId]);
}

export const obligationById = (tx: Tx, id: string): Promise<ObligationRow | undefined> => row(tx, 'SELECT * FROM obligations WHERE id = ?', [id]);

/** Locks the open sessions on which somebody is still to be told something, in one order. */
export const lockSessionsOwing = async (tx: Tx, personId: string): Promise<string[]> =>
  (
    await rows<{ id: string }>(
      tx,
      `SELECT s.id FROM sessions s WHERE s.closed_at IS NULL AND EXISTS (
         SELECT 1 FROM obligations o WHERE o.organisation_id = s.organisation_id AND o.session_id = s.id AND o.person_id = ? AND o.state = 'planned')
       ORDER BY s.id FOR NO KEY UPDATE OF s`,
      [personId],
    )
  ).map((s) => s.id);

/** What somebody is still to be told on these sessions, each row with every outcome of the decision that gave it. */
export const plannedFor = (tx: Tx, personId: string, sessionIds: string[]): Promise<(ObligationRow & { outcomes: Json })[]> =>
  rows(
    tx,
    `SELECT o.*, d.outcome AS outcomes FROM obligations o JOIN decisions d ON d.organisation_id = o.organisation_id AND d.id = o.decision_id
     WHERE o.session_id = ANY(?::uuid[]) AND o.person_id = ? AND o.state = 'planned' ORDER BY o.session_id, o.id`,
    [`{${sessionIds.join(',')}}`, personId],
  );

const TO_COORDINATORS = `o.about_id IS NULL AND o.person_id IN (SELECT p.id FROM people p WHERE p.organisation_id = o.organisation_id AND p.kind = 'coordinator')`;

/** Locks the sessions on which a coordinator is still to be told something, in one order. */
export const lockSessionsOwingCoordinators = async (tx: Tx): Promise<string[]> =>
  (
    await rows<{ id: string }>(
      tx,
      `SELECT s.id FROM sessions s WHERE s.closed_at IS NULL AND s.id IN (SELECT o.session_id FROM obligations o
         WHERE o.state = 'planned' AND ${TO_COORDINATORS}) ORDER BY s.id FOR NO KEY UPDATE OF s`,
    )
  ).map((s) => s.id);

/** Every row of these sessions that is, or was to be, told to a coordinator. */
export const plannedForCoordinators = (tx: Tx, sessionIds: readonly string[]): Promise<ObligationRow[]> =>
  rows(tx, `SELECT o.* FROM obligations o WHERE o.session_id = ANY(?::uuid[]) AND ${TO_COORDINATORS} ORDER BY o.session_id, o.due_at, o.id`, [
    `{${sessionIds.join(',')}}`,
  ]);

export type NewObligation = Omit<ObligationRow, 'evidence' | 'version' | 'batchId'>;

export const OBLIGATIONS_FROM_JSON = `INSERT INTO obligations (id, session_id, rev, person_id, about_id, kind, step, anchor_at, channel, fallback, template,
    due_at, deadline_at, state, reason, ended_at, held_step_id, document_id, decision_id)
  SELECT * FROM jsonb_to_recordset(?) AS o(id uuid, session_id uuid, rev integer, person_id uuid, about_id uuid, kind text, step text,
    anchor_at timestamptz, channel text, fallback text, template text, due_at timestamptz, deadline_at timestamptz, state text, reason text,
    ended_at timestamptz, held_step_id uuid, document_id uuid, decision_id uuid)
  ON CONFLICT DO NOTHING`;

/** Lays down rows in one statement; a row that is there already (same person, about, kind, step, anchor) stays as it is. */
export async function insertObligations(tx: Tx, list: NewObligation[]): Promise<void> {
  if (list.length > 0) await write(tx, OBLIGATIONS_FROM_JSON, [recordset(list)]);
}

/** Ends rows that nobody has begun to send. Rows claimed, in doubt or at their end stay what they are. */
export async function suppressObligations(tx: Tx, ids: string[], reason: string, at: Date): Promise<number> {
  if (ids.length === 0) return 0;
  return change(
    tx,
    `UPDATE obligations SET state = 'suppressed', reason = ?, ended_at = ?, version = version + 1
     WHERE id = ANY(?::uuid[]) AND state = 'planned'`,
    [reason, at, `{${ids.join(',')}}`],
  );
}

/** Ends what somebody is still to be told about these students on these sessions; gives the sessions it concerned. */
export const takeBackAbout = async (
  tx: Tx,
  { personId, aboutIds, sessionIds }: { personId: string; aboutIds: readonly string[]; sessionIds: readonly string[] },
  reason: string,
  at: Date,
): Promise<string[]> =>
  (
    await rows<{ sessionId: string }>(
      tx,
      `UPDATE obligations SET state = 'suppressed', reason = ?, ended_at = ?, version = version + 1
       WHERE session_id = ANY(?::uuid[]) AND person_id = ? AND about_id = ANY(?::uuid[]) AND state = 'planned' RETURNING session_id`,
      [reason, at, `{${sessionIds.join(',')}}`, personId, `{${aboutIds.join(',')}}`],
    )
  ).map((o) => o.sessionId);

/** A row as a new plan has it. */
export interface PlannedAgain {
  id: string;
  rev: number;
  channel: Channel;
  fallback: Channel | null;
  template: string;
  dueAt: Date;
  deadlineAt: Date;
  decisionId: string | null;
}

/**
 * Writes rows as a new plan has them: planned ones, and ones that an earlier plan took back for one of `reasons`. A row that
 * somebody has begun to send meanwhile stays what it is.
 */
export async function planAgain(tx: Tx, list: PlannedAgain[], reasons: readonly string[]): Promise<void> {
  if (list.length === 0) return;
  await write(
    tx,
    `UPDATE obligations o SET rev = n.rev, channel = n.channel, fallback = n.fallback, template = n.template, due_at = n.due_at,
       deadline_at = n.deadline_at, decision_id = n.decision_id, state = 'planned', reason = CASE WHEN o.state = 'planned' THEN o.reason END,
       ended_at = NULL, version = o.version + 1
     FROM jsonb_to_recordset(?) AS n(id uuid, rev integer, channel text, fallback text, template text, due_at timestamptz, deadline_at timestamptz,
       decision_id uuid)
     WHERE o.id = n.id AND (o.state = 'planned' OR o.state = 'suppressed' AND o.reason = ANY(?::text[]))`,
    [recordset(list), `{${reasons.join(',')}}`],
  );
}

/** Says that rows still stand after a change: what is on its way at an older `rev` than its session is not sent any more. */
export async function keepForRev(tx: Tx, ids: string[], rev: number): Promise<void> {
  if (ids.length === 0) return;
  await write(tx, `UPDATE obligations SET rev = ? WHERE id = ANY(?::uuid[]) AND rev < ?`, [rev, `{${ids.join(',')}}`, rev]);
}

/** Plans a held or missed message once more, due at once. Its claim of before is given up; a person has said so. */
export async function reopenObligation(
  tx: Tx,
  id: string,
  { at, until, channel, fallback }: { at: Date; until: Date; channel: Channel; fallback: Channel | null },
): Promise<void> {
  await write(tx, `UPDATE attempts SET state = 'failed', error = 'given up by a person' WHERE obligation_id = ? AND state = 'claimed'`, [id]);
  await write(
    tx,
    `UPDATE obligations SET state = 'planned', reason = NULL, ended_at = NULL, due_at = ?, deadline_at = ?, channel = ?, fallback = ?,
       version = version + 1
     WHERE id = ? AND state IN ('held', 'missed')`,
    [at, until, channel, fallback, id],
  );
}
