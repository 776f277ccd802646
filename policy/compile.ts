import { createHash } from 'node:crypto';
import { evaluateLogic, isOperation, operationOf, OPERATORS, UNKNOWN } from './logic';
import type { FactDocument } from './facts/types';
import type { DecisionPointSpec, FieldSpec, Json, PolicyDocument, Rule } from './types';
import { parseClockTime, parseDuration, parseValue } from './units';

export interface CompiledRule extends Pick<Rule, 'id' | 'description'> {
  when: Json;
  then: Record<string, Json>;
  say: Record<string, string> | null;
}
/** A policy whose literals are in evaluated form (ms, minutes after midnight, epoch ms): plain JSON Logic from here on. */
export interface CompiledPolicy {
  file: string;
  document: PolicyDocument;
  spec: DecisionPointSpec;
  hash: string;
  params: Record<string, Json>;
  paramSpecs: Record<string, FieldSpec>;
  rules: CompiledRule[];
  otherwise: Record<string, Json> | null;
  onMissing: Record<string, Json>;
  /** Facts that its rule set declares and that it names: what has to be found before it is asked. */
  declared: FactDocument[];
}

/** What a parameter is, from how it is written: "15m" is a duration, "20:00" a clock time. */
export function paramSpec(value: Json): FieldSpec {
  const meaning = 'A parameter of this policy';
  if (typeof value === 'boolean') return { type: 'boolean', meaning, example: value };
  if (typeof value === 'number') return { type: 'number', meaning, example: value };
  if (typeof value === 'string' && parseDuration(value) !== null) return { type: 'duration', meaning, example: value };
  if (typeof value === 'string' && parseClockTime(value) !== null) return { type: 'clockTime', meaning, example: value };
  if (Array.isArray(value)) return { type: 'list', of: 'text', meaning, example: value };
  return { type: 'text', meaning, example: value };
}

/** The spec of a declared name or parameter. */
export function specOf(spec: DecisionPointSpec, params: Record<string, FieldSpec>, name: string): FieldSpec | undefined {
  // Own names only: "constructor" and "toString" are found on every object.
  const [from, key] = name.startsWith('params.') ? [params, name.slice(7)] : [spec.facts, name];
  return Object.hasOwn(from, key) ? from[key] : undefined;
}

const COMPARISONS = ['==', '===', '!=', '!==', '<', '<=', '>', '>=', 'in'];

/** The type that the literals of a comparison take: that of the first fact or parameter they meet. */
export function comparedSpec(operands: readonly Json[], find: (name: string) => FieldSpec | undefined): FieldSpec | undefined {
  for (const operand of operands) {
    if (!isOperation(operand)) continue;
    const { operator, operands: inner } = operationOf(operand);
    if (operator === 'var' && typeof inner[0] === 'string') {
      const found = find(inner[0]);
      if (found) return found;
    }
    const nested = ['+', '-', 'min', 'max', '*', '/', '%', 'if'].includes(operator) ? comparedSpec(inner, find) : undefined;
    if (nested) return nested;
  }
  return undefined;
}

function literal(value: Json, spec: FieldSpec | undefined): Json {
  if (!spec) return value;
  if (Array.isArray(value)) return value.map((v) => literal(v, spec));
  const item = spec.type === 'list' ? { ...spec, type: spec.of ?? 'text' } : spec;
  return parseValue(item as FieldSpec, value) ?? value;
}

export function compileLogic(logic: Json, find: (name: string) => FieldSpec | undefined, expected?: FieldSpec): Json {
  if (!isOperation(logic)) return literal(logic, expected);
  const { operator, operands } = operationOf(logic);
  if (operator === 'var') return { var: operands[0]! };
  if (!Object.hasOwn(OPERATORS, operator)) throw new Error(`"${operator}" is not an operator that rules may use`);
  const compared = COMPARISONS.includes(operator) ? comparedSpec(operands, find) : undefined;
  const inner = compared ?? (['and', 'or', '!', '!!'].includes(operator) ? undefined : expected);
  if (operator === 'some' || operator === 'all' || operator === 'none') {
    const list = comparedSpec([operands[0]!], find);
    const item = list?.type === 'list' ? ({ ...list, type: list.of ?? 'text' } as FieldSpec) : undefined;
    return { [operator]: [compileLogic(operands[0]!, find), compileLogic(operands[1]!, (name) => (name === '' ? item : find(name)))] };
  }
  return { [operator]: operands.map((o) => compileLogic(o, find, inner)) };
}

