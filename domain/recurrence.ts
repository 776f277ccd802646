import { Temporal } from '@js-temporal/polyfill';
import { RRuleTemporal } from 'rrule-temporal';
import { instantOf } from './time';

/**
 * When a series recurs. The rule is worked out in wall time alone and each wall time is turned into an instant by itself: so 16:00
 * in the anchor zone stays 16:00 whatever its clocks do, and whatever is thought of the zone later.
 */
export interface Recurrence {
  /** An RRULE of RFC 5545 without DTSTART: "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=12". */
  rrule: string;
  /** Wall time of the first occurrence in `zone`: "2026-09-07T16:00". What the rule counts from; it never changes. */
  ruleStart: string;
  zone: string;
  /** How many days later than the rule says the lessons take place, since an edit has moved them; may be negative. */
  dayShift: number;
  /** Clock time of the lessons; the rule's own until an edit moves them. */
  clock: string;
  /** Wall times of the rule that are left out. */
  exdates: readonly string[];
  /** Bounds in wall times of the rule: the first that belongs to the series, and the first that does not any more. */
  from: string | null;
  before: string | null;
}

export interface Occurrence {
  /** The wall time that the rule gives: what an occurrence is known by, however often it moves. */
  original: string;
  /** Wall time of the lesson in the anchor zone. */
  wallTime: string;
  startsAt: Date;
  /** The clock is put forward over that wall time: the lesson starts as much later. */
  shifted: boolean;
}

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
const PARTS: Record<string, RegExp> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d{0,2}$/,
  COUNT: /^[1-9]\d{0,3}$/,
  UNTIL: /^\d{8}(T\d{6}Z?)?$/,
  BYDAY: /^([+-]?[1-5]?(MO|TU|WE|TH|FR|SA|SU))(,[+-]?[1-5]?(MO|TU|WE|TH|FR|SA|SU))*$/,
  BYMONTHDAY: /^-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*$/,
  BYMONTH: /^([1-9]|1[0-2])(,([1-9]|1[0-2]))*$/,
  BYSETPOS: /^-?[1-9]\d?(,-?[1-9]\d?)*$/,
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
};
const INSTEAD: Record<string, string> = {
  BYHOUR: 'the clock time is that of startsAt',
  BYMINUTE: 'the clock time is that of startsAt',
  BYSECOND: 'the clock time is that of startsAt',
  DTSTART: 'give startsAt and anchorZone instead',
  EXDATE: 'give exdates instead',
  RDATE: 'book a lesson that follows no rule by itself',
};

const partsOf = (rrule: string): [string, string][] =>
  rrule.split(';').map((part) => {
    const [name = '', ...rest] = part.split('=');
    return [name, rest.join('=')];
  });

function faultOf(name: string, value: string): string | null {
  const known = PARTS[name];
  if (!known) return `"${name}" is not taken: ${INSTEAD[name] ?? `use ${Object.keys(PARTS).join(', ')}`}`;
  if (name === 'FREQ' && !FREQUENCIES.includes(value)) return `FREQ=${value} is not taken: lessons recur ${FREQUENCIES.join(', ')}`;
  return known.test(value) ? null : `${name}=${value} cannot be read`;
}

/** What is wrong with a rule, in words; null when it is one that we take. */
export function rruleFault(rrule: string): string | null {
  const parts = partsOf(rrule);
  const names = parts.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return `"${twice}" stands twice`;
  if (!names.includes('FREQ')) return 'names no FREQ';
  if (names.includes('COUNT') && names.includes('UNTIL')) return 'names both COUNT and UNTIL';
  for (const [name, value] of parts) {
    const fault = faultOf(name, value);
    if (fault) return fault;
  }
  const freq = parts.find(([name]) => name === 'FREQ')![1];
  const ordinal = /\d/.test(parts.find(([name]) => name === 'BYDAY')?.[1] ?? '');
  return ordinal && !['MONTHLY', 'YEARLY'].includes(freq) ? 'a BYDAY with a number goes with FREQ=MONTHLY or YEARLY' : null;
}

