import { writeClass, type Character } from './cast';
import type { Ensemble, Placing } from './ensemble';
import { closedDay, timeOff } from './ensembles-closed';
import { seriesEdited, seriesInTheWay } from './ensembles-series';
import type { Lesson } from './lesson';
import { randomOf } from './random';
import { DAY } from './timing';

export const ENSEMBLES: Record<string, Ensemble> = {
  'series-edited': seriesEdited,
  'series-in-the-way': seriesInTheWay,
  'closed-day': closedDay,
  'time-off': timeOff,
};

/** Of so many lessons of a week each ensemble is there once. */
const ONE_IN = 100;
/** In a smaller week there is none; in this and any larger one there is each. */
const LEAST = 24;

export interface WeekOf {
  seed: string;
  sessions: number;
  fromMs: number;
  untilMs: number;
}

/** The ensembles that a week has: those that fit into its time, as often as its size has them. */
export function ensemblesOf({ sessions, fromMs, untilMs }: WeekOf): string[] {
  if (sessions < LEAST) return [];
  const possible = Object.keys(ENSEMBLES).filter((name) => ENSEMBLES[name]!.needsMs <= untilMs - fromMs);
  return Array.from({ length: Math.ceil(sessions / ONE_IN) }, () => possible).flat();
}

export const lessonsOf = (names: readonly string[]): number => names.reduce((sum, name) => sum + ENSEMBLES[name]!.lessons, 0);

/** Writes one ensemble; `n` counts its class. */
export function writeEnsemble(
  name: string,
  { seed, fromMs, untilMs }: WeekOf,
  { n, lesson }: { n: number; lesson: (course: string, of: { instructor: string; students: string[] }, startsAt: number) => Lesson },
): Character[] {
  const { families, write } = ENSEMBLES[name]!;
  const written = writeClass({ seed, days: (untilMs - fromMs) / DAY, n, families, unrecorded: 0 });
  const { instructor } = written;
  const { zone } = written.characters[0]!;
  const keys = written.families.map((students) => students.map((s) => s.key));
  const random = randomOf(seed, 'ensemble', n);
  const next: Placing['lesson'] = (course, students, startsAt) => lesson(course, { instructor, students }, startsAt);
  const others = write({ fromMs, untilMs, zone, instructor, families: keys, random, lesson: next });
  return [...written.characters, ...others];
}
