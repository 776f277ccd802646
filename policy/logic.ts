import jsonLogic from 'json-logic-js';
import type { Json } from './types';

/** The operators that a rule may use, with how many operands they take. `calc` ones stand only under `calc`. */
export const OPERATORS: Record<string, { least: number; most: number; calc?: true }> = {
  var: { least: 1, most: 1 },
  and: { least: 1, most: 50 },
  or: { least: 1, most: 50 },
  '!': { least: 1, most: 1 },
  '!!': { least: 1, most: 1 },
  if: { least: 2, most: 21 },
  '==': { least: 2, most: 2 },
  '===': { least: 2, most: 2 },
  '!=': { least: 2, most: 2 },
  '!==': { least: 2, most: 2 },
  '<': { least: 2, most: 3 },
  '<=': { least: 2, most: 3 },
  '>': { least: 2, most: 2 },
  '>=': { least: 2, most: 2 },
  in: { least: 2, most: 2 },
  some: { least: 2, most: 2 },
  all: { least: 2, most: 2 },
  none: { least: 2, most: 2 },
  '+': { least: 1, most: 10, calc: true },
  '-': { least: 1, most: 2, calc: true },
  '*': { least: 2, most: 10, calc: true },
  '/': { least: 2, most: 2, calc: true },
  '%': { least: 2, most: 2, calc: true },
  min: { least: 1, most: 10, calc: true },
  max: { least: 1, most: 10, calc: true },
};

export const isOperation = (logic: Json | undefined): logic is { [key: string]: Json } =>
  logic !== null && logic !== undefined && typeof logic === 'object' && !Array.isArray(logic);

/** The operator and operands of an operation; one operand may stand without brackets. */
export function operationOf(logic: { [key: string]: Json }): { operator: string; operands: Json[] } {
  const [operator] = Object.keys(logic);
  const value = logic[operator!]!;
  return { operator: operator!, operands: Array.isArray(value) ? value : [value] };
}

/** Conditions are evaluated again and again, so each operation is taken apart once. */
const takenApart = new WeakMap<object, { operator: string; operands: Json[] }>();
function knownOperation(logic: { [key: string]: Json }): { operator: string; operands: Json[] } {
  let known = takenApart.get(logic);
  if (!known) takenApart.set(logic, (known = operationOf(logic)));
  return known;
}

/** The answer of a condition about a fact that is missing. */
export const UNKNOWN = Symbol('unknown');
export type Answer = Json | typeof UNKNOWN;

export const isTruthy = (value: Json): boolean => Boolean(jsonLogic.truthy(value));

/** Reads a declared name from plain data; own properties only, so that no prototype is reached. */
function readVar(name: Json, data: Record<string, Json | undefined>, missing: Set<string>): Answer {
  const value = typeof name === 'string' && Object.hasOwn(data, name) ? data[name] : undefined;
  if (value !== undefined && value !== null && !Number.isNaN(value)) return value;
  // Inside a list the empty name is the item, which may be missing itself.
  if (name === '' && !Object.hasOwn(data, '')) return data as Json;
  missing.add(String(name));
  return UNKNOWN;
}

/**
 * Evaluates JSON Logic three-valued: only the connectives and `var` are ours, everything else is json-logic-js on operands that
 * are known. A missing fact makes what needs it unknown; `and`, `or` and `if` short-circuit, so that one that does not matter does not.
 */
