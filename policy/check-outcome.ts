import { nearest } from '../domain/nearest';
import { checkFields, isObject, type Report } from './check-fields';
import { checkLogic } from './check-logic';
import { TypeCheck, type LogicScope } from './check-types';
import { isOperation } from './logic';
import type { DecisionPointSpec, FieldSpec, Json } from './types';
import { parseValue, WRITTEN } from './units';

/** An outcome, literal or computed, by what its fields can be. */
export function checkOutcome(outcome: Json, spec: DecisionPointSpec, rule: string | null, path: string, scope: LogicScope, report: Report): void {
  if (!isObject(outcome)) return report(rule, path, 'is a set of outcome fields', `fields: ${Object.keys(spec.outcome).join(', ')}`);
  checkFields(outcome, Object.keys(spec.outcome), rule, path, report);
  for (const [field, fieldSpec] of Object.entries(spec.outcome)) {
    const value = outcome[field];
    if (value === undefined) {
      if (!fieldSpec.optional)
        report(rule, `${path}/${field}`, `"${field}" is missing: ${fieldSpec.meaning}`, `such as ${JSON.stringify(fieldSpec.example)}`);
    } else if (isOperation(value)) checkCalc(value, fieldSpec, rule, `${path}/${field}`, scope, report);
    else if (parseValue(fieldSpec, value) === undefined) {
      const suggestion =
        fieldSpec.type === 'enum'
          ? (nearest(String(value), fieldSpec.values ?? []) ?? `one of: ${(fieldSpec.values ?? []).join(', ')}`)
          : `write ${WRITTEN[fieldSpec.type]}`;
      report(rule, `${path}/${field}`, `${JSON.stringify(value)} is not what "${field}" takes`, suggestion);
    } else if (fieldSpec.positive && Number(parseValue(fieldSpec, value)) <= 0)
      report(
        rule,
        `${path}/${field}`,
        `${JSON.stringify(value)} is no time at all: ${fieldSpec.meaning}`,
        `such as ${JSON.stringify(fieldSpec.example)}`,
      );
  }
  checkDemands(outcome, spec, rule, path, report);
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
    return report(rule, path, 'a computed value stands alone under "calc"', calcSuggestion(value));
  checkWhole(value.calc, `${path}/calc`, scope, true, (types) => types.value(value.calc!, `${path}/calc`, fieldSpec));
}
