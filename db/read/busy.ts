import { rows, type Tx } from '../database';

/** A session lasts at most 25 hours (RELIABILITY section 4, 52) and its buffer less than a day: none that began before this still runs. */
const LONGEST_BACK = '3 days';

/**
 * When these people are taken between two instants, buffers included. Compares starts_at, not `busy`: under row-level
 * security only leakproof operators reach an index (DESIGN 15).
 */
export const busyTimes = (tx: Tx, personIds: readonly string[], from: Date, to: Date): Promise<{ startsAt: Date; endsAt: Date }[]> =>
  rows(
    tx,
    `SELECT lower(busy) AS starts_at, upper(busy) AS ends_at FROM participants
     WHERE person_id = ANY(?::uuid[]) AND holds_slot AND starts_at < ? AND starts_at > ?::timestamptz - interval '${LONGEST_BACK}'
     ORDER BY starts_at`,
    [`{${personIds.join(',')}}`, to, from],
  );
