import { nearest } from '../domain/nearest';
import { compileExpectation, compileFacts, type CompiledPolicy } from './compile';
import { evaluate } from './evaluate';
import type { DecisionPointSpec, Json } from './types';
import { formatValue, parseValue, WRITTEN } from './units';

type Report = (rule: string | null, path: string, message: string, suggestion?: string | null) => void;
const isObject = (v: unknown): v is Record<string, Json> => v !== null && typeof v === 'object' && !Array.isArray(v);

function checkFacts(facts: Json | undefined, path: string, spec: DecisionPointSpec, report: Report): boolean {
  if (!isObject(facts)) {
    report(null, path, 'is a set of facts', null);
    return false;
  }
  for (const [name, value] of Object.entries(facts)) {
    const fact = Object.hasOwn(spec.facts, name) ? spec.facts[name] : undefined;
    if (!fact) report(null, `${path}/${name}`, `"${name}" is not a fact here`, nearest(name, Object.keys(spec.facts)));
    else if (value !== null && parseValue(fact, value) === undefined) {
      report(
        null,
        `${path}/${name}`,
        `${JSON.stringify(value)} is not what "${name}" takes`,
        fact.type === 'enum' ? `one of: ${(fact.values ?? []).join(', ')}` : `write ${WRITTEN[fact.type]}`,
      );
    }
  }
  return true;
}

/** An expectation names fields of the outcome with values they can have; one that names none would always hold. */
function checkExpectation(expected: Json, path: string, spec: DecisionPointSpec, report: Report): void {
  if (Array.isArray(expected)) return expected.forEach((e, i) => checkExpectation(e, `${path}/${i}`, spec, report));
  if (!isObject(expected) || Object.keys(expected).length === 0)
    return report(null, path, 'an expectation names at least one field of the outcome', `fields: ${Object.keys(spec.outcome).join(', ')}`);
  for (const [name, value] of Object.entries(expected)) {
    const field = Object.hasOwn(spec.outcome, name) ? spec.outcome[name] : undefined;
    if (!field) report(null, `${path}/${name}`, `"${name}" is not a field of the outcome`, nearest(name, Object.keys(spec.outcome)));
    else if (parseValue(field, value) === undefined)
      report(null, `${path}/${name}`, `${JSON.stringify(value)} is not what "${name}" takes`, `write ${WRITTEN[field.type]}`);
  }
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

/** Without a compiled policy checks how examples are written; with one, runs them. */
export function checkExamples(document: Record<string, Json>, spec: DecisionPointSpec, report: Report, compiled?: CompiledPolicy): void {
  const { examples } = document;
  if (!isObject(examples) || !Array.isArray(examples.cases) || examples.cases.length === 0) {
    if (!compiled)
      report(
        null,
        '/examples',
        'a policy has examples: a base and at least one case',
        '{"base": {…}, "cases": [{"id": "…", "given": {…}, "expect": {…}}]}',
      );
    return;
  }
  if (!compiled && !checkFacts(examples.base, '/examples/base', spec, report)) return;
  const ids = new Set<string>();
  examples.cases.forEach((raw, i) => {
    const path = `/examples/cases/${i}`;
    if (!isObject(raw) || typeof raw.id !== 'string' || raw.expect === undefined) {
      if (!compiled) report(null, path, 'a case has id, given and expect', null);
      return;
    }
    if (!compiled) {
      if (ids.has(raw.id)) report(null, `${path}/id`, `"${raw.id}" is the id of another case too`, 'give it another one');
      ids.add(raw.id);
      checkExpectation(raw.expect, `${path}/expect`, spec, report);
      return void checkFacts(raw.given ?? {}, `${path}/given`, spec, report);
    }
    const facts = compileFacts(spec, { ...(examples.base as Record<string, Json>), ...((raw.given ?? {}) as Record<string, Json>) });
    const verdict = evaluate(compiled, facts);
    const expected = compileExpectation(spec, raw.expect);
    if (agrees(expected, verdict.outcome)) return;
    report(
      null,
      path,
      `example "${raw.id}" expects ${show(spec, expected)}, and gets ${show(spec, verdict.outcome)} by rule "${verdict.rule}"`,
      'mend the rule, or the example',
    );
  });
}
