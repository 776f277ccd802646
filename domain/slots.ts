import { Temporal } from '@js-temporal/polyfill';

export interface Interval {
  startsAt: Date;
  endsAt: Date;
}
export interface SlotSearch {
  from: Date;
  to: Date;
  lengthMinutes: number;
  stepMinutes: number;
  zone: string;
  /** Sorted by start. */
  busy: readonly Interval[];
  /** Clock times on the wall of `zone`, in minutes after midnight: no start before the one, no end after the other. */
  opens: number;
  closes: number;
}

const clock = (minutes: number): Temporal.PlainTime => new Temporal.PlainTime(Math.floor(minutes / 60), minutes % 60);

/** Free starts within the hours of each day on the wall clock of `zone`, in order. Wall-clock steps, so that a day with a clock change has its own hours. */
export function* freeSlots(search: SlotSearch): Generator<Interval & { wallTime: string }> {
  const { from, to, lengthMinutes, stepMinutes, zone, busy } = search;
  const instant = (d: Date): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(+d).toZonedDateTimeISO(zone);
  const lastDay = instant(to).toPlainDate();
  for (let day = instant(from).toPlainDate(); Temporal.PlainDate.compare(day, lastDay) <= 0; day = day.add({ days: 1 })) {
    const closes = day.toZonedDateTime({ timeZone: zone, plainTime: clock(search.closes) }).epochMilliseconds;
    let start = day.toZonedDateTime({ timeZone: zone, plainTime: clock(search.opens) });
    for (; start.epochMilliseconds + lengthMinutes * 60_000 <= closes; start = start.add({ minutes: stepMinutes })) {
      const startsAt = new Date(start.epochMilliseconds);
      const endsAt = new Date(+startsAt + lengthMinutes * 60_000);
      if (startsAt < from || endsAt > to) continue;
      if (busy.some((b) => b.startsAt < endsAt && b.endsAt > startsAt)) continue;
      yield { startsAt, endsAt, wallTime: start.toPlainDateTime().toString({ smallestUnit: 'minute' }) };
    }
  }
}
