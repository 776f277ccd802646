import type { CompiledPolicy } from './compile';
import { evaluate, PAUSED } from './evaluate';
import { isFoundAlike } from './facts/declare';
import type { FactDocument } from './facts/types';
import type { CompiledRuleSet } from './ruleset';
import { selectPolicy } from './select';
import type { Facts, Json, Verdict } from './types';

/** A decision as it was recorded, with the labels of its session. */
export interface Recorded {
  id: string;
  sessionId: string | null;
  point: string;
  policyHash: string;
  rule: string;
  outcome: Verdict['outcome'];
  /** Facts that were not known then. */
  missing: string[];
  facts: Facts;
  asOf: Date;
  programme: string | null;
  branch: string | null;
  subject: string | null;
}

/**
 * What a draft makes of a recorded decision.
 * `same`: the same outcome, perhaps by another row. `differs`: another one. `needs`: it asks for facts that this decision does not hold;
 * whether they were not known then or are not recorded at all has to be looked up (`verdict` is what comes out when they were not
 * known). `unjudged`: it cannot be told, with the reason.
 */
export type Judgement =
  | { end: 'same'; rule: string }
  | { end: 'differs'; policy: CompiledPolicy; verdict: Verdict }
  | { end: 'needs'; policy: CompiledPolicy; verdict: Verdict; facts: string[] }
  | { end: 'unjudged'; why: 'paused' | 'no-policy' | 'labels' | 'declared-otherwise' };

/** Whether two JSON values are the same, whatever the order of their keys: Postgres keeps another one. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || a === undefined || b === undefined) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  }
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** Under `collect` what is owed is the same in any order: rows that only changed places change nothing. */
export function isSameOutcome(a: Verdict['outcome'], b: Verdict['outcome']): boolean {
  if (isSame(a as Json, b as Json)) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  const left = [...b];
  return a.every((one) => {
    const at = left.findIndex((other) => isSame(one, other));
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
}

/** Decides recorded decisions anew by a rule set. Pure; chooses the policy of a point and its labels once. */
export class Judge {
  private readonly chosen = new Map<string, CompiledPolicy | null>();
  private readonly specific: ReadonlySet<string>;
  /** Facts whose recorded values are of another declaration. */
  private readonly otherwise: ReadonlySet<string>;

  /** `recordedBy`: the facts as they were declared where decisions were recorded; as the set declares them when left out. */
  constructor(
    private readonly set: CompiledRuleSet,
    recordedBy: readonly FactDocument[] = set.facts,
  ) {
    const differs = (f: FactDocument): boolean => recordedBy.some((r) => r.fact === f.fact && !isFoundAlike(r, f));
    this.otherwise = new Set(set.facts.filter(differs).map((f) => f.fact));
    this.specific = new Set(set.policies.filter((p) => p.document.appliesTo !== undefined).map((p) => p.document.policy));
  }

  policyFor({ point, programme, branch, subject }: Pick<Recorded, 'point' | 'programme' | 'branch' | 'subject'>): CompiledPolicy | null {
    const key = this.specific.has(point) ? JSON.stringify([point, programme, branch, subject]) : point;
    let policy = this.chosen.get(key);
    if (policy === undefined) {
      const isAnswered = this.set.policies.some((p) => p.document.policy === point);
      this.chosen.set(key, (policy = isAnswered ? selectPolicy(this.set.policies, point, { programme, branch, subject }) : null));
    }
    return policy;
  }

  judge(recorded: Recorded): Judgement {
    if (recorded.rule === PAUSED) return { end: 'unjudged', why: 'paused' };
    // Without its session it is not known whom a document for a programme or branch is for.
    if (recorded.sessionId === null && this.specific.has(recorded.point)) return { end: 'unjudged', why: 'labels' };
    const policy = this.policyFor(recorded);
    if (!policy) return { end: 'unjudged', why: 'no-policy' };
    if (policy.declared.some((f) => this.otherwise.has(f.fact) && Object.hasOwn(recorded.facts, f.fact)))
      return { end: 'unjudged', why: 'declared-otherwise' };
    // The same document and the same facts: the same answer.
    if (policy.hash === recorded.policyHash) return { end: 'same', rule: recorded.rule };
    const verdict = evaluate(policy, recorded.facts);
    const isEqual = isSameOutcome(verdict.outcome, recorded.outcome);
    if (isEqual && verdict.rule === recorded.rule) return { end: 'same', rule: verdict.rule };
    const facts = verdict.missing.filter((name) => !Object.hasOwn(recorded.facts, name) && !recorded.missing.includes(name));
    if (facts.length > 0) return { end: 'needs', policy, verdict, facts };
    return isEqual ? { end: 'same', rule: verdict.rule } : { end: 'differs', policy, verdict };
  }
}
