import { checkFields, isObject } from '../check-fields';
import type { Json } from '../types';
import { parseDuration, parseValue } from '../units';
import { checkOneOf, isText, type FactReport } from './report';
import { COUNTED_OF, HAPPENINGS, NAMED_WINDOWS, STATUSES_OF_CHANGE, type Happening } from './types';

export const COUNTER_FIELDS = ['count', 'of', 'window', 'yearFrom', 'where'];
const LABELS = ['subject', 'programme', 'branch'];
const DAY_MS = 86_400_000;
const MOST_DAYS = 3_660;

/** How many days back a window goes; null where it is a term or a school year, or nothing of these. */
export function daysOf(window: string): number | null {
  const ms = parseDuration(window);
  return ms !== null && /d$/.test(window) ? ms / DAY_MS : null;
}

function checkWindow({ window, yearFrom }: Record<string, Json>, report: FactReport): void {
  const days = typeof window === 'string' ? daysOf(window) : null;
  const isNamed = (NAMED_WINDOWS as readonly Json[]).includes(window!);
  if (!isNamed && (days === null || days < 1 || days > MOST_DAYS))
    report(
      window === undefined ? 'missing-field' : 'wrong-value',
      '/window',
      `${JSON.stringify(window ?? null)} is no time in which something is counted`,
      `one of: ${NAMED_WINDOWS.join(', ')}, or days back such as "90d"`,
    );
  if (window !== 'schoolYear') {
    if (yearFrom !== undefined)
      report('unknown-field', '/yearFrom', 'only a school year begins on a day', 'take it out, or write "window": "schoolYear"');
    return;
  }
  const [, month, day] = /^(\d\d)-(\d\d)$/.exec(String(yearFrom)) ?? [];
  // A day that is in every year.
  const isDay = month !== undefined && new Date(Date.UTC(2023, Number(month) - 1, Number(day))).toISOString().slice(5, 10) === yearFrom;
  if (!isDay)
    report(
      yearFrom === undefined ? 'missing-field' : 'wrong-value',
      '/yearFrom',
      `${JSON.stringify(yearFrom ?? null)} is no day on which a school year begins`,
      'month and day, such as "09-01"',
    );
}

/** A range of values of one kind; both ends belong to it. */
function checkRange(value: Json, path: string, { parse, such }: { parse: (v: Json) => number | null; such: string }, report: FactReport): void {
  if (!isObject(value) || Object.keys(value).length === 0) return report('wrong-shape', path, 'is from where to where', such);
  checkFields(value, ['from', 'to'], null, path, (code, _rule, at, message, suggestion) => report(code, at, message, suggestion));
  const ends = ['from', 'to'].map((end) => {
    if (value[end] === undefined) return null;
    const parsed = parse(value[end]);
    if (parsed === null) report('wrong-value', `${path}/${end}`, `${JSON.stringify(value[end])} cannot be compared with here`, such);
    return parsed;
  });
  if (ends[0] != null && ends[1] != null && ends[0] > ends[1]) report('wrong-value', path, 'nothing lies between these', such);
}

const RANGES = {
  share: {
    parse: (v: Json): number | null => (parseValue({ type: 'percent' }, v) as number | undefined) ?? null,
    such: 'such as {"from": 1}, a percentage',
  },
  notice: { parse: (v: Json): number | null => (typeof v === 'string' ? parseDuration(v) : null), such: 'such as {"to": "24h"}' },
};

function checkStatus(value: Json, report: FactReport): void {
  if (!Array.isArray(value) || value.length === 0)
    return report('wrong-shape', '/where/status', 'is a list of where the session stood', `some of: ${STATUSES_OF_CHANGE.join(', ')}`);
  value.forEach((status, i) => checkOneOf(status, STATUSES_OF_CHANGE, `/where/status/${i}`, 'where a session stands when it is changed', report));
}

function checkWhere(where: Json, happening: Happening | null, report: FactReport): void {
  if (!isObject(where) || Object.keys(where).length === 0)
    return report('wrong-shape', '/where', 'says which of them are counted', 'leave it out to count each');
  const filters: readonly string[] = happening ? HAPPENINGS[happening].filters : ['share', 'notice', 'status'];
  checkFields(where, [...LABELS, 'trial', ...filters], null, '/where', (code, _rule, at, message, suggestion) =>
    report(code, at, happening ? `${message}, of what is counted` : message, suggestion),
  );
  for (const label of LABELS)
    if (where[label] !== undefined && !isText(where[label], 200))
      report('wrong-value', `/where/${label}`, `${JSON.stringify(where[label])} is not a label`, 'write a text');
  if (where.trial !== undefined && typeof where.trial !== 'boolean') report('wrong-value', '/where/trial', 'is true or false', 'false');
  for (const name of ['share', 'notice'] as const)
    if (where[name] !== undefined && filters.includes(name)) checkRange(where[name], `/where/${name}`, RANGES[name], report);
  if (where.status !== undefined && filters.includes('status')) checkStatus(where.status, report);
}

/** What a counter counts, whose, from when, and which of it. */
export function checkCounter(value: Record<string, Json>, report: FactReport): void {
  const isKnown = checkOneOf(value.count, Object.keys(HAPPENINGS), '/count', 'something that can be counted', report);
  const isWhose = checkOneOf(value.of, COUNTED_OF, '/of', 'somebody whose it can be', report);
  if (isKnown && isWhose && value.count === 'given-up' && value.of !== 'instructor')
    report('wrong-value', '/of', 'only an instructor has lessons given to somebody else', 'instructor');
  if (isKnown && isWhose && (value.count === 'strike' || value.count === 'charge') && value.of === 'instructor')
    report('wrong-value', '/of', `no instructor has a ${value.count}`, 'student');
  checkWindow(value, report);
  if (value.where !== undefined) checkWhere(value.where, isKnown ? (value.count as Happening) : null, report);
}
