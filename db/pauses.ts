import type { PauseScope } from '../domain/pauses';
import { change, recordset, row, rows, write, type Queryable, type Tx } from './database';

export interface PauseRow {
  id: string;
  scope: PauseScope;
  /** The kind, channel or policy; null for everything. */
  value: string | null;
  reason: string;
  untilAt: Date | null;
  version: number;
  pausedAt: Date;
  pausedBy: string | null;
  pausedByName: string;
  releasedAt: Date | null;
  releasedBy: string | null;
  releasedByName: string | null;
  /** What a release found waiting: how much of it leaves, and how much did not make sense any more. */
  sent: number | null;
  suppressed: number | null;
}

/** Whether pause `z` holds obligation `o`. */
const HOLDS = `(z.scope = 'all' OR z.scope = 'kind' AND z.value = o.kind OR z.scope = 'channel' AND z.value = o.channel)`;

/** Whether obligation `o` waits for the release of a pause. */
export const IS_PAUSED = `EXISTS (SELECT 1 FROM pauses z WHERE z.organisation_id = o.organisation_id AND z.released_at IS NULL AND ${HOLDS})`;

/**
 * The organisation's brake. Whoever claims messages holds it shared until the claims are committed; whoever pauses takes it for
 * themselves after writing the pause. So a pause that has been answered is seen by every later claim, and knows what is under way.
 */
const BRAKE = `hashtext('ops.pause'), hashtext(current_setting('lectern.organisation_id'))`;
export const HOLD_BRAKE_SHARED = `pg_advisory_xact_lock_shared(${BRAKE})`;
export const holdBrake = (tx: Tx): Promise<unknown> => tx.raw(`SELECT pg_advisory_xact_lock(${BRAKE})`);

/** False when the same thing is paused already. */
export const insertPause = async (
  tx: Tx,
  p: Pick<PauseRow, 'id' | 'scope' | 'value' | 'reason' | 'untilAt' | 'pausedAt' | 'pausedBy' | 'pausedByName'>,
): Promise<boolean> =>
  (await change(
    tx,
    `INSERT INTO pauses (id, scope, value, reason, until_at, paused_at, paused_by, paused_by_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, scope, value) WHERE released_at IS NULL DO NOTHING`,
    [p.id, p.scope, p.value, p.reason, p.untilAt, p.pausedAt, p.pausedBy, p.pausedByName],
  )) === 1;

export const activePauseOf = (tx: Tx, scope: PauseScope, value: string | null): Promise<PauseRow | undefined> =>
  row(tx, 'SELECT * FROM pauses WHERE released_at IS NULL AND scope = ? AND value IS NOT DISTINCT FROM ?', [scope, value]);

export const lockPause = (tx: Tx, id: string): Promise<PauseRow | undefined> => row(tx, 'SELECT * FROM pauses WHERE id = ? FOR UPDATE', [id]);

export const pausesOver = (tx: Tx, asOf: Date): Promise<PauseRow[]> =>
  rows(tx, 'SELECT * FROM pauses WHERE released_at IS NULL AND until_at <= ? ORDER BY until_at', [asOf]);

export const organisationsWithPausesOver = async (crossing: Queryable, asOf: Date): Promise<string[]> =>
  (await rows<{ id: string }>(crossing, 'SELECT p AS id FROM organisations_with_pauses_over(?) AS p', [asOf])).map((r) => r.id);

/** The decision points whose policy is paused. */
export const pausedPolicies = async (tx: Tx): Promise<string[]> =>
  (await rows<{ value: string }>(tx, `SELECT value FROM pauses WHERE scope = 'policy' AND released_at IS NULL`)).map((p) => p.value);

/** A pause as it is read: with how many effects wait for its release (another pause may hold them too), and how many are being sent. */
export type ListedPause = PauseRow & { waiting: number; underWay: number };

/** Whether pause `z` holds what is told to machines. */
const HOLDS_WEBHOOKS = `(z.scope = 'all' OR z.scope = 'channel' AND z.value = 'webhook')`;
export const WEBHOOKS_PAUSED = `EXISTS (SELECT 1 FROM pauses z WHERE z.released_at IS NULL AND ${HOLDS_WEBHOOKS})`;

