import { nearest } from '../domain/nearest';
import { checkFields, isObject, type Report } from './check-fields';
import { checkWhole } from './check-outcome';
import { costOf } from './check-logic';
import { isQuantity, type LogicScope } from './check-types';
import { specOf, type CompiledPolicy } from './compile';
import { namedByProperty, tryProperty } from './properties';
import type { Budget } from './situations';
import type { DecisionPointSpec, FieldSpec, Json } from './types';

const FIELDS = ['id', 'title', 'when', 'always', 'some', 'as', 'never'];
const MOST_PROPERTIES = 20;
/** How many situations one property may need, where the conditions are few enough. */
const MOST_SITUATIONS = 20_000;
const SAMPLE = '{"id": "…", "title": "…", "when": {…}, "always": {…}}, or "as": {"notice": "rises"}, "never": {"chargePercent": "rises"}';

interface Checking {
  spec: DecisionPointSpec;
  scope: LogicScope;
  paramSpecs: Record<string, FieldSpec>;
  report: Report;
  ids: Set<string>;
}

/** Facts and parameters, and the fields of the outcome as `outcome.…`. */
const withOutcome = ({ spec, scope, paramSpecs }: Checking): LogicScope => ({
  ...scope,
  find: (name) => namedByProperty(spec, paramSpecs, name),
  names: [...scope.names, ...Object.keys(spec.outcome).map((field) => `outcome.${field}`)],
});

/** `{"notice": "rises"}`: one name of something that is measured, and which way it goes. */
function checkCourse(value: Json | undefined, path: string, known: Readonly<Record<string, FieldSpec>>, report: Report): void {
  const measured = Object.keys(known).filter((name) => isQuantity(known[name]!.type));
  if (!isObject(value) || Object.keys(value).length !== 1)
    return report('wrong-shape', null, path, 'names one thing that rises or falls', `{"${measured[0] ?? 'notice'}": "rises"}`);
  const [name, course] = Object.entries(value)[0]!;
  if (!measured.includes(name))
    report(
      'unknown-fact',
      null,
      `${path}/${name}`,
      `"${name}" is nothing here that rises or falls`,
      nearest(name, measured) ?? `one of: ${measured.join(', ')}`,
    );
  if (course !== 'rises' && course !== 'falls')
    report(
      'wrong-value',
      null,
      `${path}/${name}`,
      `${JSON.stringify(course)} is no way to go`,
      nearest(String(course), ['rises', 'falls']) ?? 'rises or falls',
    );
}

/** What a property says stands in one of three ways. */
function checkForm(raw: Record<string, Json>, path: string, { spec, report }: Checking): 'always' | 'some' | 'course' | null {
  const forms = [raw.always !== undefined, raw.some !== undefined, raw.as !== undefined || raw.never !== undefined];
  if (forms.filter(Boolean).length !== 1) {
    report('wrong-shape', null, path, 'a property says one thing: "always", "some", or "as" with "never"', SAMPLE);
    return null;
  }
  if (spec.hit === 'collect' && forms[2])
    report('misplaced', null, `${path}/as`, 'several outcomes are collected here, which do not rise or fall', 'use "always" or "some"');
  if (spec.hit !== 'collect' && forms[1]) report('misplaced', null, `${path}/some`, 'one outcome is decided here', 'use "always"');
  return forms[0] ? 'always' : forms[1] ? 'some' : 'course';
}

function checkProperty(raw: Json, i: number, checking: Checking): void {
  const { spec, scope, report, ids } = checking;
  const path = `/properties/${i}`;
  if (!isObject(raw)) return report('wrong-shape', null, path, 'a property is an object', SAMPLE);
  checkFields(raw, FIELDS, null, path, report);
  const { id, title } = raw;
  if (typeof id !== 'string' || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
    report('wrong-value', null, `${path}/id`, 'a property has an id in small letters and dashes', 'such as "more-notice-never-costs-more"');
  else if (ids.has(id)) report('duplicate-id', null, `${path}/id`, `"${id}" is the id of another property too`, 'give it another one');
  else ids.add(id);
  if (typeof title !== 'string' || title.trim() === '')
    report('missing-field', null, `${path}/title`, 'a property says in a sentence what it stands for', 'such as "More notice never costs more"');
  const condition = (of: 'when' | 'always' | 'some', within: LogicScope): void => {
    const here = `${path}/${of}`;
    if (!isObject(raw[of]) && typeof raw[of] !== 'boolean')
      return report('wrong-shape', null, here, 'is a condition', 'write {"==": [{"var": "…"}, …]}');
    checkWhole(raw[of], here, within, false, (types) => types.condition(raw[of]!, here));
  };
  if (raw.when !== undefined) condition('when', scope);
  const form = checkForm(raw, path, checking);
  if (form === 'always' || form === 'some') condition(form, withOutcome(checking));
  if (form !== 'course') return;
  checkCourse(raw.as, `${path}/as`, spec.facts, report);
  checkCourse(raw.never, `${path}/never`, spec.outcome, report);
}

/** How the properties of a document are written. */
export function checkProperties(properties: Json | undefined, checking: Omit<Checking, 'ids'>): void {
  if (properties === undefined) return;
  if (!Array.isArray(properties)) return checking.report('wrong-shape', null, '/properties', 'is a list of properties', `[${SAMPLE}]`);
  if (properties.length > MOST_PROPERTIES)
    return checking.report(
      'too-large',
      null,
      '/properties',
      `a document has at most ${MOST_PROPERTIES} properties`,
      'keep those that a family would care for',
    );
  const ids = new Set<string>();
  properties.forEach((raw, i) => checkProperty(raw, i, { ...checking, ids }));
}

/** Tries the properties of a policy that has no other fault. `steps`: how many conditions may still be looked at, over all situations. */
export function tryProperties(policy: CompiledPolicy, report: Report, steps: Budget): void {
  const { document, spec, paramSpecs } = policy;
  const each = costOf(
    document.rules.map((rule) => rule.when ?? true),
    (name) => specOf(spec, paramSpecs, name),
  );
  (document.properties ?? []).forEach((property, i) => {
    const path = `/properties/${i}`;
    const given = Math.min(MOST_SITUATIONS, Math.floor(steps.left / each));
    const own: Budget = { left: given };
    const { broken, shown, isComplete } = tryProperty(policy, property, own);
    steps.left -= (given - Math.max(0, own.left)) * each;
    const said = `"${property.title}"`;
    if (broken !== null)
      report('property-broken', null, path, `${said} does not hold: ${broken}`, 'mend the rules, or say under "when" which situations are meant');
    else if (!isComplete)
      report(
        'too-costly',
        null,
        path,
        `${said} has more situations than are tried (${given})`,
        'say under "when" which situations are meant, or make two properties of it',
      );
    else if (shown === 0) report('property-untried', null, path, `no situation shows whether ${said} holds`, 'mend "when", or take the property out');
  });
}
