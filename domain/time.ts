import { Temporal } from '@js-temporal/polyfill';

/**
 * The one place of zone arithmetic. Workflows never import it: an answer depends on Node's tzdata, and an upgrade could break a
 * replay. Instants are epoch ms, zones IANA names, wall times "YYYY-MM-DDTHH:MM", clock times "HH:MM".
 */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}

const at = (instantMs: number, zone: string): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone);

export const wallTimeOf = (instantMs: number, zone: string): string => at(instantMs, zone).toPlainDateTime().toString({ smallestUnit: 'minute' });

/** Minutes after midnight on the wall of a zone. */
export function clockTimeOf(instantMs: number, zone: string): number {
  const { hour, minute } = at(instantMs, zone);
  return hour * 60 + minute;
}

/**
 * The instant of a wall time. In a DST gap it is the later reading (the clock is put forward); in an overlap the first of two.
 * `shifted` says that the wall time does not exist that day.
 */
export function instantOf(wallTime: string, zone: string): { ms: number; shifted: boolean } {
  const plain = Temporal.PlainDateTime.from(wallTime);
  const zoned = plain.toZonedDateTime(zone, { disambiguation: 'compatible' });
  return { ms: zoned.epochMilliseconds, shifted: !zoned.toPlainDateTime().equals(plain) };
}

/** What the walls of the world show, by one version of the rules; tests put a law that is not passed yet in their place. */
export interface ZoneRules {
  wallTimeOf: typeof wallTimeOf;
  instantOf: typeof instantOf;
}
export const RULES_IN_FORCE: ZoneRules = { wallTimeOf, instantOf };

export const dayOf = (instantMs: number, zone: string): Temporal.PlainDate => at(instantMs, zone).toPlainDate();

export const businessDate = (instantMs: number, zone: string): string => dayOf(instantMs, zone).toString();

/** The week of a zone that an instant falls into, Monday to Sunday: "2026-W48". */
export function weekOf(instantMs: number, zone: string): string {
  const { yearOfWeek, weekOfYear } = dayOf(instantMs, zone);
  return `${yearOfWeek}-W${weekOfYear}`;
}

/**
 * The instant at which the wall of a zone first shows a time of a day (or is past it): a clock that is put forward over it shows
 * it at the jump. `last` asks for the later of two readings when the clock is put back over it.
 */
export function instantOnWall(day: Temporal.PlainDate, clock: string, zone: string, which: 'first' | 'last'): number {
  const plain = day.toPlainDateTime(Temporal.PlainTime.from(clock));
  const before = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (before.toPlainDateTime().equals(plain))
    return (which === 'first' ? before : plain.toZonedDateTime(zone, { disambiguation: 'later' })).epochMilliseconds;
  return before.getTimeZoneTransition('next')!.epochMilliseconds;
}

interface Wall {
  date: Intl.DateTimeFormat;
  time: Intl.DateTimeFormat;
  clock: Intl.DateTimeFormat;
}
const MOST_WALLS = 500;
const walls = new Map<string, Wall>();

function wallFor(zone: string, locale: string): Wall {
  const key = `${zone} ${locale}`;
  const clock = { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const wall = walls.get(key) ?? {
    date: new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: 'long', day: 'numeric', month: 'long' }),
    time: new Intl.DateTimeFormat(locale, { ...clock, timeZoneName: 'short' }),
    clock: new Intl.DateTimeFormat(locale, clock),
  };
  // Making a format costs more than a thousand uses of it.
  if (walls.size < MOST_WALLS) walls.set(key, wall);
  return wall;
}

/** The time as its reader knows it: weekday, date, clock time and the zone it is in, in the reader's language. */
export function timeForReader(instantMs: number, zone: string, locale: string): string {
  const { date, time } = wallFor(zone, locale);
  return `${date.format(instantMs)}, ${time.format(instantMs)} (${zone})`;
}

/** Its two parts, for a list whose zone is said once: weekday and date; and clock time. */
export const dayForReader = (instantMs: number, zone: string, locale: string): string => wallFor(zone, locale).date.format(instantMs);
export const clockForReader = (instantMs: number, zone: string, locale: string): string => wallFor(zone, locale).clock.format(instantMs);

/** The version of the time zone data that rendered a time; kept with each message. */
export const tzdataVersion = (): string => process.versions.tz ?? 'unknown';

/** Longer than any lesson; how long one may be is the admission policy's to say. */
export const LONGEST_LESSON_MS = 24 * 3_600_000;
