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

export const loadActiveSet = async (tx: Tx): Promise<LoadedSet> => loadSet(tx, await activeSetId(tx));
