import { Temporal } from '@js-temporal/polyfill';
import { LecternError } from '../domain/errors';

const badZone = (zone: string): LecternError =>
  new LecternError('invalid-request', 'The time zone is not known.', [
    { path: 'zone', message: `"${zone.slice(0, 64)}" is not an IANA time zone such as Europe/Berlin` },
  ]);

/** A calendar day in a zone as instants; 23 or 25 hours long where clocks change. */
export function dayBounds(day: string, zone: string): { from: Date; to: Date } {
  if (/^[+-]/.test(zone)) throw badZone(zone);
  try {
    const date = Temporal.PlainDate.from(day);
    const at = (d: Temporal.PlainDate): Date => new Date(d.toZonedDateTime(zone).epochMilliseconds);
    return { from: at(date), to: at(date.add({ days: 1 })) };
  } catch (error) {
    if (error instanceof RangeError) throw badZone(zone);
    throw error;
  }
}

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
}

// What a slot search offers, not what may be booked: that is the admission policy's to say.
const OPENS = { hour: 8 };
const CLOSES = { hour: 20 };

/** Free starts between 08:00 and 20:00 on the wall clock of `zone`, in order. Wall-clock steps, so that a day with a clock change has its own hours. */
export function* freeSlots({ from, to, lengthMinutes, stepMinutes, zone, busy }: SlotSearch): Generator<Interval & { wallTime: string }> {
  const instant = (d: Date): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(+d).toZonedDateTimeISO(zone);
  const lastDay = instant(to).toPlainDate();
  for (let day = instant(from).toPlainDate(); Temporal.PlainDate.compare(day, lastDay) <= 0; day = day.add({ days: 1 })) {
    const closes = day.toZonedDateTime({ timeZone: zone, plainTime: CLOSES }).epochMilliseconds;
    let start = day.toZonedDateTime({ timeZone: zone, plainTime: OPENS });
    for (; start.epochMilliseconds + lengthMinutes * 60_000 <= closes; start = start.add({ minutes: stepMinutes })) {
      const startsAt = new Date(start.epochMilliseconds);
      const endsAt = new Date(+startsAt + lengthMinutes * 60_000);
      if (startsAt < from || endsAt > to) continue;
      if (busy.some((b) => b.startsAt < endsAt && b.endsAt > startsAt)) continue;
      yield { startsAt, endsAt, wallTime: start.toPlainDateTime().toString({ smallestUnit: 'minute' }) };
    }
  }
}
