import type { Json } from '../policy/types';
import type { HeldStepKind } from '../domain/vocabulary';
import { change, row, rows, write, type Tx } from './database';
import { DESK_COLUMNS, JOIN_DESK, type DeskColumns } from './desk';

export interface HeldStepRow {
  id: string;
  sessionId: string;
  rev: number;
  kind: HeldStepKind;
  subject: string;
  version: number;
  state: 'open' | 'decided' | 'expired' | 'withdrawn';
  audience: 'instructor' | 'coordinator';
  assigneeId: string | null;
  reason: string;
  shown: Json;
  shownHash: string;
  options: string[];
  defaultOption: string | null;
  selfApproval: boolean;
  openedAt: Date;
  deadlineAt: Date | null;
  escalateAt: Date | null;
  remindAt: Date | null;
  decisionId: string | null;
  chosen: string | null;
  chosenBy: string | null;
  chosenByName: string | null;
  chosenAt: Date | null;
  comment: string | null;
}

export type LockedHeldStep = HeldStepRow & DeskColumns;

/** Locks a step; who looks after it comes along. */
export const lockHeldStep = (tx: Tx, id: string): Promise<LockedHeldStep | undefined> =>
  row(tx, `SELECT h.*, ${DESK_COLUMNS} FROM held_steps h ${JOIN_DESK} WHERE h.id = ? FOR UPDATE OF h`, [id]);

export const findHeldStep = (tx: Tx, id: string): Promise<HeldStepRow | undefined> => row(tx, 'SELECT * FROM held_steps WHERE id = ?', [id]);

export const heldStepsOf = (tx: Tx, sessionId: string): Promise<HeldStepRow[]> =>
  rows(tx, 'SELECT * FROM held_steps WHERE session_id = ? ORDER BY opened_at, id', [sessionId]);

/** Inserts a held step unless one of the same kind and subject is open already; gives the id of the open one. */
export async function insertHeldStep(
  tx: Tx,
  s: Omit<HeldStepRow, 'version' | 'state' | 'chosen' | 'chosenBy' | 'chosenByName' | 'chosenAt' | 'comment'>,
): Promise<{ id: string; created: boolean }> {
  const created = await change(
    tx,
    `INSERT INTO held_steps (id, session_id, rev, kind, subject, state, audience, assignee_id, reason, shown, shown_hash, options, default_option,
       self_approval, opened_at, deadline_at, escalate_at, remind_at, decision_id)
     VALUES (?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, session_id, kind, subject) WHERE state = 'open' DO NOTHING`,
    [
      s.id,
      s.sessionId,
      s.rev,
      s.kind,
      s.subject,
      s.audience,
      s.assigneeId,
      s.reason,
      JSON.stringify(s.shown),
      s.shownHash,
      s.options,
      s.defaultOption,
      s.selfApproval,
      s.openedAt,
      s.deadlineAt,
      s.escalateAt,
      s.remindAt,
      s.decisionId,
    ],
  );
  if (created === 1) return { id: s.id, created: true };
  const open = await row<{ id: string }>(tx, `SELECT id FROM held_steps WHERE session_id = ? AND kind = ? AND subject = ? AND state = 'open'`, [
    s.sessionId,
    s.kind,
    s.subject,
  ]);
  return { id: open!.id, created: false };
}

/** The compare-and-swap of a decision: true for exactly one caller. */
export async function swapDecided(
  tx: Tx,
  step: HeldStepRow,
  to: { state: 'decided' | 'expired'; chosen: string; by: string | null; byName: string; at: Date; comment: string | null },
): Promise<boolean> {
  const swapped = await change(
    tx,
    `UPDATE held_steps SET state = ?, chosen = ?, chosen_by = ?, chosen_by_name = ?, chosen_at = ?, comment = ?, version = version + 1
     WHERE id = ? AND state = 'open' AND version = ? AND shown_hash = ?`,
    [to.state, to.chosen, to.by, to.byName, to.at, to.comment, step.id, step.version, step.shownHash],
  );
  return swapped === 1;
}

/** What is shown has changed: a new version, so that whoever looked at the old one is told the difference. */
export async function reshow(tx: Tx, id: string, shown: Json, shownHash: string): Promise<void> {
  await write(tx, `UPDATE held_steps SET shown = ?, shown_hash = ?, version = version + 1 WHERE id = ? AND state = 'open'`, [
    JSON.stringify(shown),
    shownHash,
    id,
  ]);
}

/** Ends every open step of a session, but for those of the kind `except`, and for what is about an address or an automation and not about the lesson. */
export async function withdrawHeldSteps(tx: Tx, sessionId: string, at: Date, except: HeldStepKind | null = null): Promise<number> {
  return change(
    tx,
    `UPDATE held_steps SET state = 'withdrawn', chosen_at = ?, version = version + 1
     WHERE session_id = ? AND state = 'open' AND kind NOT IN ('webhook', 'automation') AND kind IS DISTINCT FROM ?`,
    [at, sessionId, except],
  );
}

export async function withdrawHeldStepsOf(tx: Tx, sessionId: string, kinds: readonly HeldStepKind[], at: Date): Promise<void> {
  await write(
    tx,
    `UPDATE held_steps SET state = 'withdrawn', chosen_at = ?, version = version + 1 WHERE session_id = ? AND state = 'open' AND kind = ANY(?::text[])`,
    [at, sessionId, `{${kinds.join(',')}}`],
  );
}

/** What the open step of a kind asks is asked anew: for another rev, with another decision behind it, until another deadline. */
export async function askAnew(
  tx: Tx,
  s: Pick<HeldStepRow, 'sessionId' | 'rev' | 'kind' | 'subject' | 'reason' | 'shown' | 'shownHash' | 'deadlineAt' | 'decisionId'>,
): Promise<void> {
  await write(
    tx,
    `UPDATE held_steps SET rev = ?, reason = ?, shown = ?, shown_hash = ?, deadline_at = ?, decision_id = ?, version = version + 1
     WHERE session_id = ? AND kind = ? AND subject = ? AND state = 'open'`,
    [s.rev, s.reason, JSON.stringify(s.shown), s.shownHash, s.deadlineAt, s.decisionId, s.sessionId, s.kind, s.subject],
  );
}

export async function withdrawHeldStep(tx: Tx, sessionId: string, kind: HeldStepKind, subject: string, at: Date): Promise<void> {
  await write(
    tx,
    `UPDATE held_steps SET state = 'withdrawn', chosen_at = ?, version = version + 1 WHERE session_id = ? AND kind = ? AND subject = ? AND state = 'open'`,
    [at, sessionId, kind, subject],
  );
}

export const isHeldStepOpen = async (tx: Tx, sessionId: string, kind: HeldStepKind, subject: string | null = null): Promise<boolean> =>
  (await row(tx, `SELECT 1 AS one FROM held_steps WHERE session_id = ? AND kind = ? AND state = 'open' AND subject = coalesce(?, subject) LIMIT 1`, [
    sessionId,
    kind,
    subject,
  ])) !== undefined;

/** Open steps whose deadline has passed and whose policy declares what happens then. Those of automations are their runs' to look after. */
export const expiredHeldSteps = (tx: Tx, sessionId: string, asOf: Date): Promise<HeldStepRow[]> =>
  rows(
    tx,
    `SELECT * FROM held_steps WHERE session_id = ? AND state = 'open' AND default_option IS NOT NULL AND deadline_at <= ? AND kind <> 'automation'`,
    [sessionId, asOf],
  );