export function evaluateLogic(logic: Json, data: Record<string, Json | undefined>, missing: Set<string> = new Set()): Answer {
  if (Array.isArray(logic)) {
    if (!logic.some((item) => typeof item === 'object')) return logic;
    const items = logic.map((item) => evaluateLogic(item, data, missing));
    return items.includes(UNKNOWN) ? UNKNOWN : (items as Json[]);
  }
  if (!isOperation(logic)) return logic;
  const { operator, operands } = knownOperation(logic);
  switch (operator) {
    case 'var':
      return readVar(operands[0]!, data, missing);
    case 'and':
      return connective(operands, data, missing, false);
    case 'or':
      return connective(operands, data, missing, true);
    case 'if':
      return conditional(operands, data, missing);
    case '!':
    case '!!':
      return negation(operator, operands[0]!, data, missing);
    case 'some':
    case 'all':
    case 'none':
      return overList(operator, operands, data, missing);
    default: {
      // The check refuses the rest; this holds for logic that never went through it.
      if (!Object.hasOwn(OPERATORS, operator)) throw new Error(`"${operator}" is not an operator that rules may use`);
      const values = operands.map((o) => evaluateLogic(o, data, missing));
      if (values.includes(UNKNOWN)) return UNKNOWN;
      const plain = values.length === 2 ? plainly(operator, values[0]!, values[1]!) : undefined;
      if (plain !== undefined) return plain;
      // Operands are handed over as data, so that a fact that looks like logic is never run as such.
      return jsonLogic.apply({ [operator]: values.map((_, i) => ({ var: String(i) })) } as never, values) as Json;
    }
  }
}

/**
 * What json-logic-js answers for two plain values of one type, or for one and a list, without the way through it; undefined for all
 * else. A back-test compares hundreds of values for each of a hundred thousand decisions.
 */
export function plainly(operator: string, a: Answer, b: Answer): boolean | undefined {
  if (operator === 'in') return typeof a !== 'object' && Array.isArray(b) ? b.includes(a as Json) : undefined;
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string' && typeof a !== 'boolean')) return undefined;
  const [left, right] = [a, b as typeof a];
  switch (operator) {
    case '==':
    case '===':
      return left === right;
    case '!=':
    case '!==':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return undefined;
  }
}

/** `and` ends at the first false, `or` at the first true; an unknown on the way stays unless that decides. */
function connective(operands: Json[], data: Record<string, Json | undefined>, missing: Set<string>, decides: boolean): Answer {
  let last: Answer = !decides;
  let isUnknown = false;
  const seen = new Set<string>();
  for (const operand of operands) {
    const answer = evaluateLogic(operand, data, seen);
    if (answer === UNKNOWN) isUnknown = true;
    else if (isTruthy(answer) === decides) return answer;
    else last = answer;
  }
  if (!isUnknown) return last;
  for (const name of seen) missing.add(name);
  return UNKNOWN;
}

function conditional(operands: Json[], data: Record<string, Json | undefined>, missing: Set<string>): Answer {
  for (let i = 0; i + 1 < operands.length; i += 2) {
    const test = evaluateLogic(operands[i]!, data, missing);
    if (test === UNKNOWN) return UNKNOWN;
    if (isTruthy(test)) return evaluateLogic(operands[i + 1]!, data, missing);
  }
  return operands.length % 2 === 1 ? evaluateLogic(operands.at(-1)!, data, missing) : null;
}

function negation(operator: string, operand: Json, data: Record<string, Json | undefined>, missing: Set<string>): Answer {
  const answer = evaluateLogic(operand, data, missing);
  return answer === UNKNOWN ? UNKNOWN : isTruthy(answer) === (operator === '!!');
}

function overList(operator: string, [list, test]: Json[], data: Record<string, Json | undefined>, missing: Set<string>): Answer {
  const items = evaluateLogic(list!, data, missing);
  if (items === UNKNOWN) return UNKNOWN;
  if (!Array.isArray(items) || items.length === 0) return operator === 'none';
  const seen = new Set<string>();
  const answers = items.map((item) => evaluateLogic(test!, isOperation(item) ? item : { '': item }, seen));
  const isTrue = (a: Answer): boolean => a !== UNKNOWN && isTruthy(a);
  const isFalse = (a: Answer): boolean => a !== UNKNOWN && !isTruthy(a);
  if (operator === 'all' ? answers.some(isFalse) : answers.some(isTrue)) return operator === 'some';
  if (answers.includes(UNKNOWN)) {
    // An item has no name of its own: what is missing is the list's.
    const name = isOperation(list!) ? operationOf(list).operands[0] : undefined;
    for (const each of seen) missing.add(each === '' && typeof name === 'string' ? name : each);
    return UNKNOWN;
  }
  return operator !== 'some';
}
