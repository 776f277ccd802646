import type { DecisionRow } from './decisions';
import { row, rows, type Tx } from './database';
import { dueUntil } from './outbox';
import { IS_PAUSED } from './pauses';

export interface Finding {
  check: string;
  id: string;
  detail: string;
  /** What to do about it. */
  remedy: string;
}

interface Check {
  /** Gives `id` and `detail` of each row that is not as it should be; `:asOf` is the instant of the question. */
  sql: string;
  remedy: string;
}

const LOOK = 'see npx lectern rules explain <session>, and the log by its sessionId';

const CHECKS: Record<string, Check> = {
  // One walk over each person's sessions in order: a self-join would compare every pair.
  'no overlap': {
    sql: `SELECT session_id AS id, 'starts at ' || begins || ', while person ' || person_id || ' is taken until ' || taken AS detail FROM (
        SELECT session_id, person_id, lower(busy) AS begins, max(upper(busy)) OVER (
          PARTITION BY person_key ORDER BY lower(busy), session_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken
        FROM participants WHERE holds_slot) p WHERE begins < taken`,
    remedy: 'cancel or move one of the two; then find out who took participants_no_overlap off (npx lectern migrate shows what is applied)',
  },
  'every obligation has its end': {
    sql: `SELECT o.id, o.kind || ' (' || o.step || ') of session ' || o.session_id || ' is ' || o.state || ', its deadline was ' || o.deadline_at AS detail
      FROM obligations o JOIN sessions s ON s.organisation_id = o.organisation_id AND s.id = o.session_id
      WHERE o.state IN ('planned', 'claimed', 'in-doubt') AND (o.deadline_at < :asOf::timestamptz OR s.status = 'settled' AND s.next_due_at IS NULL)
        AND (o.state <> 'planned' OR NOT ${IS_PAUSED})`,
    remedy: `a worker must run and its session must have a workflow; ${LOOK}`,
  },
  'what was not sent says why': {
    sql: `SELECT id, kind || ' (' || step || ') of session ' || session_id || ' is ' || state || ' without a reason' AS detail FROM obligations
      WHERE state IN ('missed', 'suppressed') AND reason IS NULL`,
    remedy: LOOK,
  },
  'a delivered message was sent once': {
    sql: `SELECT o.id, o.kind || ' (' || o.step || ') of session ' || o.session_id || ' is ' || o.state || ' with ' || count(a.id) || ' sent attempts' AS detail
      FROM obligations o LEFT JOIN attempts a ON a.organisation_id = o.organisation_id AND a.obligation_id = o.id AND a.state = 'sent'
      WHERE o.state IN ('delivered', 'failed-over') GROUP BY o.id, o.kind, o.step, o.session_id, o.state HAVING count(a.id) <> 1`,
    remedy: 'compare with what the mail or SMS provider has for the keys of these attempts',
  },
  'a settled session was decided on': {
    sql: `SELECT s.id, 'no charge or payout was decided' AS detail FROM sessions s WHERE s.status = 'settled'
      AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.organisation_id = s.organisation_id AND d.session_id = s.id AND d.point = 'settlement')`,
    remedy: LOOK,
  },
  'every inbound event has its end': {
    sql: `SELECT id, type || ' from ' || source || ' failed ' || tries || ' times: ' || coalesce(reason, '') AS detail FROM inbox
      WHERE state = 'received' AND tries > 0`,
    remedy: 'read the reason; the event is applied once its cause is mended, and GET /v1/inbound/{id} tells',
  },
  'a search for a substitute goes on or is over': {
    sql: `SELECT f.id, 'of session ' || f.session_id || CASE WHEN f.next_at IS NULL THEN ' is open, and nothing is due of it'
        ELSE ' is open, and the session is ' || s.status END AS detail
      FROM substitute_searches f JOIN sessions s ON s.organisation_id = f.organisation_id AND s.id = f.session_id
      WHERE f.state = 'open' AND (f.next_at IS NULL OR s.status NOT IN ('booked', 'ready', 'live'))`,
    remedy: 'end it (POST /v1/sessions/{id}/substitute-search/stop), and search again where somebody is still needed',
  },
  'every offer has its end': {
    sql: `SELECT o.id, 'to ' || o.person_id || ' of session ' || o.session_id || ' stands, and its search is ' || f.state AS detail
      FROM offers o JOIN substitute_searches f ON f.organisation_id = o.organisation_id AND f.id = o.search_id
      WHERE o.state = 'open' AND f.state <> 'open'`,
    remedy: 'nobody can accept it; tell whom it was made to, and decline it (POST /v1/offers/{id}/decline)',
  },
  'a reversal mirrors what it takes back': {
    sql: `SELECT j.reverses AS id, 'is reversed by journal ' || j.id || ' of another session, subject or amount' AS detail FROM journals j
      JOIN journals r ON r.organisation_id = j.organisation_id AND r.id = j.reverses
      WHERE r.session_id <> j.session_id OR r.subject_id <> j.subject_id
        OR EXISTS (SELECT 1 FROM postings p WHERE p.journal_id IN (j.id, r.id) GROUP BY p.account, p.currency HAVING sum(p.amount_minor) <> 0)`,
    remedy: 'a reversal mirrors the journal that it takes back: restore both from a backup',
  },
  'ledger balanced': {
    sql: `SELECT journal_id AS id, 'is off by ' || sum(amount_minor) || ' ' || currency AS detail FROM postings
      GROUP BY journal_id, currency HAVING sum(amount_minor) <> 0`,
    remedy: 'postings are never edited: restore them from a backup, or post what is missing under the same journal as the owner of the tables',
  },
};

