import { nearest } from '../domain/nearest';
import { checkFields, isObject, type Report } from './check-fields';
import { checkCalc } from './check-outcome';
import type { LogicScope } from './check-types';
import { compileExpectation, compileFacts, type CompiledPolicy } from './compile';
import { evaluate } from './evaluate';
import { isOperation } from './logic';
import type { DecisionPointSpec, FieldSpec, Json, Verdict } from './types';
import { formatValue, parseValue, WRITTEN } from './units';

interface Checking {
  spec: DecisionPointSpec;
  report: Report;
  /** What a computed value of an example may name: parameters. */
  scope: LogicScope;
}
/** A set of named values as it stands in an example: facts, or fields of the outcome. */
interface Values {
  path: string;
  known: Readonly<Record<string, FieldSpec>>;
  /** "a fact here", "a field of the outcome" */
  what: string;
}

function checkValues(values: Record<string, Json>, { path, known, what }: Values, { report, scope }: Checking): void {
  for (const [name, value] of Object.entries(values)) {
    const field = Object.hasOwn(known, name) ? known[name] : undefined;
    const here = `${path}/${name}`;
    if (!field)
      report('unknown-fact', null, here, `"${name}" is not ${what}`, nearest(name, Object.keys(known)) ?? `one of: ${Object.keys(known).join(', ')}`);
    else if (isOperation(value)) checkCalc(value, field, null, here, scope, report);
    else if (value === null && what === FACT) continue;
    else if (parseValue(field, value) === undefined) {
      const values = field.values ?? [];
      const suggestion = field.type === 'enum' ? (nearest(String(value), values) ?? `one of: ${values.join(', ')}`) : `write ${WRITTEN[field.type]}`;
      report('wrong-value', null, here, `${JSON.stringify(value)} is not what "${name}" takes`, suggestion);
    }
  }
}
const FACT = 'a fact here';

function checkFacts(facts: Json | undefined, path: string, checking: Checking): void {
  if (!isObject(facts)) return checking.report('wrong-shape', null, path, 'is a set of facts', '{"name of a fact": value}');
  checkValues(facts, { path, known: checking.spec.facts, what: FACT }, checking);
}

/** An expectation names fields of the outcome with values they can have; one that names none would always hold. */
function checkExpectation(expected: Json, path: string, checking: Checking): void {
  const { spec, report } = checking;
  if (Array.isArray(expected)) {
    if (spec.hit !== 'collect')
      return report('wrong-shape', null, path, 'one outcome is decided here, not a list of them', 'write it without the brackets');
    return expected.forEach((e, i) => checkExpectation(e, `${path}/${i}`, checking));
  }
  if (!isObject(expected) || Object.keys(expected).length === 0)
    return report(
      'missing-field',
      null,
      path,
      'an expectation names at least one field of the outcome',
      `fields: ${Object.keys(spec.outcome).join(', ')}`,
    );
  checkValues(expected, { path, known: spec.outcome, what: 'a field of the outcome' }, checking);
}

function checkCase(raw: Json, i: number, ids: Set<string>, checking: Checking): void {
  const { report } = checking;
  const path = `/examples/cases/${i}`;
  if (!isObject(raw)) return report('wrong-shape', null, path, 'a case has id, given and expect', '{"id": "…", "given": {…}, "expect": {…}}');
  checkFields(raw, ['id', 'given', 'expect'], null, path, report);
  if (typeof raw.id !== 'string' || raw.id.trim() === '')
    report('missing-field', null, `${path}/id`, 'a case has an id that says what it shows', 'such as "at the grace"');
  else if (ids.has(raw.id)) report('duplicate-id', null, `${path}/id`, `"${raw.id}" is the id of another case too`, 'give it another one');
  else ids.add(raw.id);
  if (raw.given === undefined) report('missing-field', null, `${path}/given`, 'a case says which facts differ from the base', '{} when none does');
  else checkFacts(raw.given, `${path}/given`, checking);
  if (raw.expect === undefined)
    report('missing-field', null, `${path}/expect`, 'a case says which outcome is expected', 'add "expect", with the fields that matter');
  else checkExpectation(raw.expect, `${path}/expect`, checking);
}