/** UNTIL as wall time: a date means all of that day, and an instant is read in the anchor zone. */
function untilOf(value: string, zone: string): string {
  const [, y, m, d, time, utc] = /^(\d{4})(\d\d)(\d\d)(?:T(\d{6})(Z?))?$/.exec(value)!;
  const clock = time ? `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}` : '23:59:59';
  const wall = `${y}-${m}-${d}T${clock}`;
  if (!utc) return wall;
  return Temporal.Instant.from(`${wall}Z`).toZonedDateTimeISO(zone).toPlainDateTime().toString();
}

const asUtc = (wall: string): Temporal.ZonedDateTime => Temporal.PlainDateTime.from(wall).toZonedDateTime('UTC');
const asWall = (utc: { toPlainDateTime(): { toString(options: { smallestUnit: 'minute' }): string } }): string =>
  utc.toPlainDateTime().toString({ smallestUnit: 'minute' });

/** In UTC no clock ever changes, so the rule's arithmetic is of wall times alone. */
function ruleOf({ rrule, ruleStart, zone }: Recurrence): RRuleTemporal<Temporal.ZonedDateTime> {
  const written = partsOf(rrule).map(([name, value]) =>
    name === 'UNTIL' ? `UNTIL=${untilOf(value, zone).replace(/[-:]/g, '')}Z` : `${name}=${value}`,
  );
  return new RRuleTemporal({ rruleString: `RRULE:${written.join(';')}`, dtstart: asUtc(ruleStart), temporal: Temporal });
}

/** The lesson that belongs to a wall time of the rule. */
export function occurrenceOf(r: Pick<Recurrence, 'zone' | 'dayShift' | 'clock'>, original: string): Occurrence {
  const day = Temporal.PlainDate.from(original.slice(0, 10)).add({ days: r.dayShift });
  const wallTime = `${day.toString()}T${r.clock}`;
  const { ms, shifted } = instantOf(wallTime, r.zone);
  return { original, wallTime, startsAt: new Date(ms), shifted };
}

/** How an occurrence of the rule comes to another wall time, and with it all others. */
export const shiftTo = (original: string, wallTime: string): Pick<Recurrence, 'dayShift' | 'clock'> => ({
  dayShift: Temporal.PlainDate.from(original.slice(0, 10)).until(wallTime.slice(0, 10), { largestUnit: 'days' }).days,
  clock: wallTime.slice(11),
});

/** No rule is followed further than this at once: a yearly one with BYSETPOS may look for long and find nothing. */
const MOST = 1_000;
/** Lessons may lie some days beside what their rule says, so the rule is read a little wider. */
const MARGIN_DAYS = 40;
/** So no edit may take them further; more than a month away is another rule. */
export const MOST_SHIFT_DAYS = 31;

const isLeft = (r: Pick<Recurrence, 'exdates' | 'from' | 'before'>, original: string): boolean =>
  !r.exdates.includes(original) && (r.from === null || original >= r.from) && (r.before === null || original < r.before);

/** Occurrences that start in [from, to), in order of their rule. */
export function occurrencesBetween(r: Recurrence, from: Date, to: Date): Occurrence[] {
  const edge = (at: Date, days: number): Temporal.ZonedDateTime =>
    asUtc(
      Temporal.Instant.fromEpochMilliseconds(+at).toZonedDateTimeISO(r.zone).add({ days }).toPlainDateTime().toString({ smallestUnit: 'minute' }),
    );
  const found = ruleOf(r).between(edge(from, -MARGIN_DAYS), edge(to, MARGIN_DAYS), true);
  return found
    .slice(0, MOST)
    .map(asWall)
    .filter((original) => isLeft(r, original))
    .map((original) => occurrenceOf(r, original))
    .filter((o) => o.startsAt >= from && o.startsAt < to);
}

/** Whether a wall time is one of the rule's, left out or not. */
export const isOfRule = (r: Recurrence, original: string): boolean =>
  ruleOf(r)
    .between(asUtc(original), asUtc(original), true)
    .some((found) => asWall(found) === original);

/** Whether a series has an occurrence at a wall time of its rule: one within its bounds that is not left out. */
export const isWanted = (r: Recurrence, original: string): boolean => isLeft(r, original) && isOfRule(r, original);
