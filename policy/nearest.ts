import { specOf, type CompiledPolicy } from './compile';
import { dataOf, evaluate } from './evaluate';
import { repairs, merged, type Change, type RepairScope } from './repairs';
import type { Facts, Json, Verdict } from './types';
import { formatValue, inWords } from './units';

/** What would have had to be otherwise for another answer. */
export interface Nearest {
  /** "It would have been reassign, asked by 16:05." */
  sentence: string;
  rule: string;
  outcome: Verdict['outcome'];
  /** Facts that are others, in evaluated form. */
  facts: Facts;
  /** When it would have been asked, where time alone makes the difference or a part of it. */
  at: Date | null;
}

/** When the question was asked, and how an instant is said to whoever reads it. */
export interface AskedWhen {
  asOf: Date;
  clock: (at: Date) => string;
}

const MOST_COMBINED = 400;
const UNREAL = 1_000;
/** A little earlier or later is nearer than another fact; half an hour is not. */
const QUARTER_MS = 15 * 60_000;

/** How far a change is from what was: time and numbers by their share, something not known before a yes or no, a yes or no before another word. */
function distance(change: Change, policy: CompiledPolicy, facts: Facts): number {
  const shift = change.shiftMs === 0 ? 0 : 0.5 + Math.abs(change.shiftMs) / (Math.abs(change.shiftMs) + QUARTER_MS);
  return Object.entries(change.facts).reduce((sum, [name, value]) => {
    const was = facts[name];
    if (was === undefined || was === null) return sum + 0.9;
    const { type } = policy.spec.facts[name]!;
    if (typeof value === 'number' && typeof was === 'number') return sum + 0.5 + Math.abs(value - was) / (Math.abs(value) + Math.abs(was) || UNREAL);
    return sum + (type === 'boolean' ? 1 : 2);
  }, shift);
}

/** The facts as they would have been: what goes with time goes with it together. */
function changed(policy: CompiledPolicy, facts: Facts, change: Change): Facts {
  const shifted = Object.entries(facts).map(([name, value]) => {
    const runs = policy.spec.facts[name]?.runs;
    if (change.shiftMs === 0 || runs === undefined || typeof value !== 'number') return [name, value];
    return [name, runs === 'up' ? Math.max(0, value + change.shiftMs) : value - change.shiftMs];
  });
  return { ...(Object.fromEntries(shifted) as Facts), ...change.facts };
}

/** What of an outcome is said to happen: words, shares and prices, not each duration that is computed. */
function told(policy: CompiledPolicy, outcome: Verdict['outcome']): [string, string][] {
  const fields = Array.isArray(outcome) ? {} : outcome;
  return Object.entries(policy.spec.outcome)
    .filter(([field, { type }]) => fields[field] !== undefined && ['enum', 'boolean', 'percent', 'money', 'integer'].includes(type))
    .map(([field, spec]) => [field, formatValue(spec, fields[field])]);
}

/** "reassign", "charge percent 50 %": what is otherwise, and no more. */
function otherwise(policy: CompiledPolicy, was: Verdict['outcome'], is: Verdict['outcome']): string {
  const before = new Map(told(policy, was));
  const now = told(policy, is).filter(([field, words]) => before.get(field) !== words);
  // "3 offers" says what it is already.
  const isPlain = ([field, words]: [string, string]): boolean => policy.spec.outcome[field]!.type === 'enum' || words.endsWith(inWords(field));
  return now.map((one) => (isPlain(one) ? one[1] : `${inWords(one[0])} ${one[1]}`)).join(', ');
}

function sentenceOf(words: string, change: Change, when: AskedWhen | undefined): string {
  const asked = when && change.shiftMs !== 0 ? when.clock(new Date(+when.asOf + change.shiftMs)) : null;
  const time = asked === null ? '' : change.shiftMs < 0 ? `, asked by ${asked}` : `, asked from ${asked} on`;
  const at = change.words.filter((w) => w.isTime).map((w) => w.text);
  const others = change.words.filter((w) => !w.isTime).map((w) => w.text);
  return `It would have been ${words}${time}${at.length > 0 ? ` (${at.join(', ')})` : ''}${others.length > 0 ? `, if ${others.join(' and ')}` : ''}.`;
}

/** How each row before would have to be false, and this one true; at most so many ways. */
function waysTo(policy: CompiledPolicy, target: number, scope: RepairScope): Change[] {
  let ways: Change[] = [{ facts: {}, shiftMs: 0, words: [] }];
  const join = (list: Change[]): void => {
    ways = ways.flatMap((way) => list.flatMap((other) => merged(way, other) ?? [])).slice(0, MOST_COMBINED);
  };
  for (const rule of policy.rules.slice(0, target)) join(repairs(rule.when, false, scope));
  const row = policy.rules[target];
  if (row) join(repairs(row.when, true, scope));
  return ways;
}

/** Values that an outcome computes from facts that are not known make it no answer. */
const isAnswer = (policy: CompiledPolicy, target: number, verdict: Verdict): boolean => verdict.rule === (policy.rules[target]?.id ?? 'otherwise');

/**
 * The smallest difference in the facts that would have led to another outcome: found by turning around the conditions that spoke
 * against a row, and tried by deciding anew. Null where nothing near is found, and where several rows make the answer together.
 */
export function nearest(policy: CompiledPolicy, facts: Facts, verdict: Pick<Verdict, 'outcome'>, when?: AskedWhen): Nearest | null {
  if (policy.spec.hit !== 'first' || policy.document.hit === 'merge') return null;
  const data = dataOf(policy, facts);
  const find: RepairScope['find'] = (name) => specOf(policy.spec, policy.paramSpecs, name);
  const scope: RepairScope = { data, find };
  let best: { distance: number; found: Nearest } | null = null;
  for (let target = 0; target <= policy.rules.length; target++) {
    for (const change of waysTo(policy, target, scope)) {
      const far = distance(change, policy, facts);
      if (best !== null && far >= best.distance) continue;
      const would = changed(policy, facts, change);
      const again = evaluate(policy, would);
      if (!isAnswer(policy, target, again)) continue;
      const words = otherwise(policy, verdict.outcome, again.outcome);
      if (words === '') continue;
      const at = change.shiftMs === 0 || !when ? null : new Date(+when.asOf + change.shiftMs);
      const found = { sentence: sentenceOf(words, change, when), rule: again.rule, outcome: again.outcome, facts: differing(facts, would), at };
      best = { distance: far, found };
    }
  }
  return best?.found ?? null;
}

const differing = (was: Facts, is: Facts): Facts =>
  Object.fromEntries(Object.entries(is).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name] as Json | undefined)));
