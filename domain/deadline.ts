import type { Temporal } from '@js-temporal/polyfill';
import { dayOf, instantOnWall } from './time';

/** How a deadline is counted from a start; durations in ms, clock times "HH:MM", days of the week 1 (Monday) to 7. */
export type DeadlineBefore =
  | { way: 'lead'; leadMs: number }
  | { way: 'clock'; clock: string; daysBefore: number }
  | { way: 'hours'; hoursMs: number; days: readonly number[]; from: string; to: string }
  | { way: 'dayOfMonth'; day: number; clock: string };

/** On the wall of a zone; where a clock that is put back shows it twice, the later of both: nobody is too late by the first. */
const onWall = (day: Temporal.PlainDate, clock: string, zone: string): number => instantOnWall(day, clock, zone, 'last');

/** So much time before an instant, of which only what lies within business hours counts. Null when a year back does not hold it. */
function hoursBefore(startMs: number, { hoursMs, days, from, to }: Extract<DeadlineBefore, { way: 'hours' }>, zone: string): number | null {
  let left = hoursMs;
  const last = dayOf(startMs, zone);
  for (let back = 0; back <= 366; back++) {
    const day = last.subtract({ days: back });
    if (!days.includes(day.dayOfWeek)) continue;
    const opens = instantOnWall(day, from, zone, 'first');
    const open = Math.min(instantOnWall(day, to, zone, 'first'), startMs) - opens;
    if (open >= left) return opens + open - left;
    left -= Math.max(0, open);
  }
  return null;
}

/** The last such day before the start; 31 is the last day of each month. */
function dayOfMonthBefore(startMs: number, { day, clock }: Extract<DeadlineBefore, { way: 'dayOfMonth' }>, zone: string): number {
  const month = dayOf(startMs, zone).toPlainYearMonth();
  const inMonth = (m: Temporal.PlainYearMonth): number => onWall(m.toPlainDate({ day: Math.min(day, m.daysInMonth) }), clock, zone);
  const now = inMonth(month);
  return now < startMs ? now : inMonth(month.subtract({ months: 1 }));
}

/** The instant of a deadline (epoch ms), as the wall of a zone shows it: right when the clocks change in between. Null where there is none. */
export function deadlineOf(rule: DeadlineBefore, startMs: number, zone: string): number | null {
  switch (rule.way) {
    case 'lead':
      return startMs - rule.leadMs;
    case 'clock':
      return onWall(dayOf(startMs, zone).subtract({ days: rule.daysBefore }), rule.clock, zone);
    case 'hours':
      return hoursBefore(startMs, rule, zone);
    case 'dayOfMonth':
      return dayOfMonthBefore(startMs, rule, zone);
  }
}
