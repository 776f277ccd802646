import { nearest } from '../domain/nearest';
import { checkFields, isObject, type Report } from './check-fields';
import { checkLogic } from './check-logic';
import { TypeCheck, type LogicScope } from './check-types';
import { isOperation } from './logic';
import type { DecisionPointSpec, FieldSpec, Json } from './types';
import { parseValue, WRITTEN } from './units';

/** Where an outcome stands; `rest` gives the fields that it leaves out, where columns are merged. */
interface Place {
  rule: string | null;
  path: string;
  rest?: Json | undefined;
}
interface Checking {
  spec: DecisionPointSpec;
  scope: LogicScope;
  report: Report;
}

/** An outcome, literal or computed, by what its fields can be. */
export function checkOutcome(outcome: Json, place: Place, checking: Checking): void {
  const { rule, path, rest } = place;
  const { spec, report } = checking;
  if (!isObject(outcome)) return report('wrong-shape', rule, path, 'is a set of outcome fields', `fields: ${Object.keys(spec.outcome).join(', ')}`);
  checkFields(outcome, Object.keys(spec.outcome), rule, path, report);
  if (rest !== undefined && Object.keys(outcome).length === 0)
    report('missing-field', rule, path, 'a row gives at least one field', `one of: ${Object.keys(spec.outcome).join(', ')}`);
  for (const [field, fieldSpec] of Object.entries(spec.outcome)) {
    const value = outcome[field];
    if (value !== undefined) checkField(value, field, place, checking);
    else if (!fieldSpec.optional && rest === undefined)
      report(
        'missing-field',
        rule,
        `${path}/${field}`,
        `"${field}" is missing: ${fieldSpec.meaning}`,
        `such as ${JSON.stringify(fieldSpec.example)}`,
      );
  }
  checkDemands(isObject(rest) ? { ...rest, ...outcome } : outcome, spec, rule, path, report);
}

function checkField(value: Json, field: string, { rule, path }: Place, { spec, scope, report }: Checking): void {
  const fieldSpec = spec.outcome[field]!;
  const at = `${path}/${field}`;
  const example = `such as ${JSON.stringify(fieldSpec.example)}`;
  if (isOperation(value)) return checkCalc(value, fieldSpec, rule, at, scope, report);
  const parsed = parseValue(fieldSpec, value);
  if (parsed !== undefined) {
    if (fieldSpec.positive && Number(parsed) <= 0)
      report('wrong-value', rule, at, `${JSON.stringify(value)} is no time at all: ${fieldSpec.meaning}`, example);
    return;
  }
  const values = fieldSpec.values ?? [];
  const suggestion =
    fieldSpec.type === 'enum' ? (nearest(String(value), values) ?? `one of: ${values.join(', ')}`) : `write ${WRITTEN[fieldSpec.type]}`;
  report('wrong-value', rule, at, `${JSON.stringify(value)} is not what "${field}" takes`, suggestion);
}

/** The texts that a value can be: itself, or each that stands in what computes it. */
function textsOf(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isOperation(value) ? Object.values(value).flatMap(textsOf) : [];
}

/** What a value of another field makes necessary, written out or one of those that it is computed from. */
function checkDemands(outcome: Record<string, Json>, spec: DecisionPointSpec, rule: string | null, path: string, report: Report): void {
  for (const { field, values, needs } of spec.demands ?? []) {
    const value = textsOf(outcome[field]).find((text) => values.includes(text));
    if (value === undefined) continue;
    for (const needed of needs.filter((n) => outcome[n] === undefined))
      report(
        'missing-field',
        rule,
        `${path}/${needed}`,
        `with ${field} "${value}" there has to be "${needed}": ${spec.outcome[needed]!.meaning}`,
        `such as ${JSON.stringify(spec.outcome[needed]!.example)}`,
      );
  }
}

/** Operators and names first; types only where those are right, so that one mistake is one fault. */
export function checkWhole(logic: Json, path: string, scope: LogicScope, inCalc: boolean, check: (types: TypeCheck) => void): void {
  let isSound = true;
  const report: LogicScope['report'] = (...fault) => {
    isSound = false;
    scope.report(...fault);
  };
  checkLogic(logic, path, { ...scope, report }, inCalc);
  if (isSound) check(new TypeCheck(scope));
}

const calcSuggestion = (value: Record<string, Json>): string => {
  const [key, ...more] = Object.keys(value);
  return (more.length === 0 && nearest(key ?? '', ['calc'])) || '{"calc": {"var": "params.…"}}';
};

/** A computed value of a field. */
export function checkCalc(
  value: Record<string, Json>,
  fieldSpec: FieldSpec,
  rule: string | null,
  path: string,
  scope: LogicScope,
  report: Report,
): void {
  if (Object.keys(value).length !== 1 || value.calc === undefined)
    return report('misplaced', rule, path, 'a computed value stands alone under "calc"', calcSuggestion(value));
  checkWhole(value.calc, `${path}/calc`, scope, true, (types) => types.value(value.calc!, `${path}/calc`, fieldSpec));
}
