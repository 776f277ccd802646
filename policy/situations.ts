import type { CompiledPolicy } from './compile';
import type { Facts, Json } from './types';
import { formatValue, inWords } from './units';

/** What looks at a situation says: the facts that it has to know besides, or that it has seen enough. */
export type Look = (situation: Facts) => readonly string[] | 'stop';

/** How many situations may still be looked at; shared by whoever looks within one limit. */
export interface Budget {
  left: number;
}

/**
 * Goes through all situations, and tells apart only those that `look` wants told apart: it starts with nothing known, and each fact
 * that is asked for is tried with each of its values. So what a first row decides costs one look, not one for each combination of the
 * facts that no longer matter. Gives false when the budget was used up before the end.
 */
export function explore(values: Readonly<Record<string, readonly Json[]>>, look: Look, budget: Budget): boolean {
  let isOver = false;
  const go = (situation: Facts): boolean => {
    if (budget.left-- <= 0) return false;
    const needed = look(situation);
    if (needed === 'stop') {
      isOver = true;
      return true;
    }
    const name = needed.find((n) => !Object.hasOwn(situation, n) && Object.hasOwn(values, n));
    if (name === undefined) return true;
    for (const value of values[name]!) {
      if (!go({ ...situation, [name]: value })) return false;
      if (isOver) return true;
    }
    return true;
  };
  return go({});
}

/** Facts that are needed and have not been given a value yet, not even that of being unknown. */
export const stillOpen = (missing: Iterable<string>, situation: Facts): string[] => [...missing].filter((n) => !Object.hasOwn(situation, n));

/** "notice 23 hours, is trial yes"; of a text that no rule mentions "any other". */
export const situationInWords = (policy: CompiledPolicy, situation: Facts): string =>
  Object.entries(situation)
    .map(
      ([name, value]) =>
        `${inWords(name)} ${value === '…' ? 'any other' : formatValue(policy.spec.facts[name], value).replace(/^1 (\w+)s$/, '1 $1')}`,
    )
    .join(', ') || 'any';
