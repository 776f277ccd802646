import { change, recordset, row, rows, write, type Database, type Tx } from './database';

export interface Wake {
  id: number;
  sessionId: string;
  generation: number;
  createdAt: Date;
}

export const organisationsWithWakes = async (db: Database): Promise<string[]> =>
  (await rows<{ id: string }>(db.crossing, 'SELECT w AS id FROM organisations_with_wakes() AS w')).map((r) => r.id);

export const organisationsWithInbox = async (db: Database): Promise<string[]> =>
  (await rows<{ id: string }>(db.crossing, 'SELECT w AS id FROM organisations_with_inbox() AS w')).map((r) => r.id);

/** The next undelivered wakes behind the one with id `after`. */
export const undelivered = (tx: Tx, after: number, limit: number): Promise<Wake[]> =>
  rows(tx, 'SELECT id, session_id, generation, created_at FROM outbox WHERE delivered_at IS NULL AND id > ? ORDER BY id LIMIT ?', [after, limit]);

/** Marks what was delivered; a wake that was asked for again meanwhile stays and is delivered once more. */
export async function markDelivered(tx: Tx, wakes: Wake[]): Promise<void> {
  if (wakes.length === 0) return;
  await write(
    tx,
    `UPDATE outbox o SET delivered_at = now() FROM jsonb_to_recordset(?) AS w(id bigint, generation integer)
     WHERE o.id = w.id AND o.generation = w.generation AND o.delivered_at IS NULL`,
    [recordset(wakes)],
  );
}

/** Delivered wakes say nothing any more. */
export const forgetDelivered = (tx: Tx): Promise<number> => change(tx, `DELETE FROM outbox WHERE delivered_at < now() - interval '1 hour'`);

/** Sessions that have something before them: open ones, and closed ones of whose correction, or
 * by whose automation, somebody is still to be told. */
export const openSessionIds = async (tx: Tx): Promise<string[]> =>
  (
    await rows<{ id: string }>(
      tx,
      `SELECT id FROM sessions WHERE closed_at IS NULL UNION
       SELECT o.session_id FROM obligations o JOIN corrections c ON c.organisation_id = o.organisation_id AND c.session_id = o.session_id
       WHERE o.state IN ('planned', 'claimed', 'in-doubt')
       UNION SELECT o.session_id FROM obligations o WHERE o.kind = 'automation' AND o.state IN ('planned', 'claimed', 'in-doubt')
       UNION SELECT c.session_id FROM corrections c WHERE c.kind = 'transcript' AND NOT EXISTS (
         SELECT 1 FROM documents d WHERE d.organisation_id = c.organisation_id AND d.session_id = c.session_id AND d.state <> 'drafted')`,
    )
  ).map((r) => r.id);

/** What a session's workflow has to act on, and when: messages, acknowledgements, searches for a substitute (their offers with them). */
const DUE = `SELECT id, 'session' AS what, next_due_at AS since FROM sessions WHERE next_due_at IS NOT NULL
  UNION ALL SELECT session_id, 'acknowledgement', check_at FROM acknowledgements WHERE check_at IS NOT NULL
  UNION ALL SELECT session_id, 'search', next_at FROM substitute_searches WHERE state = 'open' AND next_at IS NOT NULL`;

/** SQL of `DUE` up to an instant, itself SQL. */
export const dueUntil = (instant: string): string => `SELECT * FROM (${DUE}) AS due WHERE due.since <= ${instant}`;

/** Sessions of which something was due five minutes before `asOf`, and since when: nobody is looking after them. */
export const stuckSessions = (tx: Tx, asOf: Date): Promise<{ id: string; since: Date }[]> =>
  rows(tx, `SELECT id, min(since) AS since FROM (${dueUntil("?::timestamptz - interval '5 minutes'")}) AS stuck GROUP BY id`, [asOf]);

export async function readClock(db: Database): Promise<{ originRealMs: number; originBusinessMs: number; rate: number }> {
  const found = await row<{ clockOriginReal: Date; clockOriginBusiness: Date; clockRate: number }>(db.crossing, 'SELECT * FROM installation');
  if (!found) throw new Error('The database is not set up; run `npx lectern migrate`.');
  return { originRealMs: +found.clockOriginReal, originBusinessMs: +found.clockOriginBusiness, rate: found.clockRate };
}
