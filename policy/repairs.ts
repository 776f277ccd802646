import { evaluateLogic, isOperation, isTruthy, operationOf, UNKNOWN } from './logic';
import { isQuantity, quantity } from './statement';
import type { FieldSpec, Json } from './types';
import { formatValue, inWords } from './units';

/** Facts that would have to be others, by how much earlier or later it would have to be asked, and both in words. */
export interface Change {
  facts: Record<string, Json>;
  shiftMs: number;
  words: { text: string; isTime: boolean }[];
}
export interface RepairScope {
  data: Record<string, Json | undefined>;
  find: (name: string) => FieldSpec | undefined;
}

const NOTHING: Change = { facts: {}, shiftMs: 0, words: [] };
const MOST = 60;

/** Both at once; null when they contradict each other. Of two moments the one farther away holds for both. */
export function merged(a: Change, b: Change): Change | null {
  for (const [name, value] of Object.entries(b.facts)) if (Object.hasOwn(a.facts, name) && a.facts[name] !== value) return null;
  if (a.shiftMs * b.shiftMs < 0) return null;
  const shiftMs = Math.abs(a.shiftMs) >= Math.abs(b.shiftMs) ? a.shiftMs : b.shiftMs;
  const words = [...a.words, ...b.words.filter((w) => !a.words.some((known) => known.text === w.text))];
  return { facts: { ...a.facts, ...b.facts }, shiftMs, words };
}

const all = (lists: Change[][]): Change[] =>
  lists.reduce<Change[]>((ways, list) => ways.flatMap((way) => list.flatMap((other) => merged(way, other) ?? [])).slice(0, MOST), [NOTHING]);

const OPPOSITE: Record<string, string> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '===': '!=', '!=': '==', '!==': '==' };
const MIRRORED: Record<string, string> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const SAID: Record<string, string> = { '<': 'less than', '<=': 'at most', '>': 'more than', '>=': 'at least' };

const factOf = (logic: Json, { find }: RepairScope): string | null => {
  const name = isOperation(logic) && 'var' in logic ? operationOf(logic).operands[0] : undefined;
  return typeof name === 'string' && !name.startsWith('params.') && find(name) !== undefined ? name : null;
};

/** The smallest step past a limit: a second of a duration or an instant, one of everything else that is whole. */
const stepOf = ({ type }: FieldSpec): number => (type === 'duration' || type === 'instant' ? 1_000 : type === 'number' ? 0.01 : 1);

/** "at least 25 minutes left of the lesson", "less than 3 strikes this term", "provider says: absent". */
function said(name: string, spec: FieldSpec, value: Json, how = ''): string {
  const start = how === '' ? '' : `${how} `;
  if (isQuantity(spec)) return `${start}${quantity(name, spec, value)}`;
  return how === '' ? `${inWords(name)}: ${formatValue(spec, value)}` : `${inWords(name)} ${start}${formatValue(spec, value)}`;
}

/** One fact that has another value; where time alone gives it that value, another time. */
function put(name: string, value: Json, text: string, { data, find }: RepairScope): Change {
  const { runs } = find(name)!;
  const was = data[name];
  if (runs === undefined || typeof was !== 'number' || typeof value !== 'number')
    return { facts: { [name]: value }, shiftMs: 0, words: [{ text, isTime: false }] };
  return { facts: {}, shiftMs: runs === 'up' ? value - was : was - value, words: [{ text, isTime: true }] };
}

/** What a fact would have to be for `fact <operator> limit`. */
function compared(name: string, operator: string, limit: Json, scope: RepairScope): Change[] {
  const spec = scope.find(name)!;
  if (operator === '==') return [put(name, limit, said(name, spec, limit), scope)];
  if (operator === '!=' && typeof limit === 'number')
    return [...compared(name, '>', limit, scope), ...(limit > 0 ? compared(name, '<', limit, scope) : [])];
  if (operator === '!=') {
    const others: Json[] = typeof limit === 'boolean' ? [!limit] : (spec.values ?? []).filter((v) => v !== limit).slice(0, 8);
    return others.map((value) => put(name, value, said(name, spec, value), scope));
  }
  if (typeof limit !== 'number') return [];
  const step = stepOf(spec);
  const value = operator === '<' ? limit - step : operator === '>' ? limit + step : limit;
  return [put(name, value, said(name, spec, limit, SAID[operator]!), scope)];
}

function comparison(operator: string, [left, right]: Json[], want: boolean, scope: RepairScope): Change[] {
  const isCase = want ? operator.slice(0, 2) : OPPOSITE[operator]!;
  const sides: [Json, Json, string][] = [
    [left!, right!, isCase],
    [right!, left!, MIRRORED[isCase] ?? isCase],
  ];
  return sides.flatMap(([fact, other, how]) => {
    const name = factOf(fact, scope);
    const limit = name === null ? UNKNOWN : evaluateLogic(other, scope.data);
    return name === null || limit === UNKNOWN ? [] : compared(name, how, limit, scope);
  });
}

function membership([item, list]: Json[], want: boolean, scope: RepairScope): Change[] {
  const name = factOf(item!, scope);
  const values = evaluateLogic(list!, scope.data);
  if (name === null || !Array.isArray(values)) return [];
  const spec = scope.find(name)!;
  const others = want ? values : (spec.values ?? []).filter((v) => !values.includes(v));
  return others.slice(0, 8).map((value) => put(name, value, said(name, spec, value), scope));
}

/**
 * Ways to make a condition come out as wanted, each a few facts that are others: nothing where it does already, none where the
 * condition cannot be turned around (a computation, a list). Whether a way holds is for whoever asks to try.
 */
export function repairs(logic: Json, want: boolean, scope: RepairScope): Change[] {
  const answer = evaluateLogic(logic, scope.data);
  if (answer !== UNKNOWN && isTruthy(answer) === want) return [NOTHING];
  if (!isOperation(logic)) return [];
  const { operator, operands } = operationOf(logic);
  if (operator === 'and' || operator === 'or') {
    const lists = operands.map((operand) => repairs(operand, want, scope));
    return (operator === 'and') === want ? all(lists) : lists.flat().slice(0, MOST);
  }
  if (operator === '!') return repairs(operands[0]!, !want, scope);
  if (operator === '!!') return repairs(operands[0]!, want, scope);
  if (operator === 'in') return membership(operands, want, scope);
  if (OPPOSITE[operator] && operands.length === 2)
    return comparison(operator === '===' ? '==' : operator === '!==' ? '!=' : operator, operands, want, scope);
  const name = factOf(logic, scope);
  if (name === null || scope.find(name)!.type !== 'boolean') return [];
  return [put(name, want, `${inWords(name)}: ${formatValue(scope.find(name), want)}`, scope)];
}
