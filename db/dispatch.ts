import type { Channel } from '../domain/vocabulary';
import type { ObligationRow } from './obligations';
import { HOLD_BRAKE_SHARED, IS_PAUSED } from './pauses';
import { recordset, rows, row, write, type Tx } from './database';

export interface AttemptRow {
  id: string;
  obligationId: string;
  sessionId: string;
  personId: string;
  channel: Channel;
  effectKey: string;
  n: number;
  state: 'claimed' | 'sent' | 'failed';
  leaseUntil: Date;
  recipient: string;
  subject: string | null;
  bodyText: string;
  bodyHtml: string | null;
  zone: string;
  tzdata: string;
  /** The start of the lesson as the reader's wall shows it, in a message that shows times. */
  shownWallTime: string | null;
  providerRef: string | null;
  error: string | null;
  claimedAt: Date;
  sentAt: Date | null;
}

/**
 * Nobody gets a way in any more: whoever it is for was taken off while it was being sent, or the lesson was cancelled. Its row is due all the
 * same, since it has to have an end.
 */
const IS_VAIN = `NOT EXISTS (
  SELECT 1 FROM participants p JOIN sessions s ON s.organisation_id = p.organisation_id AND s.id = p.session_id
  WHERE p.session_id = o.session_id AND p.person_id = coalesce(o.about_id, o.person_id) AND s.status <> 'cancelled')`;

/**
 * A way in can be sent once it exists for the session as it is now; until then its row is not due, whatever its time says. (A move
 * lays down new rows while a dispatch of the old ones is under way.) What is paused is not due either; what has been claimed goes on.
 */
export const IS_SENDABLE = `(o.state <> 'planned' OR NOT ${IS_PAUSED}) AND (o.kind NOT IN ('credential', 'second-room') OR EXISTS (
  SELECT 1 FROM credentials c JOIN rooms r ON r.organisation_id = c.organisation_id AND r.id = c.room_id
  JOIN sessions s ON s.organisation_id = c.organisation_id AND s.id = c.session_id AND s.rev = r.rev
  WHERE c.session_id = o.session_id AND c.person_id = coalesce(o.about_id, o.person_id) AND c.revoked_at IS NULL) OR ${IS_VAIN})`;

/** Locks what is due and unclaimed, so that two workers take different rows; and the brake, so that a pause waits for what is being claimed. */
export const lockDue = (tx: Tx, sessionId: string, asOf: Date, limit: number): Promise<ObligationRow[]> =>
  rows(
    tx,
    `SELECT o.* FROM (SELECT ${HOLD_BRAKE_SHARED}) AS brake CROSS JOIN obligations o WHERE o.session_id = ? AND o.state = 'planned' AND o.due_at <= ? AND ${IS_SENDABLE}
     ORDER BY o.due_at, o.id LIMIT ? FOR UPDATE OF o SKIP LOCKED`,
    [sessionId, asOf, limit],
  );

/** Locks attempts whose sender did not come back before the lease ended: in doubt until they are looked up. */
export const lockInDoubt = (tx: Tx, sessionId: string, limit: number): Promise<(AttemptRow & { kind: string })[]> =>
  rows(
    tx,
    `SELECT a.*, o.kind FROM attempts a JOIN obligations o ON o.organisation_id = a.organisation_id AND o.id = a.obligation_id
     WHERE a.session_id = ? AND a.state = 'claimed' AND a.lease_until < now() ORDER BY a.claimed_at LIMIT ? FOR UPDATE OF a SKIP LOCKED`,
    [sessionId, limit],
  );

export const attemptFor = (tx: Tx, effectKey: string): Promise<AttemptRow | undefined> =>
  row(tx, 'SELECT * FROM attempts WHERE effect_key = ?', [effectKey]);

/** What is sent, or looked up, and marked. */
export type Sending = Pick<
  AttemptRow,
  'id' | 'obligationId' | 'sessionId' | 'channel' | 'effectKey' | 'recipient' | 'subject' | 'bodyText' | 'bodyHtml'
>;
export type NewClaim = Omit<AttemptRow, 'n' | 'state' | 'leaseUntil' | 'providerRef' | 'error' | 'sentAt'>;

