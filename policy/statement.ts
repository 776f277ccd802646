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

/** Lists and texts are not counted; what is declared with a phrase of its own, or counted in a unit, is. */
export const isQuantity = (spec: FieldSpec | undefined): boolean => spec?.said !== undefined || (spec?.type === 'integer' && spec.unit !== undefined);

const singular = (unit: string): string => (unit === 'people' ? 'person' : unit.replace(/s$/, ''));

/** "31 sessions that week", "2 participants without credential", "16 minutes late"; "notice 3 days" where nothing is declared. */
export function quantity(name: string, spec: FieldSpec | undefined, value: Json | undefined): string {
  if (value === undefined || value === null || !isQuantity(spec)) return `${inWords(name)} ${formatValue(spec, value)}`;
  const { said, unit = '', type } = spec!;
  const words = inWords(name);
  const phrase = said ?? (words.split(' ').includes(unit) ? `# ${words}` : words === unit ? `# ${unit}` : `# ${unit} ${words}`);
  const counted = value === 1 ? phrase.replace(`${unit} `, `${singular(unit)} `).replace(new RegExp(`${unit}$`), singular(unit)) : phrase;
  return counted.replace('#', formatValue({ type }, value));
}

/** What something is compared with: "15 minutes (grace)", "30", "booked / cancelled". What is counted has said its unit by then. */
function measure(operand: Json, spec: FieldSpec | undefined, seen: Seen): string {
  const bare = isQuantity(spec) ? { type: spec!.type } : spec;
  const name = nameOf(operand);
  if (name !== undefined && name.startsWith('params.')) return `${formatValue(bare ?? seen.find(name), seen.data[name])} (${inWords(name)})`;
  if (isOperation(operand)) return side(operand, seen);
  return Array.isArray(operand) ? operand.map((v) => formatValue(spec, v)).join(' / ') || 'nothing' : formatValue(bare, operand);
}

function side(operand: Json, seen: Seen): string {
  const name = nameOf(operand);
  if (name === undefined) return isOperation(operand) ? logicInWords(operand) : formatValue(undefined, operand);
  return quantity(name, seen.find(name), seen.data[name]);
}

/** `is` and `is not`: "event is booked, not cancelled". */
function equality(operator: string, operands: [Json, Json], seen: Seen): string {
  const [left, right] = isOperation(operands[0]) ? operands : [operands[1], operands[0]];
  const name = nameOf(left);
  const spec = seen.find(name ?? nameOf(right) ?? '');
  const isEqual = (holdsOf({ [operator]: operands }, seen) === 'true') === ['==', '==='].includes(operator);
  if (name === undefined) return `${side(left, seen)} is ${isEqual ? '' : 'not '}${measure(right, spec, seen)}`;
  const said = isQuantity(spec) ? quantity(name, spec, seen.data[name]) : `${inWords(name)} is ${formatValue(spec, seen.data[name])}`;
  if (isOperation(right)) return `${said}, ${isEqual ? 'as' : 'not'} ${measure(right, spec, seen)}`;
  return isEqual || typeof right === 'boolean' ? said : `${said}, not ${measure(right, spec, seen)}`;
}

/** What is the case when a comparison does not hold. */
const OPPOSITE: Record<string, string> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
/** The same comparison told from its other side. */
const MIRRORED: Record<string, string> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
/** What is measured is told first, whatever side of the condition it stands on. */
const isMeasure = (operand: Json): boolean => !isOperation(operand) || (nameOf(operand) ?? '').startsWith('params.');

function comparison(operator: string, operands: [Json, Json], seen: Seen): string {
  if (['==', '===', '!=', '!=='].includes(operator)) return equality(operator, operands, seen);
  const holds = holdsOf({ [operator]: operands }, seen) === 'true';
  const [left, right] = operands;
  const spec = seen.find(nameOf(left) ?? nameOf(right) ?? '');
  if (operator === 'in')
    return `${isOperation(left) ? side(left, seen) : formatValue(spec, left)} is ${holds ? '' : 'not '}among ${measure(right, spec, seen)}`;
  const isCase = holds ? operator : OPPOSITE[operator]!;
  const [first, than, words] = isMeasure(left) && !isMeasure(right) ? [right, left, MIRRORED[isCase]!] : [left, right, isCase];
  return `${side(first, seen)}, ${COMPARED[words]!.replace(/^is /, '')} ${measure(than, spec, seen)}`;
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
    const spec = seen.find(name);
    return isQuantity(spec) ? quantity(name, spec, seen.data[name]) : `${inWords(name)}: ${formatValue(spec, seen.data[name])}`;
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
