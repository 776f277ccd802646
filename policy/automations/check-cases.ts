import { nearest } from '../../domain/nearest';
import { checkFields, isObject, type Report } from '../check-fields';
import type { Facts, FieldSpec, Json } from '../types';
import { parseValue, WRITTEN } from '../units';
import { holds } from './compile';
import type { AutomationCase, AutomationDocument, CompiledAutomation } from './types';
import { allSteps, branchesOf, goThrough } from './walk';

type FactSpecs = Readonly<Record<string, FieldSpec>>;

function checkFacts(given: Json | undefined, path: string, facts: FactSpecs, report: Report): void {
  if (!isObject(given)) return report('wrong-shape', null, path, 'is facts by name', '{"isTrial": false}');
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(facts, name) ? facts[name] : undefined;
    if (!spec)
      report(
        'unknown-fact',
        null,
        `${path}/${name}`,
        `"${name}" is not a fact here`,
        nearest(name, Object.keys(facts)) ?? `one of: ${Object.keys(facts).join(', ')}`,
      );
    else if (value !== null && parseValue(spec, value) === undefined)
      report('wrong-value', null, `${path}/${name}`, `${JSON.stringify(value)} is not what the fact takes`, `write ${WRITTEN[spec.type]}`);
  }
}

function checkAnswers(answers: Json | undefined, path: string, document: AutomationDocument, report: Report): void {
  if (answers === undefined) return;
  if (!isObject(answers)) return report('wrong-shape', null, path, 'is answers by step', '{"ask": "call"}');
  const asking = allSteps(document.do).filter((s) => s.hold ?? s.wait?.until);
  checkFields(
    answers,
    asking.map((s) => s.id),
    null,
    path,
    report,
  );
  for (const [id, answer] of Object.entries(answers)) {
    const step = asking.find((s) => s.id === id);
    const known = step ? (step.hold?.answers ?? Object.keys(branchesOf(step))) : [];
    if (step && !known.includes(String(answer)))
      report(
        'wrong-value',
        null,
        `${path}/${id}`,
        `${JSON.stringify(answer)} is not what "${id}" can end with`,
        nearest(String(answer), known) ?? `one of: ${known.join(', ')}`,
      );
  }
}

/** How the examples of an automation are written: what is so, what people answer, and which steps are done then. */
export function checkCases(document: AutomationDocument, facts: FactSpecs, report: Report): void {
  const examples = document.examples as unknown as Json | undefined;
  if (!isObject(examples) || !Array.isArray(examples.cases) || examples.cases.length === 0)
    return report(
      'missing-field',
      null,
      '/examples',
      'an automation has examples: what is so, and what is done then',
      '{"base": {…}, "cases": [{"id": "…", "given": {…}, "then": ["…"]}]}',
    );
  checkFields(examples, ['base', 'cases'], null, '/examples', report);
  checkFacts(examples.base, '/examples/base', facts, report);
  const ids = new Set<Json>();
  examples.cases.forEach((raw, i) => {
    const path = `/examples/cases/${i}`;
    if (!isObject(raw) || typeof raw.id !== 'string' || !Array.isArray(raw.then))
      return report('wrong-shape', null, path, 'a case has id, given and then', '{"id": "…", "given": {…}, "then": ["…"]}');
    checkFields(raw, ['id', 'given', 'answers', 'then'], null, path, report);
    if (ids.has(raw.id)) report('duplicate-id', null, `${path}/id`, `"${raw.id}" is the id of another case too`, 'give it another one');
    ids.add(raw.id);
    checkFacts(raw.given, `${path}/given`, facts, report);
    checkAnswers(raw.answers, `${path}/answers`, document, report);
  });
}

/** The facts of an example in evaluated form; null says that one is not known. */
export function factsOf({ facts, document }: Pick<CompiledAutomation, 'facts' | 'document'>, given: Record<string, Json>): Facts {
  const all = { ...document.examples.base, ...given };
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, parseValue(facts[name]!, value)]])));
}

/** The ids of the steps that a case leads to; of a condition that cannot be told, none. */
const doneIn = (automation: CompiledAutomation, { given, answers = {} }: AutomationCase): string[] =>
  holds(automation, factsOf(automation, given)).answer === true ? goThrough(automation.document.do, answers).map(({ step }) => step.id) : [];

/** Runs the examples of an automation that has no other fault. */
export function runCases(automation: CompiledAutomation, report: Report): void {
  const { cases } = automation.document.examples;
  const shown = new Set<string>();
  cases.forEach((example, i) => {
    const done = doneIn(automation, example);
    done.forEach((id) => shown.add(id));
    const say = (ids: readonly string[]): string => (ids.length === 0 ? 'nothing' : ids.join(', '));
    if (done.join() !== example.then.join())
      report(
        'example-differs',
        null,
        `/examples/cases/${i}`,
        `example "${example.id}" expects ${say(example.then)}, and gets ${say(done)}`,
        'mend the automation, or the example',
      );
  });
  for (const { id } of allSteps(automation.document.do))
    if (!shown.has(id)) report('unshown-row', id, '/do', 'no example reaches this step', 'add one, with the answers that lead to it');
  if (automation.document.when !== true && cases.every((c) => c.then.length > 0))
    report('missing-field', null, '/examples/cases', 'no example shows when nothing is done', 'add one with "then": []');
}