/**
 * The claims: one row per effect key, and its obligation with it; their lease from this moment, not from the transaction's
 * beginning. Taken again only after a failure that is known to have sent nothing. A pause that came since the rows were looked at is
 * seen here, where the brake is held. Gives those that were taken.
 */
export async function claimAttempts(tx: Tx, claims: NewClaim[], leaseSeconds: number): Promise<Sending[]> {
  const taken = await rows<{ id: string; effectKey: string }>(
    tx,
    `WITH claimed AS (
     INSERT INTO attempts (id, obligation_id, session_id, person_id, channel, effect_key, state, lease_until, recipient, subject, body_text,
       body_html, zone, tzdata, shown_wall_time, claimed_at)
     SELECT id, obligation_id, session_id, person_id, channel, effect_key, 'claimed', clock_timestamp() + make_interval(secs => ?), recipient,
       subject, body_text, body_html, zone, tzdata, shown_wall_time, claimed_at
     FROM jsonb_to_recordset(?) AS c(id uuid, obligation_id uuid, session_id uuid, person_id uuid, channel text, effect_key text, recipient text,
       subject text, body_text text, body_html text, zone text, tzdata text, shown_wall_time text, claimed_at timestamptz)
     WHERE NOT EXISTS (SELECT 1 FROM obligations o WHERE o.id = c.obligation_id AND ${IS_PAUSED})
     ON CONFLICT (organisation_id, effect_key) DO UPDATE SET state = 'claimed', n = attempts.n + 1, lease_until = excluded.lease_until,
       recipient = excluded.recipient, subject = excluded.subject, body_text = excluded.body_text, body_html = excluded.body_html,
       zone = excluded.zone, tzdata = excluded.tzdata, shown_wall_time = excluded.shown_wall_time, claimed_at = excluded.claimed_at, error = NULL,
       provider_ref = NULL, provider_status = NULL, provider_error = NULL
     WHERE attempts.state = 'failed' RETURNING *),
     o AS (UPDATE obligations SET state = 'claimed', reason = NULL, ended_at = NULL, version = version + 1
       WHERE id IN (SELECT obligation_id FROM claimed))
     SELECT id, effect_key FROM claimed`,
    [leaseSeconds, recordset(claims)],
  );
  return taken.map(({ id, effectKey }) => ({ ...claims.find((c) => c.effectKey === effectKey)!, id }));
}

/** Takes an in-doubt attempt for a new lease, to send it again under the same key. */
export async function renewLease(tx: Tx, id: string, leaseSeconds: number): Promise<void> {
  await write(tx, `UPDATE attempts SET n = n + 1, lease_until = now() + make_interval(secs => ?) WHERE id = ?`, [leaseSeconds, id]);
}

export async function markAttempt(
  tx: Tx,
  id: string,
  to: { state: 'sent' | 'failed'; at: Date; providerRef?: string | null; error?: string | null },
): Promise<void> {
  await write(tx, `UPDATE attempts SET state = ?, sent_at = CASE WHEN ? = 'sent' THEN ?::timestamptz END, provider_ref = ?, error = ? WHERE id = ?`, [
    to.state,
    to.state,
    to.at,
    to.providerRef ?? null,
    to.error ?? null,
    id,
  ]);
}

/** What has its end by a provider's answer; with what the provider reported of it before that. */
export type Accepted = Pick<ObligationRow, 'id' | 'sessionId' | 'rev' | 'kind' | 'step' | 'channel' | 'personId' | 'decisionId' | 'dueAt'> & {
  attemptId: string;
  providerStatus: string | null;
  providerError: string | null;
};

/** Marks what a provider took, in both tables; gives the obligations that have their end by it. */
export const markAccepted = async (
  tx: Tx,
  accepted: { attemptId: string; obligationId: string; ref: string | null }[],
  at: Date,
): Promise<Accepted[]> =>
  accepted.length === 0
    ? []
    : rows(
        tx,
        `WITH r AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(?) AS r(attempt_id uuid, obligation_id uuid, ref text)),
         a AS (UPDATE attempts a SET state = 'sent', sent_at = ?, provider_ref = r.ref, error = NULL FROM r WHERE a.id = r.attempt_id
           RETURNING a.id, a.obligation_id, a.provider_status, a.provider_error)
         UPDATE obligations o SET state = CASE WHEN o.channel = o.fallback THEN 'failed-over' ELSE 'delivered' END, reason = NULL,
           evidence = CASE WHEN a.provider_status IN ('delivered', 'read') THEN 'delivered' ELSE 'accepted' END, ended_at = ?,
           version = o.version + 1 FROM a WHERE o.id = a.obligation_id
         RETURNING o.id, o.session_id, o.rev, o.kind, o.step, o.channel, o.person_id, o.decision_id, o.due_at, a.id AS attempt_id, a.provider_status,
           a.provider_error`,
        [recordset(accepted), at, at],
      );

