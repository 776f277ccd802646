import { Temporal } from '@js-temporal/polyfill';
import { dayOf, instantOnWall } from './time';

/** Whole days of a zone, the first and the last of them: "2026-12-21". */
export interface Days {
  fromDay: string;
  toDay: string;
}

const beginningOf = (day: Temporal.PlainDate, zone: string): Date => new Date(instantOnWall(day, '00:00', zone, 'first'));

/** From the beginning of the first day to the end of the last: 23 or 25 hours where the clocks change. */
export function instantsOfDays({ fromDay, toDay }: Days, zone: string): { startsAt: Date; endsAt: Date } {
  return {
    startsAt: beginningOf(Temporal.PlainDate.from(fromDay), zone),
    endsAt: beginningOf(Temporal.PlainDate.from(toDay).add({ days: 1 }), zone),
  };
}

/** The whole days that a time is in a zone; null when it begins or ends within one. */
export function daysBetween(startsAt: Date, endsAt: Date, zone: string): Days | null {
  const days = { fromDay: dayOf(+startsAt, zone).toString(), toDay: dayOf(+endsAt - 1, zone).toString() };
  const whole = instantsOfDays(days, zone);
  return +whole.startsAt === +startsAt && +whole.endsAt === +endsAt ? days : null;
}
