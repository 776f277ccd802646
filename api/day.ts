import { Temporal } from '@js-temporal/polyfill';
import { LecternError } from '../domain/errors';
import { freeSlots as slotsWithin, type SlotSearch } from '../domain/slots';

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

// What a slot search offers, not what may be booked: that is the admission policy's to say.
const OPENS = 8 * 60;
const CLOSES = 20 * 60;

/** Free starts between 08:00 and 20:00 on the wall clock of `zone`, in order. */
export const freeSlots = (search: Omit<SlotSearch, 'opens' | 'closes'>): ReturnType<typeof slotsWithin> =>
  slotsWithin({ ...search, opens: OPENS, closes: CLOSES });
