import { row, rows, type Tx } from './database';

/**
 * Who stands before the lesson without a way in: participants without a live credential, and participants for whom no message
 * with the way in that they have now was accepted, neither by themselves nor by a guardian of theirs.
 */
export async function coverageCounts(tx: Tx, sessionId: string): Promise<{ withoutCredential: number; undelivered: number }> {
  const found = await row<{ withoutCredential: number; undelivered: number }>(
    tx,
    `SELECT
       count(*) FILTER (WHERE NOT EXISTS (
         SELECT 1 FROM credentials c WHERE c.session_id = p.session_id AND c.person_id = p.person_id AND c.revoked_at IS NULL))::int AS without_credential,
       count(*) FILTER (WHERE NOT EXISTS (
         SELECT 1 FROM obligations o WHERE o.session_id = p.session_id AND o.kind IN ('credential', 'second-room')
           AND coalesce(o.about_id, o.person_id) = p.person_id AND o.state IN ('delivered', 'failed-over')
           AND o.ended_at >= coalesce((SELECT c.issued_at FROM credentials c WHERE c.session_id = p.session_id AND c.person_id = p.person_id
             AND c.revoked_at IS NULL), s.room_at)))::int AS undelivered
     FROM participants p JOIN sessions s ON s.organisation_id = p.organisation_id AND s.id = p.session_id WHERE p.session_id = ?`,
    [sessionId],
  );
  return found!;
}

/**
 * Whose way in is known to be one: they have come by one before, or a message with it was accepted for them, to
 * themselves or a guardian. Of anybody else it was never proven that they could have come.
 */
export const wayInProven = async (tx: Tx, sessionId: string): Promise<Set<string>> =>
  new Set(
    (
      await rows<{ personId: string }>(
        tx,
        `SELECT p.person_id FROM participants p WHERE p.session_id = ? AND (
           EXISTS (SELECT 1 FROM obligations o WHERE o.organisation_id = p.organisation_id AND o.session_id = p.session_id AND o.kind IN ('credential', 'second-room')
             AND coalesce(o.about_id, o.person_id) = p.person_id AND o.state IN ('delivered', 'failed-over'))
           OR EXISTS (SELECT 1 FROM participants q WHERE q.organisation_id = p.organisation_id AND q.person_id = p.person_id AND q.arrived_at IS NOT NULL))`,
        [sessionId],
      )
    ).map((p) => p.personId),
  );
