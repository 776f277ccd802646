import { evaluateLogic, isOperation, isTruthy, operationOf, UNKNOWN } from './logic';
import type { FieldSpec, Json } from './types';
import { formatValue, inWords } from './units';
import { COMPARED, logicInWords } from './words';

export type Holds = 'true' | 'false' | 'unknown';
export interface Seen {
  data: Record<string, Json | undefined>;
  find: (name: string) => FieldSpec | undefined;
}

export function holdsOf(logic: Json, { data }: Seen): Holds {
  const answer = evaluateLogic(logic, data);
  return answer === UNKNOWN ? 'unknown' : isTruthy(answer) ? 'true' : 'false';
}

const nameOf = (logic: Json | undefined): string | undefined =>
  isOperation(logic) && 'var' in logic ? String(operationOf(logic).operands[0]) : undefined;

/** A value in words; the unit is left out where the name says it ("students 2"). */
function valueOf(spec: FieldSpec | undefined, value: Json | undefined, name = ''): string {
  const says = spec?.unit !== undefined && inWords(name).split(' ').includes(spec.unit);
  return formatValue(says ? { type: spec.type } : spec, value);
}

/** What an operand is: "late by 16 minutes", "grace 15 minutes", or the value that is written there. */
function side(operand: Json, spec: FieldSpec | undefined, seen: Seen): string {
  const name = nameOf(operand);
  if (name !== undefined) return `${inWords(name)} ${valueOf(seen.find(name), seen.data[name], name)}`;
  if (isOperation(operand)) return logicInWords(operand);
  return Array.isArray(operand) ? operand.map((v) => formatValue(spec, v)).join(' / ') || 'nothing' : formatValue(spec, operand);
}

/** `is` and `is not`: "event is booked, not cancelled". */
function equality(operator: string, operands: [Json, Json], seen: Seen): string {
  const [left, right] = isOperation(operands[0]) ? operands : [operands[1], operands[0]];
  const [name, other] = [nameOf(left), nameOf(right)];
  const spec = seen.find(name ?? other ?? '');
  const isEqual = (holdsOf({ [operator]: operands }, seen) === 'true') === ['==', '==='].includes(operator);
  if (name === undefined || isOperation(right)) return `${side(left, spec, seen)} is ${isEqual ? '' : 'not '}${side(right, spec, seen)}`;
  const said = `${inWords(name)} is ${valueOf(spec, seen.data[name], name)}`;
  return isEqual || typeof right === 'boolean' ? said : `${said}, not ${formatValue(spec, right)}`;
}

/** What is the case when a comparison does not hold. */
const OPPOSITE: Record<string, string> = {
  '<': COMPARED['>=']!,
  '<=': COMPARED['>']!,
  '>': COMPARED['<=']!,
  '>=': COMPARED['<']!,
  in: 'is not among',
};

function comparison(operator: string, operands: [Json, Json], seen: Seen): string {
  if (['==', '===', '!=', '!=='].includes(operator)) return equality(operator, operands, seen);
  const [left, right] = operands;
  const spec = seen.find(nameOf(left) ?? nameOf(right) ?? '');
  const words = holdsOf({ [operator]: operands }, seen) === 'true' ? COMPARED[operator] : OPPOSITE[operator];
  return `${side(left, spec, seen)} ${words} ${side(right, spec, seen)}`;
}

/** Names of the facts that would have to be known. */
function missingIn(logic: Json, seen: Seen): string[] {
  const missing = new Set<string>();
  evaluateLogic(logic, seen.data, missing);
  return [...missing];
}

/**
 * What is the case, with the values that a condition saw: a sentence that is true as it stands, whether the condition held or
 * not. Of one that did not hold it says what spoke against it, of one that is unknown what was not known.
 */
export function statement(logic: Json, seen: Seen): string {
  const holds = holdsOf(logic, seen);
  if (holds === 'unknown')
    return missingIn(logic, seen)
      .map((name) => `${inWords(name)} is not known`)
      .join(' and ');
  if (!isOperation(logic)) return logic === true ? 'always' : formatValue(undefined, logic);
  const { operator, operands } = operationOf(logic);
  if (operator === 'var') {
    const name = String(operands[0]);
    return `${inWords(name)}: ${valueOf(seen.find(name), seen.data[name], name)}`;
  }
  if (operator === '!' || operator === '!!') return statement(operands[0]!, seen);
  if (operator === 'and' || operator === 'or') {
    const telling = operands.filter((o) => holdsOf(o, seen) === holds);
    // One is enough for a true `or` and for a false `and`, but each that there is says something.
    return telling.map((o) => statement(o, seen)).join(' and ');
  }
  if (COMPARED[operator] && operands.length === 2) return comparison(operator, operands as [Json, Json], seen);
  return holds === 'true' ? logicInWords(logic) : `not: ${logicInWords(logic)}`;
}
