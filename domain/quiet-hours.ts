import { dayOf, instantOnWall } from './time';

/** Clock times ("HH:MM") of a person's own wall between which they are not to be disturbed; they may span midnight. */
export interface QuietHours {
  from: string;
  to: string;
}

const MINUTE_MS = 60_000;

/**
 * The stretch of quiet hours that an instant lies in, as instants; null when it lies in none. A night on which the clock is put
 * back is quiet until the second reading of its end, one on which it is put forward over it until the jump: the stretch is one
 * piece, whatever the wall shows meanwhile. Hours that end where they begin would let nothing through for ever; they are none.
 */
function stretchAround(instantMs: number, zone: string, quiet: QuietHours): { from: number; to: number } | null {
  if (quiet.from === quiet.to) return null;
  const overMidnight = quiet.to < quiet.from ? 1 : 0;
  const today = dayOf(instantMs, zone);
  for (const shift of [-1, 0]) {
    const day = today.add({ days: shift });
    const from = instantOnWall(day, quiet.from, zone, 'first');
    const to = instantOnWall(day.add({ days: overMidnight }), quiet.to, zone, 'last');
    if (from <= instantMs && instantMs < to) return { from, to };
  }
  return null;
}

/** Whether an instant lies in somebody's quiet hours. */
export const isQuiet = (instantMs: number, zone: string, quiet: QuietHours | null): boolean =>
  quiet !== null && stretchAround(instantMs, zone, quiet) !== null;

/**
 * The end of the quiet hours around an instant: the earliest instant from it on at which the person may be reached. Two nights
 * touch where a zone leaves out the day between them.
 */
export function afterQuietHours(instantMs: number, zone: string, quiet: QuietHours | null): number {
  const stretch = quiet && stretchAround(instantMs, zone, quiet);
  return stretch ? afterQuietHours(stretch.to, zone, quiet) : instantMs;
}

/** The start of the quiet hours around an instant: the last minute before it at which the person may be reached. */
export function beforeQuietHours(instantMs: number, zone: string, quiet: QuietHours | null): number {
  const stretch = quiet && stretchAround(instantMs, zone, quiet);
  return stretch ? stretch.from - MINUTE_MS : instantMs;
}
