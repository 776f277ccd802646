import type { Json } from '../policy/types';
import { HOLD_BRAKE_SHARED, WEBHOOKS_PAUSED } from './pauses';
import { change, recordset, row, rows, write, type Queryable, type Tx } from './database';

/** One sending and what came of it. */
export interface WebhookAttempt {
  /** Business time. */
  at: string;
  /** The status of the answer; null when there was none. */
  status: number | null;
  /** What went wrong, in a word; null when it was taken. */
  error: string | null;
  /** How long it took, in real milliseconds; null when nobody saw its end. */
  ms: number | null;
}

export interface DeliveryRow {
  id: string;
  /** Grows in the order in which deliveries were laid down. */
  seq: number;
  version: number;
  webhookId: string;
  key: string;
  type: string;
  sessionId: string | null;
  timelineId: number | null;
  at: Date;
  /** What is told, where it is not an entry of the timeline. */
  facts: Record<string, Json> | null;
  state: 'planned' | 'claimed' | 'delivered' | 'failed';
  dueAt: Date;
  /** Sendings since it was laid down, or asked for again. */
  tries: number;
  payload: string | null;
  attempts: WebhookAttempt[];
  reason: string | null;
  endedAt: Date | null;
}

/** To be sent by an instant, and by nobody else: what somebody took and did not come back from is, too. Binds the instant. */
const IS_DUE = `d.state IN ('planned', 'claimed') AND d.due_at <= ? AND (d.state = 'planned' OR d.lease_until < now())`;

export const organisationsWithWebhooksDue = async (crossing: Queryable, asOf: Date): Promise<string[]> =>
  (await rows<{ id: string }>(crossing, 'SELECT o AS id FROM organisations_with_webhooks_due(?) AS o', [asOf])).map((r) => r.id);

/** The addresses to which something is to be sent now. */
export const webhooksDue = async (tx: Tx, asOf: Date): Promise<string[]> =>
  (
    await rows<{ id: string }>(
      tx,
      `SELECT DISTINCT d.webhook_id AS id FROM webhook_deliveries d
       WHERE ${IS_DUE} AND NOT ${WEBHOOKS_PAUSED}`,
      [asOf],
    )
  ).map((r) => r.id);

/**
 * Takes what is due at an address, whose row the caller holds, what is due longest first: of each session one at a time, so that its events
 * leave in their order. Gives them as they are now. (OFFSET keeps the question of what is ahead a look-up for each: as a join it is planned,
 * while nobody knows how much waits, as a scan of all that does.)
 */
export const claimDeliveries = (
  tx: Tx,
  webhookId: string,
  asOf: Date,
  { limit, leaseSeconds }: { limit: number; leaseSeconds: number },
): Promise<DeliveryRow[]> =>
  rows(
    tx,
    `WITH due AS (
       SELECT d.id FROM (SELECT ${HOLD_BRAKE_SHARED}) AS brake CROSS JOIN webhook_deliveries d
       WHERE d.webhook_id = ? AND ${IS_DUE} AND NOT ${WEBHOOKS_PAUSED}
         AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e WHERE e.webhook_id = d.webhook_id AND e.session_id = d.session_id AND e.seq < d.seq
           AND e.state IN ('planned', 'claimed') AND (e.state = 'claimed' OR e.due_at <= ?) OFFSET 0)
       ORDER BY d.due_at, d.seq LIMIT ? FOR UPDATE OF d SKIP LOCKED)
     UPDATE webhook_deliveries d SET state = 'claimed', lease_until = clock_timestamp() + make_interval(secs => ?), tries = d.tries + 1,
       version = d.version + 1,
       attempts = CASE WHEN d.state = 'claimed' THEN d.attempts || jsonb_build_object('at', d.due_at, 'status', null, 'error', 'interrupted', 'ms', null)
         ELSE d.attempts END
     FROM due WHERE d.id = due.id RETURNING d.*`,
    [webhookId, asOf, asOf, limit, leaseSeconds],
  );

/** Keeps what is said, so that it is the same however often it is sent. */
export const keepPayloads = (tx: Tx, list: readonly { id: string; payload: string }[]): Promise<void> =>
  write(tx, 'UPDATE webhook_deliveries d SET payload = p.payload FROM jsonb_to_recordset(?) AS p(id uuid, payload text) WHERE d.id = p.id', [
    recordset(list),
  ]);

/** Ends a sending, or plans the next. Nothing for one that somebody else has taken since. */
export const endSending = async (
  tx: Tx,
  d: Pick<DeliveryRow, 'id' | 'version'>,
  to: { state: 'delivered' | 'failed' | 'planned'; attempt: WebhookAttempt; reason: string | null; dueAt: Date | null; endedAt: Date | null },
): Promise<boolean> =>
  (await change(
    tx,
    `UPDATE webhook_deliveries SET state = ?, attempts = attempts || ?::jsonb, reason = ?, due_at = coalesce(?, due_at), ended_at = ?,
       lease_until = NULL, version = version + 1 WHERE id = ? AND version = ? AND state = 'claimed'`,
    [to.state, JSON.stringify(to.attempt), to.reason, to.dueAt, to.endedAt, d.id, d.version],
  )) === 1;

