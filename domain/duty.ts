import { dayOf, clockTimeOf } from './time';

/** When somebody is on duty, or is not although another shift says so: each week on a day (1 Monday to 7 Sunday), or once on a date. */
export interface Shift {
  kind: 'on' | 'off';
  weekday: number | null;
  onDate: string | null;
  /** "HH:MM" on the person's own wall; one that ends before it begins ends on the next day, and "24:00" is the end of the day. */
  fromClock: string;
  toClock: string;
}

/** Somebody whom the calendar concerns. */
export interface OnCall {
  zone: string;
  shifts: readonly Shift[];
}

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** By the wall: on a night on which the clock is put forward or back a shift is as much shorter or longer. */
function covers(shift: Shift, instantMs: number, zone: string): boolean {
  const today = dayOf(instantMs, zone);
  const now = clockTimeOf(instantMs, zone);
  const [from, to] = [minutes(shift.fromClock), minutes(shift.toClock)];
  const isOf = (day: typeof today): boolean => (shift.onDate === null ? day.dayOfWeek === shift.weekday : day.toString() === shift.onDate);
  if (from < to) return isOf(today) && from <= now && now < to;
  return (isOf(today) && from <= now) || (isOf(today.subtract({ days: 1 })) && now < to);
}

export const isOnDuty = ({ zone, shifts }: OnCall, instantMs: number): boolean =>
  shifts.some((s) => s.kind === 'on' && covers(s, instantMs, zone)) && !shifts.some((s) => s.kind === 'off' && covers(s, instantMs, zone));

/** Those of a list who are on duty at an instant; all of them when nobody is, so that nothing reaches no one. */
export function onDutyOf<T>(list: readonly T[], call: (item: T) => OnCall | null, at: (item: T) => number): T[] {
  const on = list.filter((item) => {
    const calendar = call(item);
    return calendar === null || isOnDuty(calendar, at(item));
  });
  return on.length > 0 ? on : [...list];
}
