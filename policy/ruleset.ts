import { createHash } from 'node:crypto';
import { checkPolicies } from './check';
import type { CompiledPolicy } from './compile';
import type { DecisionPointSpec } from './types';

export interface RuleSetContent {
  policies: { file: string; text: string }[];
  messages: { file: string; text: string }[];
}
export interface CompiledRuleSet {
  hash: string;
  policies: CompiledPolicy[];
}

/** The hash of a set's content: equal files, whatever their order, give equal hashes. */
export function hashRuleSet(content: RuleSetContent): string {
  const sorted = (files: RuleSetContent['policies']): string[][] => files.map((f) => [f.file, f.text]).sort(([a], [b]) => (a! < b! ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([sorted(content.policies), sorted(content.messages)]))
    .digest('hex');
}

const MOST = 50;
const cache = new Map<string, CompiledRuleSet>();

/** Compiles a published set. It was checked when it was published; should it no longer pass, the first fault says why. */
export function compileRuleSet(content: RuleSetContent, points: Readonly<Record<string, DecisionPointSpec>>): CompiledRuleSet {
  const hash = hashRuleSet(content);
  const known = cache.get(hash);
  if (known) return known;
  const { faults, policies } = checkPolicies(content.policies, points);
  const [fault] = faults;
  if (fault) throw new Error(`Rule set ${hash.slice(0, 12)} cannot be loaded: ${fault.file} ${fault.rule ?? ''} ${fault.path}: ${fault.message}`);
  const compiled = { hash, policies };
  cache.set(hash, compiled);
  if (cache.size > MOST) cache.delete(cache.keys().next().value!);
  return compiled;
}
