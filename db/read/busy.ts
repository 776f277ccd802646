import { rows, type Tx } from '../database';

/** A session lasts at most 25 hours (RELIABILITY section 4, 52) and its buffer less than a day: none that began before this still runs. */
const LONGEST_BACK = '3 days';

/**
 * When these people are taken or away between two instants: lessons with their buffers, their time off, and when the organisation is closed. Compares starts_at, not `busy`: under row-level
 * security only leakproof operators reach an index (DESIGN 15).
 */
export const busyTimes = (
  tx: Tx,
  personIds: readonly string[],
  { from, to, branch = null }: { from: Date; to: Date; branch?: string | null },
): Promise<{ startsAt: Date; endsAt: Date }[]> =>
  rows(
    tx,
    `SELECT lower(busy) AS starts_at, upper(busy) AS ends_at FROM participants
     WHERE person_id = ANY(?::uuid[]) AND holds_slot AND starts_at < ? AND starts_at > ?::timestamptz - interval '${LONGEST_BACK}'
     UNION ALL SELECT starts_at, ends_at FROM closures WHERE state = 'active' AND ends_at > ? AND starts_at < ?
       AND CASE WHEN person_id IS NULL THEN branch IS NULL OR branch = ? ELSE person_id = ANY(?::uuid[]) END
     ORDER BY starts_at`,
    [`{${personIds.join(',')}}`, to, from, from, to, branch, `{${personIds.join(',')}}`],
  );
