import { contradictory } from './contradictory';
import { doubled } from './doubled';
import { late } from './late';
import { lost } from './lost';
import type { Check, Judging, Seen } from './seen';
import { unexpected } from './unexpected';
import { unexplained } from './unexplained';

export const CHECKS: Record<string, Check> = { lost, doubled, late, contradictory, unexplained, unexpected };

export interface WeekFinding {
  check: string;
  /** Key of the lesson; null where it belongs to none. */
  lesson: string | null;
  course: string | null;
  sessionId: string | null;
  detail: string;
}

/** Every fault of every lesson. */
export const judge = (seen: readonly Seen[], judging: Judging): WeekFinding[] =>
  seen.flatMap((s) =>
    Object.entries(CHECKS).flatMap(([check, find]) =>
      find(s, judging).map((detail) => ({ check, lesson: s.lesson.key, course: s.lesson.course, sessionId: s.session?.id ?? null, detail })),
    ),
  );
