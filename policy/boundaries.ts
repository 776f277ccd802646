import { specOf, type CompiledPolicy } from './compile';
import { dataOf } from './evaluate';
import { evaluateLogic, isOperation, operationOf, UNKNOWN } from './logic';
import type { FieldSpec, Json } from './types';
import { parseValue } from './units';

/** What is to be tried of one fact. */
export interface Tried {
  /** Every value at which a condition changes, and one on each side of it, in ascending order. */
  values: Json[];
  /** The same values, and the one that the fact is described by, those first that are easiest to picture. */
  plain: Json[];
  /** The same word for values that no condition on this fact alone tells apart. */
  kindOf(value: Json | undefined): string;
  /** It flows into an outcome or meets another fact, so that values of one kind are not all the same. */
  isFree: boolean;
}
export type Boundaries = Record<string, Tried>;

const COMPARISONS = ['==', '===', '!=', '!==', '<', '<=', '>', '>=', 'in'];
const LISTS = ['some', 'all', 'none'];

interface Mentions {
  /** What the fact is compared with. */
  values: Json[];
  /** Conditions on this fact alone. */
  alone: Json[];
  /** It stands in a value, beside another fact, or is a list: its values do not fall into few kinds. */
  isFree: boolean;
}

const namesIn = (logic: Json): string[] => {
  if (Array.isArray(logic)) return logic.flatMap(namesIn);
  if (!isOperation(logic)) return [];
  return typeof logic.var === 'string' ? [logic.var] : Object.values(logic).flatMap(namesIn);
};

/** Fixed values in a piece of logic: written out, or of a parameter. */
function constantsIn(logic: Json, params: Record<string, Json>): Json[] {
  if (Array.isArray(logic)) return logic.flatMap((l) => constantsIn(l, params));
  if (!isOperation(logic)) return [logic];
  if (typeof logic.var !== 'string') return Object.values(logic).flatMap((l) => constantsIn(l, params));
  return logic.var.startsWith('params.') ? [params[logic.var.slice(7)] ?? null].flat() : [];
}

/** Goes through a compiled condition or value, and notes of each fact what it is compared with. */
function note(logic: Json, mentions: Map<string, Mentions>, policy: CompiledPolicy, isValue: boolean): void {
  if (Array.isArray(logic)) return logic.forEach((l) => note(l, mentions, policy, isValue));
  if (!isOperation(logic)) return;
  const { operator, operands } = operationOf(logic);
  const facts = [...new Set(namesIn(logic).filter((n) => n !== '' && !n.startsWith('params.')))];
  const of = (name: string): Mentions => {
    if (!mentions.has(name)) mentions.set(name, { values: [], alone: [], isFree: false });
    return mentions.get(name)!;
  };
  const isAtom = COMPARISONS.includes(operator) || LISTS.includes(operator) || operator === 'var';
  if (!isAtom) return operands.forEach((o) => note(o, mentions, policy, isValue && !['and', 'or', '!', '!!'].includes(operator)));
  const constants = operator === 'var' ? [] : constantsIn(operands, policy.params);
  for (const name of facts) {
    const seen = of(name);
    seen.values.push(...constants);
    if (facts.length === 1 && !isValue && !LISTS.includes(operator)) seen.alone.push(logic);
    else seen.isFree = true;
  }
}

/** Facts that are compared with each other meet at each other's values. */
function link(logic: Json, mentions: Map<string, Mentions>): void {
  if (Array.isArray(logic)) return logic.forEach((l) => link(l, mentions));
  if (!isOperation(logic)) return;
  const { operator, operands } = operationOf(logic);
  if (!COMPARISONS.includes(operator)) return operands.forEach((o) => link(o, mentions));
  const met = namesIn(logic).flatMap((name) => mentions.get(name) ?? []);
  const values = [...new Set(met.flatMap((m) => m.values))];
  if (met.length > 1) for (const m of met) m.values = values;
}

const BOUNDS: Partial<Record<FieldSpec['type'], [number, number]>> = { percent: [0, 100], money: [0, Infinity], clockTime: [0, 1439] };

/** How far beside a threshold the next value lies: a second, a minute, one. */
function stepOf({ type }: FieldSpec, thresholds: number[]): number {
  if (type === 'duration' || type === 'instant') return thresholds.every((t) => t % 1_000 === 0) ? 1_000 : 1;
  if (type !== 'number' && type !== 'percent') return 1;
  const sorted = [...thresholds].sort((a, b) => a - b);
  return sorted.slice(1).reduce((least, t, i) => (t > sorted[i]! ? Math.min(least, (t - sorted[i]!) / 2) : least), 1);
}

