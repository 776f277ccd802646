import { dueUntil } from './outbox';
import { IS_PAUSED, WEBHOOKS_PAUSED } from './pauses';
import { row, type Tx } from './database';

/** How an organisation stands: numbers only. */
export interface Figures {
  /** By status: those that are open, and those of a day around now. */
  sessions: Record<string, number>;
  /** By state, of lessons that start within a day before or after now. */
  obligations: Record<string, number>;
  /** Due for five minutes and more, neither sent nor paused. */
  obligationsOverdue: number;
  /** Due, and waiting for a pause to be released. */
  obligationsPaused: number;
  heldSteps: Record<string, number>;
  /** By kind: business seconds since the oldest open one was opened. */
  heldStepsAge: Record<string, number>;
  /** Open beyond their deadline or escalated. */
  heldStepsOverdue: Record<string, number>;
  pauses: number;
  outbox: number;
  /** Real seconds since the oldest wake was asked for. */
  outboxAge: number;
  inbox: number;
  /** Business seconds since the oldest event that waits was received. */
  inboxAge: number;
  sessionsStuck: number;
  /** Addresses by how they are: on, failing (nothing taken for five minutes and more), switched-off (by the rules), off (by somebody). */
  webhooks: Record<string, number>;
  /** To be sent by webhook for five minutes and more, and neither sent nor paused. */
  webhooksOverdue: number;
  /** Given up within a day. */
  webhooksFailed: number;
}

const counted = (sql: string): string => `coalesce((SELECT jsonb_object_agg(word, n) FROM (${sql}) AS counted), '{}')`;

/** Each from an index of what is open, or from a day's sessions: a scrape reads no table whole. */
const SQL = `
WITH q AS (SELECT ?::timestamptz AS now)
SELECT
  ${counted(`SELECT status AS word, count(*) AS n FROM sessions, q WHERE closed_at IS NULL OR starts_at BETWEEN q.now - interval '1 day' AND q.now + interval '1 day' GROUP BY 1`)} AS sessions,
  ${counted(`SELECT o.state AS word, count(*) AS n FROM q, sessions s JOIN obligations o ON o.organisation_id = s.organisation_id AND o.session_id = s.id
    WHERE s.starts_at BETWEEN q.now - interval '1 day' AND q.now + interval '1 day' GROUP BY 1`)} AS obligations,
  (SELECT count(*) FROM obligations o, q WHERE o.state IN ('planned', 'claimed', 'in-doubt') AND o.due_at < q.now - interval '5 minutes'
    AND (o.state <> 'planned' OR NOT ${IS_PAUSED})) AS obligations_overdue,
  (SELECT count(*) FROM obligations o, q WHERE o.state = 'planned' AND o.due_at <= q.now AND ${IS_PAUSED}) AS obligations_paused,
  ${counted(`SELECT kind AS word, count(*) AS n FROM held_steps WHERE state = 'open' GROUP BY 1`)} AS held_steps,
  ${counted(`SELECT kind AS word, extract(epoch FROM q.now - min(opened_at))::float8 AS n FROM held_steps, q WHERE state = 'open' GROUP BY 1, q.now`)} AS held_steps_age,
  ${counted(`SELECT kind AS word, count(*) AS n FROM held_steps, q WHERE state = 'open' AND (deadline_at < q.now OR escalate_at < q.now) GROUP BY 1`)} AS held_steps_overdue,
  (SELECT count(*) FROM pauses WHERE released_at IS NULL) AS pauses,
  (SELECT count(*) FROM outbox WHERE delivered_at IS NULL) AS outbox,
  coalesce((SELECT extract(epoch FROM clock_timestamp() - min(created_at))::float8 FROM outbox WHERE delivered_at IS NULL), 0) AS outbox_age,
  (SELECT count(*) FROM inbox WHERE state = 'received') AS inbox,
  coalesce((SELECT extract(epoch FROM q.now - min(received_at))::float8 FROM inbox, q WHERE state = 'received' GROUP BY q.now), 0) AS inbox_age,
  (SELECT count(DISTINCT id) FROM (${dueUntil("(SELECT q.now FROM q) - interval '5 minutes'")}) AS stuck) AS sessions_stuck,
  ${counted(`SELECT CASE WHEN state = 'off' THEN CASE off_reason WHEN 'asked' THEN 'off' ELSE 'switched-off' END
    WHEN failing_since < q.now - interval '5 minutes' THEN 'failing' ELSE 'on' END AS word, count(*) AS n FROM webhooks, q GROUP BY 1`)} AS webhooks,
  (SELECT count(*) FROM webhook_deliveries d, q WHERE d.state = 'planned' AND d.due_at < q.now - interval '5 minutes' AND NOT ${WEBHOOKS_PAUSED}) AS webhooks_overdue,
  (SELECT count(*) FROM webhook_deliveries d, q WHERE d.state = 'failed' AND d.ended_at > q.now - interval '1 day') AS webhooks_failed`;

export const figuresOf = async (tx: Tx, asOf: Date): Promise<Figures> => (await row<Figures>(tx, SQL, [asOf]))!;