const LISTED = `SELECT z.*,
    CASE WHEN z.released_at IS NULL THEN (SELECT count(*) FROM obligations o WHERE o.state = 'planned' AND o.due_at <= q.now AND ${HOLDS})
      + (SELECT count(*) FROM webhook_deliveries d WHERE d.state = 'planned' AND d.due_at <= q.now AND ${HOLDS_WEBHOOKS}) ELSE 0 END AS waiting,
    CASE WHEN z.released_at IS NULL THEN (SELECT count(*) FROM obligations o WHERE o.state IN ('claimed', 'in-doubt') AND ${HOLDS})
      + (SELECT count(*) FROM webhook_deliveries d WHERE d.state = 'claimed' AND ${HOLDS_WEBHOOKS}) ELSE 0 END AS under_way
  FROM (SELECT ?::timestamptz AS now) AS q, pauses z`;

export const activePauses = (tx: Tx, asOf: Date): Promise<ListedPause[]> =>
  rows(tx, `${LISTED} WHERE z.released_at IS NULL ORDER BY z.paused_at, z.id`, [asOf]);

export const newestPauses = (tx: Tx, asOf: Date, limit: number): Promise<ListedPause[]> =>
  rows(tx, `${LISTED} ORDER BY z.paused_at DESC, z.id LIMIT ?`, [asOf, limit]);

export const pauseById = (tx: Tx, asOf: Date, id: string): Promise<ListedPause | undefined> => row(tx, `${LISTED} WHERE z.id = ?`, [asOf, id]);

/** Locks the sessions that a pause keeps something planned from, in one order. */
export const lockSessionsPaused = async (tx: Tx, pauseId: string): Promise<string[]> =>
  (
    await rows<{ id: string }>(
      tx,
      `SELECT s.id FROM sessions s WHERE s.id IN (SELECT o.session_id FROM obligations o JOIN pauses z ON z.organisation_id = o.organisation_id
         WHERE z.id = ? AND o.state = 'planned' AND ${HOLDS}) ORDER BY s.id FOR NO KEY UPDATE OF s`,
      [pauseId],
    )
  ).map((s) => s.id);

export interface WaitingRow {
  id: string;
  sessionId: string;
  rev: number;
  personId: string;
  aboutId: string | null;
  kind: string;
  dueAt: Date;
  deadlineAt: Date;
  startsAt: Date;
  endsAt: Date;
  /** The group of the message plan that its row named; null when it named none. */
  collapse: string | null;
}

/** What is due and waits for this pause and for no other. */
export const waitingFor = (tx: Tx, pauseId: string, asOf: Date): Promise<WaitingRow[]> =>
  rows(
    tx,
    `SELECT o.id, o.session_id, s.rev, o.person_id, o.about_id, o.kind, o.due_at, o.deadline_at, s.starts_at, s.ends_at,
       (SELECT r ->> 'collapse' FROM jsonb_array_elements(CASE jsonb_typeof(d.outcome) WHEN 'array' THEN d.outcome ELSE '[]' END) AS r
        WHERE r ->> 'kind' = o.kind AND r ->> 'step' = o.step LIMIT 1) AS collapse
     FROM obligations o JOIN sessions s ON s.organisation_id = o.organisation_id AND s.id = o.session_id
     LEFT JOIN decisions d ON d.organisation_id = o.organisation_id AND d.id = o.decision_id
     WHERE o.state = 'planned' AND o.due_at <= ?
       AND EXISTS (SELECT 1 FROM pauses z WHERE z.id = ? AND ${HOLDS})
       AND NOT EXISTS (SELECT 1 FROM pauses z WHERE z.released_at IS NULL AND z.id <> ? AND ${HOLDS})
     ORDER BY o.session_id, o.due_at, o.id`,
    [asOf, pauseId, pauseId],
  );

/** Ends rows, each with its reason. */
export async function suppressEachFor(tx: Tx, list: { id: string; reason: string }[], at: Date): Promise<void> {
  if (list.length === 0) return;
  await write(
    tx,
    `UPDATE obligations o SET state = 'suppressed', reason = n.reason, ended_at = ?, version = o.version + 1
     FROM jsonb_to_recordset(?) AS n(id uuid, reason text) WHERE o.id = n.id AND o.state = 'planned'`,
    [at, recordset(list)],
  );
}

export async function endPause(
  tx: Tx,
  id: string,
  to: { at: Date; by: string | null; byName: string; sent: number; suppressed: number },
): Promise<void> {
  await write(
    tx,
    `UPDATE pauses SET released_at = ?, released_by = ?, released_by_name = ?, sent = ?, suppressed = ?, version = version + 1 WHERE id = ?`,
    [to.at, to.by, to.byName, to.sent, to.suppressed, id],
  );
}
