import { absent, change, EARLY, failRoom, first, LATE, OTHER, search, USUAL, type Course, type Says } from './course';
import { DAY, HOUR, MINUTE } from './timing';

/** Courses in which something becomes of a lesson that stays where it is: other people, another room, a substitute, a room that fails. */
export const COURSES_OF_CHANGE: Record<string, Course> = {
  reassigned: {
    ...USUAL,
    weight: 2,
    leadMs: 2 * DAY,
    other: 'instructor',
    shape: (lesson) => void change(lesson, 'reassign', EARLY, { reason: 'a longer absence', person: OTHER }),
  },
  'reassigned-late': {
    ...USUAL,
    weight: 2,
    leadMs: 10 * HOUR,
    windowMs: 4 * HOUR,
    other: 'instructor',
    shape: (lesson) => void change(lesson, 'reassign', LATE, { reason: 'a short illness', person: OTHER }),
  },
  swapped: {
    ...USUAL,
    weight: 1,
    leadMs: 20 * HOUR,
    windowMs: 4 * HOUR,
    pairedWith: 'swapped-along',
    shape: (lesson) => void change(lesson, 'swap', LATE, { person: OTHER }),
  },
  'swapped-along': {
    ...USUAL,
    weight: 0,
    leadMs: 20 * HOUR,
    windowMs: 4 * HOUR,
    isSecond: true,
    shape: (lesson) => void change(lesson, 'swap', LATE, { person: OTHER, isAskedHere: false }),
  },
  joined: {
    ...USUAL,
    weight: 2,
    students: [2, 3],
    leadMs: 10 * HOUR,
    windowMs: 4 * HOUR,
    newcomer: true,
    shape: (lesson) => void change(lesson, 'add', LATE, { person: OTHER }),
  },
  'dropped-early': {
    ...USUAL,
    weight: 1,
    students: [2, 3],
    leadMs: 2 * DAY,
    shape: (lesson) => void change(lesson, 'drop', EARLY, { person: first(lesson), reason: 'a journey' }),
  },
  'dropped-late': {
    ...USUAL,
    weight: 1,
    students: [2, 3],
    leadMs: 10 * HOUR,
    windowMs: 4 * HOUR,
    shape: (lesson) => void change(lesson, 'drop', LATE, { person: first(lesson), reason: 'a sick child' }),
  },
  'other-room': {
    ...USUAL,
    weight: 2,
    leadMs: 10 * HOUR,
    windowMs: 4 * HOUR,
    shape: (lesson) => void change(lesson, 'room', LATE, { reason: 'the first one was too small' }),
  },
  'sick-instructor': {
    ...USUAL,
    weight: 2,
    leadMs: 18 * HOUR,
    windowMs: 2 * HOUR,
    other: 'substitutes',
    // Of three who are asked at once one says no, one says yes, and one says nothing.
    shape: (lesson) =>
      search(
        lesson,
        14 * HOUR,
        [
          ['decline', 5 * MINUTE],
          ['accept', 20 * MINUTE],
          [null, 0],
          [null, 0],
        ],
        3,
      ),
  },
  'offers-expire': {
    ...USUAL,
    weight: 1,
    leadMs: 22 * HOUR,
    windowMs: 2 * HOUR,
    other: 'substitutes',
    // Nobody of the first three answers; the fourth is asked when their offers have expired.
    shape: (lesson) =>
      search(
        lesson,
        18 * HOUR,
        [
          [null, 0],
          [null, 0],
          [null, 0],
          ['accept', 2.1 * HOUR],
        ],
        4,
      ),
  },
  'nobody-stands-in': {
    ...USUAL,
    weight: 1,
    leadMs: 22 * HOUR,
    windowMs: 2 * HOUR,
    other: 'substitutes',
    shape: (lesson) => {
      const no: [Says, number] = ['decline', 5 * MINUTE];
      search(lesson, 18 * HOUR, [no, no, no, [null, 0]], 3);
      absent(lesson, lesson.instructor);
    },
  },
  unacknowledged: {
    ...USUAL,
    weight: 2,
    leadMs: 100 * HOUR,
    other: 'substitutes',
    windowMs: 2 * HOUR,
    shape: (lesson) =>
      search(
        lesson,
        null,
        [
          [null, 0],
          ['accept', 5 * MINUTE],
          ['decline', 5 * MINUTE],
        ],
        3,
      ),
  },
  'room-fails': {
    ...USUAL,
    weight: 3,
    students: [1, 3],
    lengthMs: 4 * HOUR,
    windowMs: 2.5 * HOUR,
    shape: (lesson) => failRoom(lesson, 20 * MINUTE, 'provider', 3 * HOUR),
  },
  'room-reported': {
    ...USUAL,
    weight: 1,
    lengthMs: 4 * HOUR,
    windowMs: 2.5 * HOUR,
    shape: (lesson) => failRoom(lesson, 20 * MINUTE, 'desk', 3 * HOUR),
  },
  'room-fails-at-the-end': { ...USUAL, weight: 1, shape: (lesson) => failRoom(lesson, 58 * MINUTE, 'provider', null) },
};
