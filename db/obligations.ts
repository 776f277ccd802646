import type { Channel, ObligationState } from '../domain/vocabulary';
import { change, row, rows, type Tx } from './database';

export interface ObligationRow {
  id: string;
  sessionId: string;
  rev: number;
  personId: string;
  aboutId: string | null;
  kind: string;
  step: string;
  anchorAt: Date;
  channel: Channel;
  fallback: Channel | null;
  template: string;
  dueAt: Date;
  deadlineAt: Date;
  state: ObligationState;
  reason: string | null;
  evidence: 'accepted' | 'delivered' | 'opened' | null;
  endedAt: Date | null;
  heldStepId: string | null;
  documentId: string | null;
  decisionId: string | null;
  version: number;
}

export const obligationsOf = (tx: Tx, sessionId: string): Promise<ObligationRow[]> =>
  rows(tx, 'SELECT * FROM obligations WHERE session_id = ? ORDER BY due_at, kind, step, person_id, id', [sessionId]);

export const obligationById = (tx: Tx, id: string): Promise<ObligationRow | undefined> => row(tx, 'SELECT * FROM obligations WHERE id = ?', [id]);

export type NewObligation = Omit<ObligationRow, 'evidence' | 'version'>;

/** Lays down rows in one statement; a row that is there already (same person, about, kind, step, anchor) stays as it is. */
export async function insertObligations(tx: Tx, list: NewObligation[]): Promise<void> {
  if (list.length === 0) return;
  await change(
    tx,
    `INSERT INTO obligations (id, session_id, rev, person_id, about_id, kind, step, anchor_at, channel, fallback, template, due_at, deadline_at,
       state, reason, ended_at, held_step_id, document_id, decision_id)
     SELECT * FROM jsonb_to_recordset(?) AS o(id uuid, session_id uuid, rev integer, person_id uuid, about_id uuid, kind text, step text,
       anchor_at timestamptz, channel text, fallback text, template text, due_at timestamptz, deadline_at timestamptz, state text, reason text,
       ended_at timestamptz, held_step_id uuid, document_id uuid, decision_id uuid)
     ON CONFLICT DO NOTHING`,
    [
      JSON.stringify(
        list.map((o) => ({
          id: o.id,
          session_id: o.sessionId,
          rev: o.rev,
          person_id: o.personId,
          about_id: o.aboutId,
          kind: o.kind,
          step: o.step,
          anchor_at: o.anchorAt,
          channel: o.channel,
          fallback: o.fallback,
          template: o.template,
          due_at: o.dueAt,
          deadline_at: o.deadlineAt,
          state: o.state,
          reason: o.reason,
          ended_at: o.endedAt,
          held_step_id: o.heldStepId,
          document_id: o.documentId,
          decision_id: o.decisionId,
        })),
      ),
    ],
  );
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

export async function moveObligations(
  tx: Tx,
  list: { id: string; dueAt: Date; deadlineAt: Date; template: string; channel: string }[],
): Promise<void> {
  for (const o of list) {
    await change(
      tx,
      `UPDATE obligations SET due_at = ?, deadline_at = ?, template = ?, channel = ?, version = version + 1 WHERE id = ? AND state = 'planned'`,
      [o.dueAt, o.deadlineAt, o.template, o.channel, o.id],
    );
  }
}

/** Plans a held or missed message once more, due at once. Its claim of before is given up; a person has said so. */
export async function reopenObligation(tx: Tx, id: string, at: Date): Promise<void> {
  await change(tx, `UPDATE attempts SET state = 'failed', error = 'given up by a person' WHERE obligation_id = ? AND state = 'claimed'`, [id]);
  await change(
    tx,
    `UPDATE obligations SET state = 'planned', reason = NULL, ended_at = NULL, due_at = ?, deadline_at = greatest(deadline_at, ? + interval '1 hour'),
       version = version + 1 WHERE id = ? AND state IN ('held', 'missed')`,
    [at, at, id],
  );
}
