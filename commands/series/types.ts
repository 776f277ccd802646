import type { Recurrence } from '../../domain/recurrence';
import type { SeriesRow } from '../../db/series';

/** A recurring booking as it is asked for. */
export interface SeriesInput {
  title: string;
  /** Wall time of the first lesson in the anchor zone. */
  firstLesson: string;
  lengthMinutes: number;
  rrule: string;
  exdates?: string[] | undefined;
  studentIds: string[];
  instructorId: string;
  programme?: string | undefined;
  branch?: string | undefined;
  subject?: string | undefined;
  /** The first student's zone by default. */
  anchorZone?: string | undefined;
  isTrial?: boolean | undefined;
  /** How many students a lesson has places for. */
  capacity?: number | undefined;
  externalId?: string | undefined;
}

export const recurrenceOf = (s: SeriesRow): Recurrence => ({
  rrule: s.rrule,
  ruleStart: s.ruleStart,
  zone: s.anchorZone,
  dayShift: s.dayShift,
  clock: s.clock,
  exdates: s.exdates,
  from: s.fromOriginal,
  before: s.beforeOriginal,
});

export type Obstacle = 'taken' | 'closed' | 'instructor-away' | 'student-away' | 'refused';
/** What is in the way when admission refuses: what it says of who is away, or the refusal itself. */
export const obstacleOf = (away: unknown): Obstacle =>
  away === 'organisation' ? 'closed' : away === 'instructor' ? 'instructor-away' : away === 'student' ? 'student-away' : 'refused';