/** The whole of a table is read here; a limit made for requests would end it. */
export const allowTime = (tx: Tx): Promise<unknown> => tx.raw(`SET LOCAL statement_timeout = '10min'`);

/** Looks through one organisation for what must never be. `asOf` is business time. */
export async function findingsOf(tx: Tx, asOf: Date): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [check, { sql, remedy }] of Object.entries(CHECKS)) {
    const bindings = sql.includes(':asOf') ? [asOf] : [];
    const found = await rows<{ id: string; detail: string }>(tx, sql.replace(':asOf', '?'), bindings);
    findings.push(...found.map((f) => ({ check, ...f, remedy })));
  }
  return findings;
}

/** Recorded decisions in the order of their ids, from behind `after`. */
export const decisionsAfter = (tx: Tx, after: string | null, limit: number): Promise<DecisionRow[]> =>
  rows(tx, 'SELECT * FROM decisions WHERE id > ? ORDER BY id LIMIT ?', [after ?? '00000000-0000-0000-0000-000000000000', limit]);

export const countsOf = async (tx: Tx): Promise<{ sessions: number; obligations: number }> =>
  (await row<{ sessions: number; obligations: number }>(
    tx,
    `SELECT (SELECT count(*)::int FROM sessions) AS sessions, (SELECT count(*)::int FROM obligations) AS obligations`,
  ))!;

export interface Waiting {
  check: 'session' | 'acknowledgement' | 'search' | 'event' | 'wake' | 'automation';
  id: string;
  since: Date;
}

/** The newest wake there is: what comes later is not waited for. */
export const newestWake = async (tx: Tx): Promise<number> =>
  (await row<{ id: number }>(tx, 'SELECT coalesce(max(id), 0)::bigint AS id FROM outbox'))!.id;

/** What was due at `asOf` and is not done: of sessions, inbound events, runs of automations, and wakes no newer than `wake`. */
export const waitingSince = (tx: Tx, asOf: Date, wake: number): Promise<Waiting[]> =>
  rows(
    tx,
    `SELECT what AS check, id, since FROM (${dueUntil('?')}) AS d
     UNION ALL SELECT 'event', id, received_at FROM inbox WHERE state = 'received' AND received_at <= ?
     UNION ALL SELECT 'automation', id, coalesce(due_at, at) FROM automation_runs
       WHERE state IN ('new', 'running', 'waiting') AND coalesce(due_at, at) <= ?
     UNION ALL SELECT 'wake', session_id, created_at FROM outbox WHERE delivered_at IS NULL AND id <= ?`,
    [asOf, asOf, asOf, wake],
  );
