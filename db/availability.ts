import { recordset, rows, write, type Tx } from './database';

/** When somebody can have lessons, a stretch of a weekday each; on the wall of `zone`, or of the person's own when null. */
export interface Available {
  personId: string;
  /** 1 is Monday. */
  weekday: number;
  /** "15:00"; `untilClock` may be "24:00". */
  fromClock: string;
  untilClock: string;
  zone: string | null;
  /** The first and the last day it holds, "2026-12-31"; null without an end. */
  validFrom: string | null;
  validUntil: string | null;
}

/** Of these people, in order. Somebody without a row has said nothing, which is not the same as never. */
export const availabilityOf = (tx: Tx, personIds: readonly string[]): Promise<Available[]> =>
  rows(
    tx,
    `SELECT person_id, weekday, from_clock, until_clock, zone, CASE WHEN isfinite(valid_from) THEN valid_from::text END AS valid_from,
       CASE WHEN isfinite(valid_until) THEN valid_until::text END AS valid_until
     FROM availability WHERE person_id = ANY(?::uuid[]) ORDER BY person_id, weekday, from_clock, valid_from`,
    [`{${personIds.join(',')}}`],
  );

/** Replaces what these people said before. */
export async function replaceAvailability(tx: Tx, personIds: readonly string[], list: readonly Available[]): Promise<void> {
  await write(tx, 'DELETE FROM availability WHERE person_id = ANY(?::uuid[])', [`{${personIds.join(',')}}`]);
  await write(
    tx,
    `INSERT INTO availability (person_id, weekday, from_clock, until_clock, zone, valid_from, valid_until)
     SELECT person_id, weekday, from_clock, until_clock, zone, coalesce(valid_from, '-infinity'), coalesce(valid_until, 'infinity')
     FROM jsonb_populate_recordset(null::availability, ?)`,
    [recordset(list)],
  );
}