function numbersOf(spec: FieldSpec, { values, isFree }: Mentions): number[] {
  const whole = spec.type === 'integer' || spec.type === 'money';
  const thresholds = values.filter((v): v is number => typeof v === 'number' && Number.isFinite(v));
  const step = stepOf(spec, thresholds);
  const [least, most] = BOUNDS[spec.type] ?? [spec.type === 'integer' && thresholds.every((t) => t >= 0) ? 0 : -Infinity, Infinity];
  const around = thresholds.flatMap((t) => (whole ? [Math.ceil(t) - 1, Math.floor(t), Math.ceil(t), Math.floor(t) + 1] : [t - step, t, t + step]));
  const others = spec.type === 'percent' && isFree ? [0, 100] : around.length === 0 ? [Number(parseValue(spec, spec.example) ?? 0)] : [];
  return [...new Set([...around, ...others])].filter((v) => v >= least && v <= most).sort((a, b) => a - b);
}

function valuesOf(spec: FieldSpec, mentions: Mentions): Json[] {
  const named = (known: Json[]): Json[] => [...new Set(known.filter((v) => typeof v === 'string'))];
  switch (spec.type) {
    case 'boolean':
      return [false, true];
    case 'enum': {
      const all: Json[] = [...(spec.values ?? [])];
      const mentioned = all.filter((v) => mentions.values.includes(v));
      return mentions.isFree ? all : [...mentioned, ...all.filter((v) => !mentioned.includes(v)).slice(0, 1)];
    }
    case 'text':
      return [...named(mentions.values), '…'];
    case 'list': {
      const item: FieldSpec = { ...spec, type: spec.of ?? 'text' };
      const items = valuesOf(item, mentions);
      return [[], ...items.map((v) => [v]), items];
    }
    default:
      return numbersOf(spec, mentions);
  }
}

/**
 * What has to be tried of each fact that rules or `more` (compiled conditions of properties) look at. Conditions compare facts with
 * fixed values and do not calculate, so between two of these values nothing can change.
 */
export function boundariesOf(policy: CompiledPolicy, more: readonly Json[] = []): Boundaries {
  const mentions = new Map<string, Mentions>();
  const values = [...policy.rules.map((r) => r.then), policy.otherwise ?? {}].flatMap((then) => Object.values(then));
  for (const rule of policy.rules) note(rule.when, mentions, policy, false);
  for (const value of values) if (isOperation(value) && 'calc' in value) note(value.calc!, mentions, policy, true);
  for (const logic of more) note(logic, mentions, policy, false);
  for (const logic of [...policy.rules.map((r) => r.when), ...more]) link(logic, mentions);
  const data = dataOf(policy, {});
  const tried = [...mentions].flatMap(([name, seen]): [string, Tried][] => {
    const spec = specOf(policy.spec, policy.paramSpecs, name);
    if (!spec) return [];
    const answer = (condition: Json, value: Json | undefined): string => {
      const got = evaluateLogic(condition, { ...data, [name]: value });
      return got === UNKNOWN ? '?' : JSON.stringify(got);
    };
    const kindOf = (value: Json | undefined): string =>
      value === undefined || value === null ? 'unknown' : seen.alone.map((c) => answer(c, value)).join();
    const values = valuesOf(spec, seen);
    const pictured = [parseValue(spec, spec.example), ...seen.values.filter((v) => values.includes(v))];
    return [[name, { values, plain: [...new Set([...pictured.filter((v) => v !== undefined), ...values])], kindOf, isFree: seen.isFree }]];
  });
  return Object.fromEntries(tried);
}

/** The first of each kind. */
function ofEachKind({ plain, kindOf }: Tried): Json[] {
  const byKind = new Map<string, Json>();
  for (const value of plain) if (!byKind.has(kindOf(value))) byKind.set(kindOf(value), value);
  return [...byKind.values()];
}

/** One value of each kind: enough to reach every row, since conditions tell no others apart. */
export const representatives = (boundaries: Boundaries): Record<string, Json[]> =>
  Object.fromEntries(Object.entries(boundaries).map(([name, tried]) => [name, tried.isFree ? tried.values : ofEachKind(tried)]));
