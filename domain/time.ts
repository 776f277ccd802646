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

export const businessDate = (instantMs: number, zone: string): string => at(instantMs, zone).toPlainDate().toString();

/** The time as its reader knows it: weekday, date, clock time and the zone it is in, in the reader's language. */
export function timeForReader(instantMs: number, zone: string, locale: string): string {
  const date = new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: 'long', day: 'numeric', month: 'long' }).format(instantMs);
  const time = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(instantMs);
  return `${date}, ${time} (${zone})`;
}

export interface QuietHours {
  from: string;
  to: string;
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/** Whether an instant lies in somebody's quiet hours; they may span midnight. */
export function isQuiet(instantMs: number, zone: string, quiet: QuietHours | null): boolean {
  if (!quiet) return false;
  const [now, from, to] = [clockTimeOf(instantMs, zone), minutesOf(quiet.from), minutesOf(quiet.to)];
  if (from === to) return false;
  return from < to ? now >= from && now < to : now >= from || now < to;
}

/** The end of the quiet hours around an instant: the earliest instant from it on at which the person may be reached. */
export function afterQuietHours(instantMs: number, zone: string, quiet: QuietHours | null): number {
  if (!quiet || !isQuiet(instantMs, zone, quiet)) return instantMs;
  return boundary(instantMs, zone, quiet.to, 'next');
}

/** The start of the quiet hours around an instant: the last instant before it at which the person may be reached. */
export function beforeQuietHours(instantMs: number, zone: string, quiet: QuietHours | null): number {
  if (!quiet || !isQuiet(instantMs, zone, quiet)) return instantMs;
  return boundary(instantMs, zone, quiet.from, 'previous') - 60_000;
}

function boundary(instantMs: number, zone: string, clock: string, which: 'next' | 'previous'): number {
  const day = at(instantMs, zone).toPlainDate();
  const on = (shift: number): number => day.add({ days: shift }).toZonedDateTime({ timeZone: zone, plainTime: clock }).epochMilliseconds;
  if (which === 'next') return on(0) >= instantMs ? on(0) : on(1);
  return on(0) <= instantMs ? on(0) : on(-1);
}

/** The version of the time zone data that rendered a time; kept with each message. */
export const tzdataVersion = (): string => process.versions.tz ?? 'unknown';