/** Lays down what is no entry of the timeline. False when it is there already. */
export const insertDelivery = async (
  tx: Tx,
  d: Pick<DeliveryRow, 'id' | 'webhookId' | 'key' | 'type' | 'sessionId' | 'at'> & { facts: Record<string, Json> },
): Promise<boolean> =>
  (await change(
    tx,
    `INSERT INTO webhook_deliveries (id, webhook_id, key, type, session_id, at, due_at, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, webhook_id, key) DO NOTHING`,
    [d.id, d.webhookId, d.key, d.type, d.sessionId, d.at, d.at, JSON.stringify(d.facts)],
  )) === 1;

export const deliveryById = (tx: Tx, id: string): Promise<DeliveryRow | undefined> => row(tx, 'SELECT * FROM webhook_deliveries WHERE id = ?', [id]);
export const deliveryByKey = (tx: Tx, webhookId: string, key: string): Promise<DeliveryRow | undefined> =>
  row(tx, 'SELECT * FROM webhook_deliveries WHERE webhook_id = ? AND key = ?', [webhookId, key]);

/** What waits to be sent to an address that is switched off is not. */
export const dropPlanned = (tx: Tx, webhookId: string, reason: string, at: Date): Promise<void> =>
  write(
    tx,
    `UPDATE webhook_deliveries SET state = 'failed', reason = ?, ended_at = ?, version = version + 1 WHERE webhook_id = ? AND state = 'planned'`,
    [reason, at, webhookId],
  );

const AGAIN = `state = 'planned', due_at = ?, tries = 0, reason = NULL, ended_at = NULL, version = version + 1`;

/** One that has its end is sent again. False when it is on its way. */
export const planAgain = async (tx: Tx, id: string, at: Date): Promise<boolean> =>
  (await change(tx, `UPDATE webhook_deliveries SET ${AGAIN} WHERE id = ? AND state IN ('delivered', 'failed')`, [at, id])) === 1;

/** What happened from an instant on is sent again: what was not delivered, or all. What was never laid down is. Gives how many there are. */
export async function planAgainSince(
  tx: Tx,
  w: { id: string; eventTypes: readonly string[] },
  { since, all, at }: { since: Date; all: boolean; at: Date },
): Promise<number> {
  const again = await change(
    tx,
    `UPDATE webhook_deliveries SET ${AGAIN} WHERE webhook_id = ? AND at >= ? AND type <> 'webhook.test'
       AND (state = 'failed' OR ?::boolean AND state = 'delivered')`,
    [at, w.id, since, all],
  );
  const laidDown = await change(
    tx,
    `INSERT INTO webhook_deliveries (id, webhook_id, key, type, session_id, timeline_id, at, due_at)
     SELECT gen_random_uuid(), ?, 'timeline/' || t.id, t.event, t.session_id, t.id, t.at, ? FROM timeline t
     WHERE t.event = ANY(?::text[]) AND t.at >= ? ORDER BY t.id
     ON CONFLICT (organisation_id, webhook_id, key) DO NOTHING`,
    [w.id, at, `{${w.eventTypes.join(',')}}`, since],
  );
  return again + laidDown;
}

/** An address's deliveries by their state, the newest first. */
export const deliveriesPage = (
  tx: Tx,
  webhookId: string,
  { limit, after, state }: { limit: number; after: string[] | null; state?: DeliveryRow['state'] | undefined },
): Promise<DeliveryRow[]> =>
  rows(
    tx,
    `SELECT * FROM webhook_deliveries WHERE webhook_id = ? AND (?::text IS NULL OR state = ?) AND (?::bigint IS NULL OR seq < ?::bigint)
     ORDER BY seq DESC LIMIT ?`,
    [webhookId, state ?? null, state ?? null, after?.[0] ?? null, after?.[0] ?? null, limit + 1],
  );

/** Forgets at most `limit` that ended before an instant; gives how many there were. */
export const forgetDeliveries = (tx: Tx, state: 'delivered' | 'failed', before: Date, limit: number): Promise<number> =>
  change(
    tx,
    `DELETE FROM webhook_deliveries d USING (SELECT id FROM webhook_deliveries WHERE state = ? AND ended_at < ? LIMIT ? FOR UPDATE SKIP LOCKED) old
     WHERE d.id = old.id`,
    [state, before, limit],
  );

/** A session as whoever listens is told of it: ids, states and instants. */
export interface OutboundSession {
  id: string;
  externalId: string | null;
  version: number;
  rev: number;
  status: string;
  startsAt: Date;
  endsAt: Date;
  programme: string | null;
  branch: string | null;
  closedAt: Date | null;
  participants: { personId: string; role: string; verdict: string }[];
}

export const outboundSessions = (tx: Tx, ids: readonly string[]): Promise<OutboundSession[]> =>
  rows(
    tx,
    `SELECT s.id, s.external_id, s.version, s.rev, s.status, s.starts_at, s.ends_at, s.programme, s.branch, s.closed_at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('personId', p.person_id, 'role', p.role, 'verdict', p.verdict) ORDER BY p.role, p.person_id)
         FROM participants p WHERE p.session_id = s.id), '[]') AS participants
     FROM sessions s WHERE s.id = ANY(?::uuid[])`,
    [`{${ids.join(',')}}`],
  );

export interface ToldEntry {
  id: number;
  rev: number;
  kind: string;
  actor: string;
  data: Record<string, Json>;
  decisionId: string | null;
}

export const entriesByIds = (tx: Tx, ids: readonly number[]): Promise<ToldEntry[]> =>
  rows(tx, 'SELECT id, rev, kind, actor, data, decision_id FROM timeline WHERE id = ANY(?::bigint[])', [`{${ids.join(',')}}`]);