/** How the examples of a document are written. */
export function checkExamples(document: Record<string, Json>, checking: Checking): void {
  const { examples } = document;
  if (isObject(examples)) checkFields(examples, ['base', 'cases'], null, '/examples', checking.report);
  if (!isObject(examples) || !Array.isArray(examples.cases) || examples.cases.length === 0) {
    checking.report(
      'missing-field',
      null,
      '/examples',
      'a policy has examples: a base and at least one case',
      '{"base": {…}, "cases": [{"id": "…", "given": {…}, "expect": {…}}]}',
    );
    return;
  }
  checkFacts(examples.base, '/examples/base', checking);
  const ids = new Set<string>();
  examples.cases.forEach((raw, i) => checkCase(raw, i, ids, checking));
}

/** Whether every field that is expected came out; `collect` expects the list of outcomes in order, each by the fields named. */
function agrees(expected: Json, got: Json): boolean {
  if (Array.isArray(expected)) return Array.isArray(got) && expected.length === got.length && expected.every((e, i) => agrees(e, got[i]!));
  if (isObject(expected)) return isObject(got) && Object.entries(expected).every(([k, v]) => JSON.stringify(got[k]) === JSON.stringify(v));
  return JSON.stringify(expected) === JSON.stringify(got);
}

const show = (spec: DecisionPointSpec, outcome: Json): string => {
  if (Array.isArray(outcome)) return `[${outcome.map((o) => show(spec, o)).join('; ')}]`;
  return isObject(outcome)
    ? Object.entries(outcome)
        .map(([k, v]) => `${k} ${formatValue(spec.outcome[k], v)}`)
        .join(', ')
    : JSON.stringify(outcome);
};

/** Under `collect` two rows that give the same thing are one: the second would be lost without a word. */
function reportTwins(policy: CompiledPolicy, id: string, verdict: Verdict, i: number, report: Report): void {
  const { identity } = policy.spec;
  if (!identity || !Array.isArray(verdict.outcome) || verdict.outcome.length < 2) return;
  const seen = new Map<string, string>();
  verdict.rule.split(',').forEach((rule, n) => {
    const outcome = (verdict.outcome as Record<string, Json>[])[n]!;
    const key = JSON.stringify(identity.map((field) => outcome[field]));
    const twin = seen.get(key);
    const what = identity.map((f) => `${f} ${String(outcome[f])}`).join(', ');
    if (twin)
      report(
        'lost-twin',
        rule,
        `/examples/cases/${i}`,
        `in example "${id}" this rule gives the same as "${twin}" (${what}), so one of them is lost`,
        `let them differ in ${identity.join(', ')}`,
      );
    seen.set(key, rule);
  });
}

/** Runs the examples of a policy that has no other fault. */
export function runExamples(policy: CompiledPolicy, report: Report): void {
  const { base, cases } = policy.document.examples;
  cases.forEach(({ id, given, expect }, i) => {
    const verdict = evaluate(policy, compileFacts(policy, { ...base, ...given }));
    reportTwins(policy, id, verdict, i, report);
    const expected = compileExpectation(policy, expect);
    if (agrees(expected, verdict.outcome)) return;
    const lacking = verdict.missing.filter((name) => !(name in base) && !(name in given));
    const since = lacking.length === 0 ? '' : `, since it gives no ${lacking.join(' and no ')}`;
    report(
      'example-differs',
      null,
      `/examples/cases/${i}`,
      `example "${id}" expects ${show(policy.spec, expected)}, and gets ${show(policy.spec, verdict.outcome)} by rule "${verdict.rule}"${since}`,
      lacking.length === 0 ? 'mend the rule, or the example' : `give it in the example, or in /examples/base for all of them`,
    );
  });
}
