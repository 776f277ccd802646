import type { Change, Lesson } from './lesson';
import type { Random } from './random';
import { HOUR, MINUTE } from './timing';

/** A way that a lesson can go. */
export interface Course {
  /** How often, beside the others. */
  weight: number;
  students: [number, number];
  lengthMs: number;
  /** Between booking and start, at least; a course that needs a day before is played in a week long enough for it. */
  leadMs: number;
  /** Between the end and the close of the session, at most. */
  tailMs: number;
  /** How much later the lesson takes place after all. */
  movesByMs?: number;
  unrecorded?: boolean;
  /** Somebody else who teaches it: an instructor of another class, or whoever the rules find among those who may. */
  other?: 'instructor' | 'substitutes';
  /** One student of the class besides, who comes onto it. */
  newcomer?: boolean;
  /** It goes together with the lesson that the script has next, and cannot stand alone. */
  pairedWith?: string;
  /** Only beside the one that it is paired with. */
  isSecond?: boolean;
  /** Of lessons that come about, or change, together: what happens to each is written by its ensemble. */
  isOfEnsemble?: boolean;
  /** The shortest time in which somebody has to act so that the lesson comes to its end; default: as long as anybody likes. */
  windowMs?: number;
  shape(lesson: Lesson, random: Random): void;
}

/** Stands for somebody whom the script looks for when the lesson has its time. */
export const OTHER = 'somebody else';

/** Whatever goes its usual way is over by then: recording and review in an hour or two, an update in the morning after. */
export const USUAL = { students: [1, 1] as [number, number], lengthMs: HOUR, leadMs: 2 * HOUR, tailMs: 4 * HOUR };

export const absent = (lesson: Lesson, key: string): void => {
  lesson.presence[key]!.comes = false;
};
export const first = (lesson: Lesson): string => lesson.students[0]!;
export const change = (lesson: Lesson, kind: Change['kind'], beforeMs: number, more: Partial<Change> = {}): Change => {
  const common = { by: 'desk', reason: '', to: null, person: null, withLesson: null, isAskedHere: true, answer: 'approve' } as const;
  return (lesson.change = { ...common, kind, at: lesson.startsAt - beforeMs, ...more });
};
export const cancel = (lesson: Lesson, beforeMs: number, reason: string): void => void change(lesson, 'cancel', beforeMs, { reason });
export const move = (lesson: Lesson, beforeMs: number, byMs: number): Change =>
  change(lesson, 'reschedule', beforeMs, {
    reason: 'the family asked',
    to: { startsAt: lesson.startsAt + byMs, endsAt: lesson.endsAt + byMs },
  });
/** Long before the start, and some hours before it, when everybody has their way in. */
export const EARLY = 36 * HOUR;
export const LATE = 6 * HOUR;
/** After the end: by then a lesson is closed, even where its update waits for the morning; and from then on until another morning. */
export const CORRECTED_AFTER = 16 * HOUR;
export const NEXT_MORNING = 14 * HOUR;
/** Nothing else happens to a lesson whose room fails. */
export const failRoom = (lesson: Lesson, failsAt: number, toldBy: 'provider' | 'desk', backAt: number | null): void => {
  lesson.room = { failsAt, toldBy, backAt };
  lesson.noise = { repeats: lesson.noise.repeats, reorders: false, reconnects: false };
};
export type Says = 'accept' | 'decline' | null;
/** Those who may stand in, in the order in which they are asked: what each says, and after how long. */
export const search = (lesson: Lesson, beforeMs: number | null, says: readonly [Says, number][], surely: number): void => {
  const asked = says.map(([word, after], n) => ({ person: substituteKey(lesson.key, n), says: word, after }));
  lesson.search = { at: beforeMs === null ? null : lesson.startsAt - beforeMs, asked, surely };
  for (const { person } of asked) lesson.presence[person] = { ...lesson.presence[lesson.instructor]! };
};
/** Who may teach in the place of somebody: of one lesson, since nobody else teaches its subject. */
export const substituteKey = (lesson: string, n: number): string => `v${lesson}.${n}`;

export const bookLate = (lesson: Lesson, answer: 'approve' | 'reject' | null): void => {
  lesson.booking = { at: lesson.startsAt - 110 * MINUTE, by: 'integrator', webhook: false, isHeld: true, answer };
};
