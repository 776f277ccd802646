import { rows, type Tx } from './database';

export interface Finding {
  check: string;
  id: string;
  detail: string;
}

const CHECKS: Record<string, string> = {
  'no overlap': `SELECT a.session_id AS id, 'overlaps ' || b.session_id AS detail FROM participants a JOIN participants b
    ON a.person_key = b.person_key AND a.session_id < b.session_id AND a.holds_slot AND b.holds_slot AND a.busy && b.busy`,
  'every obligation has its end': `SELECT id, kind || ' ' || step || ' is ' || state || ', its deadline was ' || deadline_at AS detail FROM obligations
    WHERE state IN ('planned','claimed','in-doubt') AND deadline_at < ?::timestamptz`,
  'nobody was missed': `SELECT id, kind || ' ' || step || ' was missed: ' || coalesce(reason, '') AS detail FROM obligations WHERE state = 'missed' AND reason IS NULL AND ?::timestamptz IS NOT NULL`,
  'a delivered message was sent once': `SELECT o.id, o.state || ' with ' || count(a.id) || ' sent attempts' AS detail FROM obligations o
    LEFT JOIN attempts a ON a.obligation_id = o.id AND a.state = 'sent' WHERE o.state IN ('delivered','failed-over') GROUP BY o.id, o.state HAVING count(a.id) <> 1`,
  'a settled session has posted its charges': `SELECT s.id, 'no charge or payout was decided' AS detail FROM sessions s WHERE s.status = 'settled'
    AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.session_id = s.id AND d.point = 'settlement')`,
  'every inbound event has its end': `SELECT id, type || ' failed ' || tries || ' times: ' || coalesce(reason, '') AS detail FROM inbox
    WHERE state = 'received' AND tries > 0`,
  'ledger balanced': `SELECT currency AS id, 'is off by ' || sum(amount_minor) AS detail FROM postings GROUP BY currency HAVING sum(amount_minor) <> 0`,
};

/** Looks through one organisation for what must never be. `asOf` is business time. */
export async function findingsOf(tx: Tx, asOf: Date): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [check, sql] of Object.entries(CHECKS)) {
    const found = await rows<{ id: string; detail: string }>(tx, sql, sql.includes('?') ? [asOf] : []);
    findings.push(...found.map((f) => ({ check, ...f })));
  }
  return findings;
}

export const allDecisionIds = async (tx: Tx): Promise<string[]> =>
  (await rows<{ id: string }>(tx, 'SELECT id FROM decisions ORDER BY as_of')).map((d) => d.id);

const count = async (tx: Tx, sql: string, bindings: unknown[] = []): Promise<number> => (await rows<{ n: number }>(tx, sql, bindings))[0]!.n;

export const countSessions = (tx: Tx): Promise<number> => count(tx, 'SELECT count(*)::int AS n FROM sessions');
export const countObligations = (tx: Tx): Promise<number> => count(tx, 'SELECT count(*)::int AS n FROM obligations');
/** Open sessions with something to do at `asOf`. */
export const countDue = (tx: Tx, asOf: Date): Promise<number> =>
  count(tx, 'SELECT count(*)::int AS n FROM sessions WHERE closed_at IS NULL AND next_due_at <= ?', [asOf]);
