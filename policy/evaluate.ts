import type { CompiledPolicy, CompiledRule } from './compile';
import { evaluateLogic, isOperation, isTruthy, UNKNOWN } from './logic';
import type { DecisionPointSpec, Facts, FieldSpec, Json, Verdict } from './types';

type Data = Record<string, Json | undefined>;

const namedParams = new WeakMap<CompiledPolicy, Data>();
function paramsOf(policy: CompiledPolicy): Data {
  let named = namedParams.get(policy);
  if (!named) namedParams.set(policy, (named = Object.fromEntries(Object.entries(policy.params).map(([name, value]) => [`params.${name}`, value]))));
  return named;
}

/** Facts and parameters side by side, as conditions name them. */
export const dataOf = (policy: CompiledPolicy, facts: Facts): Data => ({ ...facts, ...paramsOf(policy) });

/** A computed value that its field cannot have (a division by zero, 140 percent, a wait of no time) is no outcome. */
const isPossible = (value: Json, spec: FieldSpec | undefined): boolean =>
  typeof value !== 'number' ||
  (Number.isFinite(value) && (spec?.type !== 'percent' || (value >= 0 && value <= 100)) && (spec?.positive !== true || value > 0));

/** The outcome of a row with its `calc` values computed; null when one needs a fact that is missing, or is impossible. */
function outcomeOf(then: Record<string, Json>, data: Data, missing: Set<string>, spec: DecisionPointSpec): Record<string, Json> | null {
  const outcome: Record<string, Json> = {};
  for (const [field, value] of Object.entries(then)) {
    const computed = isOperation(value) && 'calc' in value ? evaluateLogic(value.calc!, data, missing) : value;
    if (computed === UNKNOWN || !isPossible(computed, spec.outcome[field])) return null;
    outcome[field] = computed;
  }
  return outcome;
}

/** The rule of a decision that a paused policy did not make. */
export const PAUSED = 'paused';

/** What comes of a question while its policy is paused: what the policy declares for when it cannot tell, so that a person decides. */
export const whilePaused = (policy: CompiledPolicy): Verdict => ({ outcome: policy.onMissing, rule: PAUSED, missing: [], say: null });

/** Whether the policy did not decide, and a person has to: a fact is missing, or it is paused. */
export const isLeftOpen = ({ rule }: Pick<Verdict, 'rule'>): boolean => rule === 'onMissing' || rule === PAUSED;

/**
 * The rows of a policy one by one, for a person who has to say what a missing fact left open: those that are true, and those of
 * which it cannot be told. Rows whose outcome itself needs the missing fact are in neither list of outcomes.
 */
export function sortRows(policy: CompiledPolicy, facts: Facts): { certain: SortedRow[]; open: SortedRow[] } {
  const data = dataOf(policy, facts);
  const sorted = { certain: [] as SortedRow[], open: [] as SortedRow[] };
  for (const rule of policy.rules) {
    const answer = evaluateLogic(rule.when, data);
    if (answer !== UNKNOWN && !isTruthy(answer)) continue;
    const outcome = outcomeOf(rule.then, data, new Set(), policy.spec);
    (answer === UNKNOWN || outcome === null ? sorted.open : sorted.certain).push({ rule: rule.id, outcome });
  }
  return sorted;
}

export interface SortedRow {
  rule: string;
  /** Null when it cannot be computed without the missing fact. */
  outcome: Record<string, Json> | null;
}

const pick = (outcome: Record<string, Json>, fields: readonly string[]): Record<string, Json> =>
  Object.fromEntries(fields.map((field) => [field, outcome[field]!]));

/**
 * By column: each field from the first true row that names it, what no row gives from `otherwise`. An unknown row takes `onMissing`
 * when it names a field that no row before it has given.
 */
function merge(policy: CompiledPolicy, data: Data, missing: Set<string>, onMissing: () => Verdict): Verdict {
  const outcome: Record<string, Json> = {};
  const fired: CompiledRule[] = [];
  const open = (then: Record<string, Json>): string[] => Object.keys(then).filter((field) => !Object.hasOwn(outcome, field));
  for (const rule of policy.rules) {
    const fields = open(rule.then);
    if (fields.length === 0) continue;
    const answer = evaluateLogic(rule.when, data, missing);
    if (answer === UNKNOWN) return onMissing();
    if (!isTruthy(answer)) continue;
    const given = outcomeOf(pick(rule.then, fields), data, missing, policy.spec);
    if (given === null) return onMissing();
    Object.assign(outcome, given);
    fired.push(rule);
  }
  const otherwise = policy.otherwise ?? {};
  const rest = outcomeOf(pick(otherwise, open(otherwise)), data, missing, policy.spec);
  if (rest === null) return onMissing();
  const rule = fired.map((r) => r.id).join(',') || 'otherwise';
  return { outcome: { ...outcome, ...rest }, rule, missing: [], say: fired.find((r) => r.say)?.say ?? null };
}

/**
 * Decides by a policy. `first`: the first true row; an unknown row before it, or a `calc` that needs a missing fact, takes
 * `onMissing`. `collect`: every true row; any unknown one takes `onMissing`. `merge`: each field from the first true row that gives
 * it. No true row: `otherwise`. Pure and total.
 */
export function evaluate(policy: CompiledPolicy, facts: Facts): Verdict {
  const data = dataOf(policy, facts);
  const missing = new Set<string>();
  const onMissing = (): Verdict => ({ outcome: policy.onMissing, rule: 'onMissing', missing: [...missing], say: null });
  if (policy.document.hit === 'merge') return merge(policy, data, missing, onMissing);
  const fired: { rule: CompiledRule; outcome: Record<string, Json> }[] = [];
  for (const rule of policy.rules) {
    const answer = evaluateLogic(rule.when, data, missing);
    if (answer === UNKNOWN) return onMissing();
    if (!isTruthy(answer)) continue;
    const outcome = outcomeOf(rule.then, data, missing, policy.spec);
    if (outcome === null) return onMissing();
    fired.push({ rule, outcome });
    if (policy.spec.hit === 'first') return { outcome, rule: rule.id, missing: [], say: rule.say };
  }
  if (fired.length > 0) {
    return {
      outcome: fired.map((f) => f.outcome),
      rule: fired.map((f) => f.rule.id).join(','),
      missing: [],
      say: fired.find((f) => f.rule.say)?.rule.say ?? null,
    };
  }
  if (policy.otherwise === null) return { outcome: [], rule: 'otherwise', missing: [], say: null };
  const outcome = outcomeOf(policy.otherwise, data, missing, policy.spec);
  if (outcome === null) return onMissing();
  return { outcome: policy.spec.hit === 'collect' ? [outcome] : outcome, rule: 'otherwise', missing: [], say: null };
}
