import { useEffect, useState } from 'react';

/** Business time less this machine's; an installation's clock may be shifted. */
let shift = 0;
export function noteServerTime(instant: string): void {
  shift = +new Date(instant) - Date.now();
}
export const now = (): Date => new Date(Date.now() + shift);

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The calendar day there, as 2026-12-01. */
export const dayIn = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);

const say = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat('en-GB', options);
  return (instant: string | Date): string => format.format(new Date(instant));
};
export const clock = say({ hour: '2-digit', minute: '2-digit' });
export const clockWithSeconds = say({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
export const dayName = say({ weekday: 'long', day: 'numeric', month: 'long' });
const DATE_AND_CLOCK = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
const dateAndClock = say(DATE_AND_CLOCK);
const zoneShort = say({ timeZoneName: 'short', hour: '2-digit' });

/** Such as "GMT+1": the part of the zone that a reader compares with. */
export const zoneName = (at: string | Date = now()): string => zoneShort(at).replace(/^\d+\s*/, '');

/** Today the clock alone; another day with its date. */
export function moment(instant: string): string {
  const zone = ownZone();
  return dayIn(new Date(instant), zone) === dayIn(now(), zone) ? clock(instant) : dateAndClock(instant);
}
/** With its day, whatever day it is: "Thu, 26 Nov, 10:00". */
export const timeAt = (instant: string): string => dateAndClock(instant);
export const fullMoment = (instant: string): string => `${dateAndClock(instant)} ${zoneName(instant)}`;

const wallDay = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
/** "2027-03-31" as "Wed, 31 Mar 2027": a day of a calendar on a wall, in no zone of the reader's. */
export const dayOnWall = (day: string): string => wallDay.format(new Date(`${day}T12:00:00Z`));
/** "2026-12-07T16:00" as "Mon, 7 Dec 2026, 16:00". */
export const timeOnWall = (wall: string): string => `${dayOnWall(wall.slice(0, 10))}, ${wall.slice(11, 16)}`;

/** What a field for date and time holds, such as 2026-12-07T16:00, on the reader's own clock; and back. */
export function fieldOf(instant: string): string {
  const at = new Date(instant);
  return new Date(+at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
/** An instant as a wall in that zone shows it: 2026-12-07T16:00. */
export const wallIn = (instant: string, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(new Date(instant)).replace(' ', 'T');
export const instantOf = (field: string): string => new Date(field).toISOString();

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const relativeFormat = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
export function relative(instant: string): string {
  const ms = +new Date(instant) - +now();
  for (const [unit, size] of STEPS) if (Math.abs(ms) >= size) return relativeFormat.format(Math.trunc(ms / size), unit);
  return ms < 0 ? 'just now' : 'in less than a minute';
}

/** Has the caller drawn again every so often, so that "in 5 minutes" stays true. */
export function useTick(everyMs = 15_000): void {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => tick((n) => n + 1), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
}

/** An instant on another zone's wall, such as "Thu, 26 Nov, 00:03 GMT+11"; null where the wall shows what the reader's own does. */
export function clockIn(instant: string, timeZone: string): string | null {
  const at = new Date(instant);
  try {
    const there = new Intl.DateTimeFormat('en-GB', { ...DATE_AND_CLOCK, timeZone }).format(at);
    const name = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'short', hour: '2-digit' }).format(at).replace(/^\d+\s*/, '');
    return there === dateAndClock(at) ? null : `${there} ${name}`;
  } catch {
    // A zone that this browser does not know.
    return null;
  }
}

/** Milliseconds as "6.2 seconds", "15 minutes" or "1 day 3 hours". */
export function duration(ms: number): string {
  const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
  const sign = ms < 0 ? '−' : '';
  const abs = Math.abs(ms);
  if (abs < 60_000) return sign + count(Math.round(abs / 100) / 10, 'second');
  const minutes = Math.round(abs / 60_000);
  const parts = [count(Math.floor(minutes / 1440), 'day'), count(Math.floor((minutes % 1440) / 60), 'hour'), count(minutes % 60, 'minute')];
  return sign + parts.filter((part) => !part.startsWith('0 ')).join(' ');
}
