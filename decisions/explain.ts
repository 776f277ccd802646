import { decisionById, type DecisionRow } from '../db/decisions';
import type { Tx } from '../db/database';
import { notFound } from '../domain/errors';
import type { CompiledPolicy } from '../policy/compile';
import { explain, type Explanation } from '../policy/explain';
import type { Verdict } from '../policy/types';
import { loadSet } from './rule-sets';

export interface ExplainedDecision extends Explanation {
  id: string;
  point: string;
  rule: string;
  title: string;
}

/** A recorded decision in words: the rule, each condition with the values it saw, the rows before it and why not. */
export async function explainDecision(tx: Tx, decisionId: string): Promise<ExplainedDecision> {
  const decision = await decisionById(tx, decisionId);
  if (!decision) throw notFound('decision', decisionId);
  return explainRow(tx, decision);
}

/** The policy that a recorded decision was made by, as it stood then. */
export async function policyOf(tx: Tx, decision: DecisionRow): Promise<CompiledPolicy> {
  const set = await loadSet(tx, decision.setId);
  const policy = set.compiled.policies.find((p) => p.hash === decision.policyHash && p.file === decision.policyFile);
  if (!policy) throw new Error(`Decision ${decision.id} names a policy that its rule set does not hold.`);
  return policy;
}

export async function explainRow(tx: Tx, decision: DecisionRow): Promise<ExplainedDecision> {
  const policy = await policyOf(tx, decision);
  const verdict: Verdict = { outcome: decision.outcome, rule: decision.rule, missing: decision.missing, say: decision.say };
  return { id: decision.id, point: decision.point, rule: decision.rule, title: policy.document.title, ...explain(policy, decision.facts, verdict) };
}
