import { instantOf, wallTimeOf } from '../../domain/time';
import type { Character } from './cast';
import type { Lesson, Together } from './lesson';
import type { Random } from './random';
import { DAY, HOUR } from './timing';

/** What an ensemble is written from. Its instructor and families are its own, so that nobody else takes their times. */
export interface Placing {
  /** Of the week. */
  fromMs: number;
  untilMs: number;
  /** Of the instructor, on whose wall the lessons are. */
  zone: string;
  instructor: string;
  /** Students by family; siblings are of one. */
  families: string[][];
  random: Random;
  /** The next lesson, an hour long from an instant on, that nothing happens to. */
  lesson(course: string, students: string[], startsAt: number): Lesson;
}

/** Lessons that come about, or are changed, together. */
export interface Ensemble {
  lessons: number;
  families: number;
  /** From before its first booking until after its last update. */
  needsMs: number;
  /** Whoever takes part besides its instructor and its families. */
  write(placing: Placing): Character[];
}

/** A full hour of some day, between two clock times of a zone. */
export function hourWithin({ zone, random }: Pick<Placing, 'zone' | 'random'>, range: { from: number; to: number }, hours: [number, number]): number {
  for (let tries = 0; tries < 1_000; tries++) {
    const day = wallTimeOf(Math.floor(range.from + random.next() * (range.to - range.from)), zone).slice(0, 10);
    const { ms } = instantOf(`${day}T${String(random.whole(...hours)).padStart(2, '0')}:00`, zone);
    if (ms >= range.from && ms <= range.to) return ms;
  }
  throw new Error('an ensemble has no day of this week; needsMs is too little');
}

/** As many days later, at the same time of the wall. */
export function daysLater(at: number, days: number, zone: string): number {
  const [day, clock] = wallTimeOf(at, zone).split('T') as [string, string];
  const later = new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
  return instantOf(`${later}T${clock}`, zone).ms;
}

/** Everybody of a batch reads once of it, with their first lesson of it. */
export function changeTogether(
  lessons: readonly Lesson[],
  { at, reason, ...closed }: Pick<Together, 'cause' | 'from' | 'to'> & { at: number; reason: string },
  change: (lesson: Lesson, n: number) => Pick<NonNullable<Lesson['change']>, 'kind' | 'to' | 'person'>,
): void {
  for (const [n, lesson] of lessons.entries()) {
    lesson.change = { at, by: 'desk', reason, withLesson: null, isAskedHere: n === 0, answer: 'approve', ...change(lesson, n) };
    lesson.together = { ...closed, lessons: lessons.map((l) => l.key), toldBefore: lessons.slice(0, n).flatMap((l) => l.students) };
  }
}

/** What goes its usual way after a lesson, and the night in which an update waits. */
export const AFTERWARDS = 16 * HOUR;
