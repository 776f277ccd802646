import type { SessionRow, ParticipantRow } from './sessions';
import { rows, write, type Tx } from './database';

/** Somebody who was on a session and was taken off it, with what was said of them until then. */
export interface FormerRow extends Pick<
  ParticipantRow,
  'sessionId' | 'personId' | 'role' | 'verdict' | 'arrivedAt' | 'verdictAt' | 'verdictDecisionId' | 'joinedAt'
> {
  /** The rev that the change which took them off gave the session. */
  rev: number;
  leftAt: Date;
}

export const formersOf = (tx: Tx, sessionId: string): Promise<FormerRow[]> =>
  rows(tx, 'SELECT * FROM former_participants WHERE session_id = ? ORDER BY rev, role, person_id', [sessionId]);

/** Puts people onto a session from `at` on. In a running lesson they are asked about at once, so that a first question is on its way. */
export async function insertParticipants(
  tx: Tx,
  session: Pick<SessionRow, 'id' | 'status'>,
  joins: Pick<ParticipantRow, 'personId' | 'personKey' | 'role'>[],
  at: Date,
): Promise<void> {
  for (const p of joins) {
    await write(
      tx,
      `INSERT INTO participants (session_id, person_id, person_key, role, starts_at, ends_at, buffer_minutes, holds_slot, joined_at, check_at)
       SELECT s.id, ?::uuid, ?::integer, ?, s.starts_at, s.ends_at, s.buffer_minutes, s.holds_slot, ?::timestamptz, ?::timestamptz
       FROM sessions s WHERE s.id = ?`,
      [p.personId, p.personKey, p.role, at, session.status === 'live' ? at : null, session.id],
    );
  }
}

/** Takes people off a session, whose new rev is given; their slot is free at once. */
export async function removeParticipants(tx: Tx, { id, rev }: Pick<SessionRow, 'id' | 'rev'>, personIds: readonly string[], at: Date): Promise<void> {
  await write(
    tx,
    `WITH gone AS (DELETE FROM participants WHERE session_id = ? AND person_id = ANY(?::uuid[]) RETURNING *)
     INSERT INTO former_participants (session_id, person_id, rev, role, joined_at, left_at, verdict, arrived_at, verdict_at, verdict_decision_id)
     SELECT session_id, person_id, ?::integer, role, joined_at, ?::timestamptz, verdict, arrived_at, verdict_at, verdict_decision_id FROM gone`,
    [id, `{${personIds.join(',')}}`, rev, at],
  );
}

/**
 * Who is to teach is somebody else: students of whom nothing could be said before, and of whom nobody is asked, are awaited again
 * from `at` on.
 */
export async function awaitUndecidedAgain(tx: Tx, sessionId: string, at: Date): Promise<void> {
  await write(
    tx,
    `UPDATE participants p SET verdict = 'waiting', verdict_at = NULL, verdict_decision_id = NULL, check_at = ?
     WHERE p.session_id = ? AND p.role = 'student' AND p.verdict = 'undecided' AND NOT EXISTS (
       SELECT 1 FROM held_steps h WHERE h.session_id = p.session_id AND h.kind = 'no-show' AND h.subject = p.person_id::text AND h.state = 'open')`,
    [at, sessionId],
  );
}

/** The overlap of slots is checked when the transaction commits: two sessions may exchange people. */
export async function deferSlots(tx: Tx): Promise<void> {
  await write(tx, 'SET CONSTRAINTS participants_no_overlap DEFERRED');
}
