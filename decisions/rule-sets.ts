import { activeSetId, readSet, type RuleFile } from '../db/rule-sets';
import type { Tx } from '../db/database';
import { compileRuleSet, type CompiledRuleSet } from '../policy/ruleset';
import { POINTS } from './points';

export interface LoadedSet {
  id: string;
  compiled: CompiledRuleSet;
  messages: RuleFile[];
}

const MOST_SETS = 64;
const byId = new Map<string, LoadedSet>();

/** A set by id. Sets never change, so one that was read stays in memory; the oldest leaves when there are too many. */
export async function loadSet(tx: Tx, id: string): Promise<LoadedSet> {
  const known = byId.get(id);
  if (known) return known;
  const stored = await readSet(tx, id);
  if (!stored) throw new Error(`Rule set ${id} does not exist.`);
  const loaded = { id, compiled: compileRuleSet(stored.content, POINTS), messages: stored.content.messages };
  byId.set(id, loaded);
  if (byId.size > MOST_SETS) byId.delete(byId.keys().next().value!);
  return loaded;
}

const activeIn = new WeakMap<Tx, Promise<LoadedSet>>();

/** The set in force, asked for once a transaction: what is decided together is decided by the same rules. */
export function loadActiveSet(tx: Tx): Promise<LoadedSet> {
  let active = activeIn.get(tx);
  if (!active) activeIn.set(tx, (active = activeSetId(tx).then((id) => loadSet(tx, id))));
  return active;
}

/** Whether a set answers a question at all: one published before the question was asked anywhere does not. */
export const answers = (set: LoadedSet, point: string): boolean => set.compiled.policies.some((p) => p.document.policy === point);
