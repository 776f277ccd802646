import { hasOccurrence, lockSeries, type SeriesRow } from '../../db/series';
import { pgCode, type Tx } from '../../db/database';
import { LecternError } from '../../domain/errors';
import type { BookingInput } from '../types';
import { obstacleOf, type Obstacle } from './types';

export interface Filling {
  series: SeriesRow;
  studentIds: string[];
}

export const bookingOf = ({ series: s, studentIds }: Filling, startsAt: Date): BookingInput => ({
  title: s.title,
  subject: s.subject ?? undefined,
  programme: s.programme ?? undefined,
  branch: s.branch ?? undefined,
  isTrial: s.isTrial,
  startsAt,
  endsAt: new Date(+startsAt + s.lengthMinutes * 60_000),
  anchorZone: s.anchorZone,
  studentIds,
  instructorId: s.instructorId,
  capacity: s.capacity ?? undefined,
});

/**
 * Whether the series still wants this occurrence, under its lock: nobody has filled it meanwhile, and no edit has made the series
 * another one. So fillings may run twice, at once, or after a crash in their middle, and book nothing twice.
 */
export async function stillWants(tx: Tx, { series }: Filling, original: string): Promise<boolean> {
  const now = await lockSeries(tx, series.id);
  return now?.state === 'active' && now.version === series.version && !(await hasOccurrence(tx, series.id, original));
}

export interface InTheWay {
  obstacle: Obstacle;
  /** In words, where a rule or a check refused. */
  why: string | null;
}

/** What a failed booking says; null for what is no business of a series (the database is away, no rules are published). */
export function whatIsInTheWay(error: unknown): InTheWay | null {
  if (pgCode(error) === '23P01') return { obstacle: 'taken', why: null };
  if (!(error instanceof LecternError)) return null;
  if (error.code === 'refused-by-policy') {
    const { away, because } = (error.details ?? {}) as { away?: unknown; because?: string | null };
    return { obstacle: obstacleOf(away), why: because ?? error.message };
  }
  return error.code === 'not-found' ? { obstacle: 'refused', why: error.message } : null;
}
