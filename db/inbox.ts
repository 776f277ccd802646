import { change, row, rows, write, type Tx } from './database';

export interface InboxRow {
  id: string;
  source: string;
  eventId: string;
  type: string;
  occurredAt: Date | null;
  receivedAt: Date;
  body: string;
  state: 'received' | 'applied' | 'ignored' | 'refused';
  reason: string | null;
  sessionId: string | null;
  tries: number;
  /** What the sender said, where a mapping put it into our words: kept without what the mapping strips. */
  raw: string | null;
  mapping: string | null;
  mappingRow: string | null;
  ruleSetId: string | null;
}

/** Stores an event once for (source, event id); a repeat gives the first one's id. */
export async function insertInbox(tx: Tx, e: Omit<InboxRow, 'state' | 'reason' | 'tries'>): Promise<{ id: string; duplicate: boolean }> {
  const inserted = await change(
    tx,
    `INSERT INTO inbox (id, source, event_id, type, occurred_at, received_at, body, session_id, raw, mapping, mapping_row, rule_set_id, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'received')
     ON CONFLICT (organisation_id, source, event_id) DO NOTHING`,
    [e.id, e.source, e.eventId, e.type, e.occurredAt, e.receivedAt, e.body, e.sessionId, e.raw, e.mapping, e.mappingRow, e.ruleSetId],
  );
  if (inserted === 1) {
    tx.notify('lectern_inbox');
    return { id: e.id, duplicate: false };
  }
  const first = await row<{ id: string }>(tx, 'SELECT id FROM inbox WHERE source = ? AND event_id = ?', [e.source, e.eventId]);
  return { id: first!.id, duplicate: true };
}

const WAITS = `state = 'received' AND (retry_at IS NULL OR retry_at <= now())`;

/** Events that wait to be applied, in the order in which they happened; one that failed is left out until its next try. */
export const waitingInbox = (tx: Tx, limit: number): Promise<InboxRow[]> =>
  rows(tx, `SELECT * FROM inbox WHERE ${WAITS} ORDER BY occurred_at, id LIMIT ?`, [limit]);

/** Those that name one session. */
export const waitingOfSession = (tx: Tx, sessionId: string): Promise<InboxRow[]> =>
  rows(tx, `SELECT * FROM inbox WHERE ${WAITS} AND session_id = ? ORDER BY occurred_at, id`, [sessionId]);

/** An event that a fault of ours kept from being applied: it stays, says so, and is tried again, ever less often, up to each five minutes. */
export async function putOffInbox(tx: Tx, id: string, reason: string): Promise<void> {
  await write(
    tx,
    `UPDATE inbox SET tries = tries + 1, reason = ?, retry_at = now() + least(interval '5 minutes', interval '1 second' * power(2, least(tries, 10)))
     WHERE id = ? AND state = 'received'`,
    [reason, id],
  );
}

/** An event as a mended mapping reads it: it waits to be applied again. False when it has been applied meanwhile. */
export const mapInboxAgain = async (
  tx: Tx,
  id: string,
  to: Pick<InboxRow, 'type' | 'occurredAt' | 'body' | 'sessionId' | 'mappingRow' | 'ruleSetId'>,
): Promise<boolean> => {
  const changed = await change(
    tx,
    `UPDATE inbox SET type = ?, occurred_at = ?, body = ?, session_id = ?, mapping_row = ?, rule_set_id = ?, state = 'received', reason = NULL, applied_at = NULL,
       tries = 0, retry_at = NULL WHERE id = ? AND state IN ('refused', 'ignored')`,
    [to.type, to.occurredAt, to.body, to.sessionId, to.mappingRow, to.ruleSetId, id],
  );
  if (changed === 1) tx.notify('lectern_inbox');
  return changed === 1;
};

export const inboxById = (tx: Tx, id: string): Promise<InboxRow | undefined> => row(tx, 'SELECT * FROM inbox WHERE id = ?', [id]);

export async function endInbox(
  tx: Tx,
  id: string,
  to: { state: InboxRow['state']; reason: string | null; sessionId: string | null; at: Date },
): Promise<void> {
  await write(tx, 'UPDATE inbox SET state = ?, reason = ?, session_id = ?, applied_at = ?, tries = tries + 1 WHERE id = ?', [
    to.state,
    to.reason,
    to.sessionId,
    to.at,
    id,
  ]);
}

/** Locks an event that nobody has applied yet; whoever comes second finds it has its end. */
export const lockWaiting = async (tx: Tx, id: string): Promise<boolean> =>
  (await row(tx, `SELECT 1 AS one FROM inbox WHERE id = ? AND state = 'received' FOR UPDATE`, [id])) !== undefined;
