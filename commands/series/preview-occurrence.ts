import type { PersonRow } from '../../db/people';
import type { SeriesRow } from '../../db/series';
import { conflictsOf } from '../../db/sessions';
import type { Tx } from '../../db/database';
import type { Occurrence } from '../../domain/recurrence';
import type { Context } from '../context';
import { askAdmission } from './admission';
import { obstacleOf, type Obstacle } from './types';

export interface PreviewedOccurrence extends Occurrence {
  endsAt: Date;
  /** What is in the way; null when the lesson would be booked. */
  obstacle: Obstacle | null;
  why: string | null;
  conflicts: { startsAt: Date; endsAt: Date; personId: string }[];
  /** By the rules in force, for each student; null where admission names no price. */
  priceMinor: number | null;
  currency: string | null;
}

interface About {
  series: SeriesRow;
  students: PersonRow[];
  instructor: PersonRow;
  o: Occurrence;
  /** Lessons that are out of the way by then. */
  exceptSessionIds?: readonly string[];
}

/** What filling would make of one lesson. Writes nothing. */
export async function previewOccurrence(ctx: Context, tx: Tx, about: About): Promise<PreviewedOccurrence> {
  const { series, students, instructor, o, exceptSessionIds = [] } = about;
  const endsAt = new Date(+o.startsAt + series.lengthMinutes * 60_000);
  const admission = await askAdmission(ctx, tx, { series, students, instructor, startsAt: o.startsAt, endsAt });
  const keys = [...students, instructor].map((p) => p.key);
  const conflicts = await conflictsOf(tx, keys, o.startsAt, endsAt, exceptSessionIds);
  const isRefused = admission.outcome.verdict === 'refuse';
  const refusal = isRefused ? obstacleOf(admission.facts.away) : null;
  const { price, currency } = admission.outcome;
  return {
    ...o,
    endsAt,
    obstacle: refusal ?? (conflicts.length > 0 ? 'taken' : null),
    why: isRefused ? admission.why : null,
    conflicts,
    priceMinor: price == null ? null : Number(price),
    currency: currency == null ? null : String(currency),
  };
}
