import { checkFields, isObject } from '../check-fields';
import type { Json } from '../types';
import { parseClockTime, parseDuration } from '../units';
import { checkOneOf, isWithin, type FactReport } from './report';
import { DAYS, GIVES, ZONES_OF } from './types';

export const DEADLINE_FIELDS = ['gives', 'zone', 'lead', 'clock', 'daysBefore', 'hours', 'open', 'dayOfMonth'];
const HOUR_MS = 3_600_000;
const MOST_LEAD_MS = 366 * 24 * HOUR_MS;
/** Business hours are looked for this far back. */
export const MOST_WEEKS_BACK = 52;

/** The four ways, each with the fields that go with it. */
const WAYS = {
  lead: [],
  hours: ['open', 'zone'],
  dayOfMonth: ['clock', 'zone'],
  clock: ['daysBefore', 'zone'],
} as const;
type Way = keyof typeof WAYS;

function durationAt(value: Json | undefined, path: string, such: string, report: FactReport): number | null {
  const ms = typeof value === 'string' ? parseDuration(value) : null;
  if (ms !== null && ms > 0 && ms <= MOST_LEAD_MS) return ms;
  report('wrong-value', path, `${JSON.stringify(value ?? null)} is no time before a start`, such);
  return null;
}

const clockAt = (value: Json | undefined): number | null => (typeof value === 'string' ? parseClockTime(value) : null);

function checkClock(value: Json | undefined, path: string, report: FactReport): void {
  if (clockAt(value) === null)
    report(value === undefined ? 'missing-field' : 'wrong-value', path, `${JSON.stringify(value ?? null)} is no clock time`, 'such as "11:00"');
}

function checkOpen(open: Json | undefined, hoursMs: number | null, report: FactReport): void {
  const such = '{"days": ["mon", "tue"], "from": "09:00", "to": "17:00"}';
  if (!isObject(open ?? null)) return report('missing-field', '/open', 'business hours lie on days, from when to when', such);
  const { days, from, to } = open as Record<string, Json>;
  checkFields(open as Record<string, Json>, ['days', 'from', 'to'], null, '/open', (code, _rule, at, message, remedy) =>
    report(code, at, message, remedy),
  );
  const list = Array.isArray(days) ? days : [];
  if (list.length === 0 || new Set(list).size !== list.length) report('wrong-shape', '/open/days', 'is a list of days, each once', such);
  const areDays = list.every((day, i) => checkOneOf(day, DAYS, `/open/days/${i}`, 'a day of the week', report));
  checkClock(from, '/open/from', report);
  checkClock(to, '/open/to', report);
  const [begin, end] = [clockAt(from), clockAt(to)];
  if (begin === null || end === null) return;
  if (begin >= end) return report('wrong-value', '/open', 'business hours end after they begin, on the same day', such);
  if (areDays && list.length > 0 && hoursMs !== null && hoursMs / 60_000 > (end - begin) * list.length * MOST_WEEKS_BACK)
    report('wrong-value', '/hours', `so many hours are not in ${MOST_WEEKS_BACK} weeks`, 'write fewer');
}

/** Which way a deadline is counted: exactly one, where `clock` stands by itself or beside a day of the month. */
function wayOf(value: Record<string, Json>, report: FactReport): Way | null {
  const named = (['lead', 'hours', 'dayOfMonth'] as const).filter((w) => value[w] !== undefined);
  if (named.length === 1) return named[0]!;
  if (named.length === 0 && value.clock !== undefined) return 'clock';
  const such = 'one of: lead, clock, hours, dayOfMonth';
  report(named.length === 0 ? 'missing-field' : 'wrong-shape', '', `a deadline is counted in one way, and here are ${named.length}`, such);
  return null;
}

/** What a deadline gives, which way it is counted, and on whose wall. */
export function checkDeadline(value: Record<string, Json>, report: FactReport): void {
  checkOneOf(value.gives, GIVES, '/gives', 'what a deadline gives', report);
  const way = wayOf(value, report);
  if (!way) return;
  const others = ['zone', 'clock', 'daysBefore', 'open'].filter((f) => f !== way && !(WAYS[way] as readonly string[]).includes(f));
  for (const field of others)
    if (value[field] !== undefined) report('unknown-field', `/${field}`, `"${field}" means nothing beside "${way}"`, 'take it out');
  if (way !== 'lead') checkOneOf(value.zone, ZONES_OF, '/zone', 'somebody whose clock it is', report);
  if (way === 'lead') durationAt(value.lead, '/lead', 'such as "24h"', report);
  if (way === 'hours') checkOpen(value.open, durationAt(value.hours, '/hours', 'such as "8h"', report), report);
  if (way === 'clock' || way === 'dayOfMonth') checkClock(value.clock, '/clock', report);
  if (way === 'dayOfMonth' && !isWithin(value.dayOfMonth, 1, 31))
    report('wrong-value', '/dayOfMonth', `${JSON.stringify(value.dayOfMonth)} is no day of a month`, 'from 1 to 31; 31 is the last of each');
  if (value.daysBefore !== undefined && way === 'clock' && !isWithin(value.daysBefore, 0, 366))
    report('wrong-value', '/daysBefore', `${JSON.stringify(value.daysBefore)} is no number of days`, 'from 0, the day of the lesson, to 366');
}
