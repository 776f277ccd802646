import { row, type Tx } from './database';

/**
 * Who stands before the lesson without a way in: participants without a live credential, and participants for whom no message
 * with their way in was accepted, neither by themselves nor by a guardian of theirs.
 */
export async function coverageCounts(tx: Tx, sessionId: string): Promise<{ withoutCredential: number; undelivered: number }> {
  const found = await row<{ withoutCredential: number; undelivered: number }>(
    tx,
    `SELECT
       count(*) FILTER (WHERE NOT EXISTS (
         SELECT 1 FROM credentials c WHERE c.session_id = p.session_id AND c.person_id = p.person_id AND c.revoked_at IS NULL))::int AS without_credential,
       count(*) FILTER (WHERE NOT EXISTS (
         SELECT 1 FROM obligations o WHERE o.session_id = p.session_id AND o.kind = 'credential' AND coalesce(o.about_id, o.person_id) = p.person_id
           AND o.state IN ('delivered', 'failed-over') AND o.anchor_at = s.room_at))::int AS undelivered
     FROM participants p JOIN sessions s ON s.organisation_id = p.organisation_id AND s.id = p.session_id WHERE p.session_id = ?`,
    [sessionId],
  );
  return found!;
}
