import type { Facts, Verdict } from '../policy/types';
import { change, recordset, row, rows, write, type Tx } from './database';

export interface DecisionRow extends Verdict {
  id: string;
  sessionId: string | null;
  point: string;
  subject: string;
  rev: number;
  seq: string;
  setId: string;
  policyFile: string;
  policyHash: string;
  facts: Facts;
  asOf: Date;
}

/** The answer to a question: of its session, or of none. */
export const findDecision = (
  tx: Tx,
  { sessionId, point, subject, rev, seq }: Pick<DecisionRow, 'sessionId' | 'point' | 'subject' | 'rev' | 'seq'>,
): Promise<DecisionRow | undefined> =>
  row<DecisionRow>(
    tx,
    // IS NOT DISTINCT FROM would use no index.
    `SELECT * FROM decisions WHERE session_id ${sessionId === null ? 'IS NULL' : '= ?'} AND point = ? AND subject = ? AND rev = ? AND seq = ?`,
    [...(sessionId === null ? [] : [sessionId]), point, subject, rev, seq],
  );

/** The newest answer to a question about a subject; later rounds have longer seqs or later ones. */
export const lastDecision = (tx: Tx, key: Pick<DecisionRow, 'sessionId' | 'point' | 'subject' | 'rev'>): Promise<DecisionRow | undefined> =>
  row<DecisionRow>(
    tx,
    `SELECT * FROM decisions WHERE session_id = ? AND point = ? AND subject = ? AND rev = ? ORDER BY as_of DESC, length(seq) DESC, seq DESC LIMIT 1`,
    [key.sessionId, key.point, key.subject, key.rev],
  );

export const decisionById = (tx: Tx, id: string): Promise<DecisionRow | undefined> =>
  row<DecisionRow>(tx, 'SELECT * FROM decisions WHERE id = ?', [id]);

export const decisionsOfSession = (tx: Tx, sessionId: string): Promise<DecisionRow[]> =>
  rows<DecisionRow>(tx, 'SELECT * FROM decisions WHERE session_id = ? ORDER BY as_of, id', [sessionId]);

export const DECISIONS_FROM_JSON = `INSERT INTO decisions (id, session_id, point, subject, rev, seq, set_id, policy_file, policy_hash, facts, outcome, rule, missing, say, as_of)
  SELECT id, session_id, point, subject, rev, seq, set_id, policy_file, policy_hash, facts, coalesce(outcome, 'null'), rule, missing, say, as_of
  FROM jsonb_to_recordset(?) AS d(id uuid, session_id uuid, point text, subject text, rev integer, seq text, set_id uuid, policy_file text,
    policy_hash text, facts jsonb, outcome jsonb, rule text, missing text[], say jsonb, as_of timestamptz)`;

const UNLESS_DECIDED = 'ON CONFLICT (organisation_id, session_id, point, subject, rev, seq) DO NOTHING';
const UNLESS_PAUSED = `WHERE NOT EXISTS (SELECT 1 FROM pauses z WHERE z.released_at IS NULL AND z.scope = 'policy' AND z.value = d.point)`;

/** False when somebody else decided the same question first, or when the policy is paused. */
export const insertDecision = async (tx: Tx, d: DecisionRow): Promise<boolean> =>
  (await change(tx, `${DECISIONS_FROM_JSON} ${UNLESS_PAUSED} ${UNLESS_DECIDED}`, [recordset([d])])) === 1;

/** What is decided while the policy is paused; false when somebody else was first. */
export const insertPaused = async (tx: Tx, d: DecisionRow): Promise<boolean> =>
  (await change(tx, `${DECISIONS_FROM_JSON} ${UNLESS_DECIDED}`, [recordset([d])])) === 1;

/** Decisions that nobody can have made before. */
export const insertDecisions = (tx: Tx, list: readonly DecisionRow[]): Promise<void> => write(tx, DECISIONS_FROM_JSON, [recordset(list)]);
