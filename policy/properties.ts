import { boundariesOf, representatives } from './boundaries';
import { compileLogic, specOf, type CompiledPolicy } from './compile';
import { dataOf, evaluate } from './evaluate';
import { evaluateLogic, isTruthy, UNKNOWN } from './logic';
import { explore, situationInWords, stillOpen, type Budget, type Look } from './situations';
import type { Course, DecisionPointSpec, Facts, FieldSpec, Json, Property, Verdict } from './types';
import { formatValue, inWords } from './units';

/** The spec of a fact, a parameter, or `outcome.…` as a property may name it. */
export function namedByProperty(spec: DecisionPointSpec, params: Record<string, FieldSpec>, name: string): FieldSpec | undefined {
  const field = name.startsWith('outcome.') ? name.slice(8) : null;
  if (field === null) return specOf(spec, params, name);
  return Object.hasOwn(spec.outcome, field) ? spec.outcome[field] : undefined;
}

/** What became of trying a property. */
export interface Trial {
  /** How many situations were looked at in which the property says something. */
  shown: number;
  /** False when the budget ended before the situations did. */
  isComplete: boolean;
  /** A situation in which it does not hold, in words; null when there is none. */
  broken: string | null;
}

interface Trying {
  policy: CompiledPolicy;
  when: Json;
  trial: Trial;
}

const outcomesOf = ({ outcome }: Verdict): Record<string, Json>[] => (Array.isArray(outcome) ? outcome : [outcome]);
const inOutcome = (outcome: Record<string, Json>): Record<string, Json> =>
  Object.fromEntries(Object.entries(outcome).map(([field, value]) => [`outcome.${field}`, value]));

const show = ({ spec }: CompiledPolicy, outcomes: Record<string, Json>[]): string =>
  outcomes
    .map((o) => Object.entries(o).map(([field, value]) => `${inWords(field)} ${formatValue(spec.outcome[field], value)}`))
    .map((fields) => fields.join(', '))
    .slice(0, 3)
    .join('; ') || 'nothing';

/** Whether a situation is one that the property is about; else what has to be known to tell, or null when it never is. */
function isAbout({ policy, when }: Trying, situation: Facts): true | string[] {
  const missing = new Set<string>();
  const answer = evaluateLogic(when, dataOf(policy, situation), missing);
  if (answer === UNKNOWN) return stillOpen(missing, situation);
  return isTruthy(answer) ? true : [];
}

/** Whether one of a situation's outcomes meets a condition; what is left out of an outcome meets none. */
function meets(trying: Trying, condition: Json, situation: Facts, outcome: Record<string, Json>): boolean | string[] {
  const missing = new Set<string>();
  const answer = evaluateLogic(condition, { ...dataOf(trying.policy, situation), ...inOutcome(outcome) }, missing);
  if (answer !== UNKNOWN) return isTruthy(answer);
  const open = stillOpen(missing, situation).filter((n) => !n.startsWith('outcome.'));
  return open.length > 0 ? open : false;
}

function lookForAll(trying: Trying, condition: Json, isSome: boolean): Look {
  const { policy, trial } = trying;
  return (situation) => {
    const about = isAbout(trying, situation);
    if (about !== true) return about;
    const verdict = evaluate(policy, situation);
    const open = stillOpen(verdict.missing, situation);
    if (open.length > 0) return open;
    // What is left open is asked of a person, who then says what is collected.
    if (verdict.rule === 'onMissing' && isSome) return [];
    const outcomes = outcomesOf(verdict).filter((o) => policy.spec.hit === 'first' || Object.keys(o).length > 0);
    const met: boolean[] = [];
    for (const outcome of outcomes) {
      const answer = meets(trying, condition, situation, outcome);
      if (Array.isArray(answer)) return answer;
      met.push(answer);
    }
    trial.shown++;
    if (isSome ? met.includes(true) : !met.includes(false)) return [];
    const found = isSome ? outcomes : outcomes.filter((_, i) => !met[i]);
    trial.broken = `with ${situationInWords(policy, situation)} rule "${verdict.rule}" gives ${show(policy, found)}`;
    return 'stop';
  };
}

const only = (course: Course): [string, 'rises' | 'falls'] => Object.entries(course)[0]!;

/** Follows one fact from its least value to its greatest, all others the same. */
function lookAlong(trying: Trying, { as, never }: Required<Pick<Property, 'as' | 'never'>>, values: readonly Json[]): Look {
  const { policy, trial } = trying;
  const [fact, goes] = only(as);
  const [field, course] = only(never);
  const along = goes === 'rises' ? values : [...values].reverse();
  return (situation) => {
    const seen: { at: Json; value: number; rule: string }[] = [];
    for (const at of along) {
      const here = { ...situation, [fact]: at };
      const about = isAbout(trying, here);
      if (about !== true) {
        if (about.length > 0) return about;
        continue;
      }
      const { outcome, missing, rule } = evaluate(policy, here);
      const open = stillOpen(missing, here);
      if (open.length > 0) return open;
      const value = (outcome as Record<string, Json>)[field];
      if (rule !== 'onMissing' && typeof value === 'number') seen.push({ at, value, rule });
    }
    if (seen.length > 1) trial.shown++;
    const next = seen.findIndex((s, i) => i > 0 && (course === 'rises' ? s.value > seen[i - 1]!.value : s.value < seen[i - 1]!.value));
    if (next === -1) return [];
    const [before, after] = [seen[next - 1]!, seen[next]!];
    const said = (s: typeof before): string =>
      `${inWords(fact)} ${formatValue(policy.spec.facts[fact], s.at)} gives ${inWords(field)} ${formatValue(policy.spec.outcome[field], s.value)} (rule "${s.rule}")`;
    const others = Object.keys(situation).length > 0 ? `with ${situationInWords(policy, situation)}, ` : '';
    trial.broken = `${others}${said(before)}, and ${said(after)}`;
    return 'stop';
  };
}

const orUnknown = (values: Record<string, Json[]>): Record<string, Json[]> =>
  Object.fromEntries(Object.entries(values).map(([name, known]) => [name, [...known, null]]));

/**
 * Tries a property that has been checked in every situation that conditions can tell apart, by values on both sides of where they change. What
 * `always` and `some` say is tried with facts that are not known as well: what `onMissing` declares is an outcome like any other.
 */
export function tryProperty(policy: CompiledPolicy, property: Property, budget: Budget): Trial {
  const find = (name: string): FieldSpec | undefined => namedByProperty(policy.spec, policy.paramSpecs, name);
  const when = compileLogic(property.when ?? true, find);
  const condition = compileLogic(property.always ?? property.some ?? true, find);
  const boundaries = boundariesOf(policy, [when, condition, ...(property.as ? [{ '==': [{ var: only(property.as)[0] }, null] }] : [])]);
  const trial: Trial = { shown: 0, isComplete: false, broken: null };
  const trying = { policy, when, trial };
  const values = representatives(boundaries);
  if (property.as && property.never) {
    const look = lookAlong(trying, { as: property.as, never: property.never }, boundaries[only(property.as)[0]]?.values ?? []);
    trial.isComplete = explore(values, look, budget);
  } else trial.isComplete = explore(orUnknown(values), lookForAll(trying, condition, property.some !== undefined), budget);
  return trial;
}