export async function setObligation(
  tx: Tx,
  id: string,
  to: { state: ObligationRow['state']; reason?: string | null; evidence?: string | null; at: Date | null; dueAt?: Date; channel?: Channel },
): Promise<void> {
  await write(
    tx,
    `UPDATE obligations SET state = ?, reason = ?, evidence = coalesce(?, evidence), ended_at = ?, due_at = coalesce(?, due_at),
       channel = coalesce(?, channel), version = version + 1 WHERE id = ?`,
    [to.state, to.reason ?? null, to.evidence ?? null, to.at, to.dueAt ?? null, to.channel ?? null, id],
  );
}

export const attemptsOf = (tx: Tx, sessionId: string): Promise<AttemptRow[]> =>
  rows(tx, 'SELECT * FROM attempts WHERE session_id = ? ORDER BY claimed_at, id', [sessionId]);

/**
 * The earliest business instant at which the session has something to send or to look up; kept on the row so that the workflow
 * reads one number. The caller holds the session's lock: what was planned meanwhile would be overlooked otherwise. A lease ends in
 * real time and is turned into business time by the installation's clock.
 */
export const refreshNextDue = (tx: Tx, sessionId: string): Promise<void> => refreshNextDueOf(tx, [sessionId]);

/** The same for several, whose locks the caller holds. */
export async function refreshNextDueOf(tx: Tx, sessionIds: readonly string[]): Promise<void> {
  if (sessionIds.length === 0) return;
  await write(
    tx,
    `UPDATE sessions SET next_due_at = (
       SELECT min(greatest(o.due_at, a.lease)) FROM obligations o
       LEFT JOIN LATERAL (
         SELECT i.clock_origin_business + (max(t.lease_until) - i.clock_origin_real) * i.clock_rate AS lease
         FROM attempts t CROSS JOIN installation i WHERE t.obligation_id = o.id AND t.state = 'claimed'
         GROUP BY i.clock_origin_business, i.clock_origin_real, i.clock_rate) a ON true
       WHERE o.session_id = sessions.id AND o.state IN ('planned', 'claimed', 'in-doubt') AND ${IS_SENDABLE})
     WHERE id = ANY(?::uuid[])`,
    [`{${sessionIds.join(',')}}`],
  );
}

export type ReportedAttempt = Pick<AttemptRow, 'id' | 'obligationId' | 'sessionId' | 'state' | 'providerRef'>;

/**
 * Keeps what a provider reported of a message; nothing where something later is known already, or where it speaks of another message
 * under the same key.
 */
export const noteReport = (
  tx: Tx,
  effectKey: string,
  report: { status: string; before: readonly string[]; error: string | null; ref: string; at: Date },
): Promise<ReportedAttempt | undefined> =>
  row(
    tx,
    `UPDATE attempts SET provider_status = ?, provider_status_at = ?, provider_error = ?, provider_ref = coalesce(provider_ref, ?)
     WHERE effect_key = ? AND coalesce(provider_ref, ?) = ? AND (provider_status IS NULL OR provider_status = ANY(?::text[]))
     RETURNING id, obligation_id, session_id, state, provider_ref`,
    [report.status, report.at, report.error, report.ref, effectKey, report.ref, report.ref, `{${report.before.join(',')}}`],
  );

/** True when it was not known before that the message arrived. */
export const markDelivered = async (tx: Tx, obligationId: string): Promise<boolean> =>
  (
    await rows(
      tx,
      `UPDATE obligations SET evidence = 'delivered', version = version + 1
       WHERE id = ? AND state IN ('delivered', 'failed-over') AND evidence = 'accepted' RETURNING id`,
      [obligationId],
    )
  ).length === 1;