function compileOutcome(then: Record<string, Json>, spec: DecisionPointSpec, find: (name: string) => FieldSpec | undefined): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(then).map(([field, value]) => {
      const fieldSpec = spec.outcome[field];
      if (isOperation(value) && 'calc' in value) return [field, { calc: compileLogic(value.calc!, find, fieldSpec) }];
      return [field, literal(value, fieldSpec)];
    }),
  );
}

/** `onMissing` is taken when facts are missing, so what it computes can need parameters only, and is known once and for all. */
function settled(outcome: Record<string, Json>, params: Record<string, Json>): Record<string, Json> {
  const data = Object.fromEntries(Object.entries(params).map(([name, value]) => [`params.${name}`, value]));
  return Object.fromEntries(
    Object.entries(outcome).flatMap(([field, value]): [string, Json][] => {
      const computed = isOperation(value) && 'calc' in value ? evaluateLogic(value.calc!, data) : value;
      return computed === UNKNOWN ? [] : [[field, computed]];
    }),
  );
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_k, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v,
  );

/** Whether a piece of logic names something. */
export function names(logic: Json, name: string): boolean {
  if (Array.isArray(logic)) return logic.some((part) => names(part, name));
  return (
    isOperation(logic) &&
    Object.entries(logic).some(([key, part]) => (key === 'var' && (part === name || (Array.isArray(part) && part[0] === name))) || names(part, name))
  );
}

/** The facts of its rule set that the rows of a document name; parameters, examples and properties need none. */
const declaredIn = ({ rules, otherwise }: PolicyDocument, { facts }: DecisionPointSpec): FactDocument[] =>
  Object.entries(facts).flatMap(([name, { declared }]) =>
    declared && names([...rules.map(({ when, then }) => [when, then]), otherwise], name) ? [declared] : [],
  );

/** Compiles a document that has been checked. */
export function compilePolicy(file: string, document: PolicyDocument, spec: DecisionPointSpec): CompiledPolicy {
  const paramSpecs = Object.fromEntries(Object.entries(document.params ?? {}).map(([name, value]) => [name, paramSpec(value)]));
  const find = (name: string): FieldSpec | undefined => specOf(spec, paramSpecs, name);
  const params = Object.fromEntries(Object.entries(document.params ?? {}).map(([name, value]) => [name, literal(value, paramSpecs[name])]));
  return {
    file,
    document,
    spec,
    paramSpecs,
    hash: createHash('sha256').update(canonical(document)).digest('hex'),
    params,
    rules: document.rules.map((rule) => ({
      id: rule.id,
      ...(rule.description ? { description: rule.description } : {}),
      when: compileLogic(rule.when, find),
      then: compileOutcome(rule.then, spec, find),
      say: rule.say ?? null,
    })),
    otherwise: document.otherwise === null ? null : compileOutcome(document.otherwise, spec, find),
    onMissing: settled(compileOutcome(document.onMissing ?? {}, spec, find), params),
    declared: declaredIn(document, spec),
  };
}

/** A value of an example: written out, or computed from parameters under `calc`, so that it moves with them. */
function exampleValue(policy: CompiledPolicy, value: Json, field: FieldSpec | undefined): Json {
  if (!isOperation(value) || value.calc === undefined) return literal(value, field);
  const data = Object.fromEntries(Object.entries(policy.params).map(([name, v]) => [`params.${name}`, v]));
  const computed = evaluateLogic(
    compileLogic(value.calc, (name) => specOf(policy.spec, policy.paramSpecs, name), field),
    data,
  );
  return computed === UNKNOWN ? null : computed;
}

/** Facts as an example writes them, in evaluated form. */
export const compileFacts = (policy: CompiledPolicy, facts: Record<string, Json>): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, value === null ? null : exampleValue(policy, value, policy.spec.facts[name])]),
  );

export const compileExpectation = (policy: CompiledPolicy, expected: Json): Json => {
  if (Array.isArray(expected)) return expected.map((e) => compileExpectation(policy, e));
  if (!isOperation(expected)) return expected;
  return Object.fromEntries(Object.entries(expected).map(([field, value]) => [field, exampleValue(policy, value, policy.spec.outcome[field])]));
};
