import { absent, bookLate, cancel, CORRECTED_AFTER, EARLY, first, move, NEXT_MORNING, USUAL, type Course } from './course';
import { COURSES_OF_CHANGE } from './courses-of-change';
import { DAY, HOUR, MINUTE } from './timing';

/** Of lessons of an ensemble, which says what happens to each. */
const OF_ENSEMBLE: Course = { ...USUAL, weight: 0, isOfEnsemble: true, shape: () => undefined };

/**
 * The courses of a week. Each stays clear of every instant at which the rules would decide otherwise by more than the engines' own
 * lateness, so that it has one right end, however busy the machine is.
 */
export const COURSES: Record<string, Course> = {
  standard: { ...USUAL, weight: 40, shape: () => undefined },
  'booked-by-webhook': {
    ...USUAL,
    weight: 5,
    leadMs: 5 * HOUR,
    shape: (lesson) => Object.assign(lesson.booking, { by: 'integrator', webhook: true }),
  },
  group: { ...USUAL, weight: 8, students: [3, 5], shape: () => undefined },
  'group-with-absent': { ...USUAL, weight: 4, students: [3, 5], shape: (lesson) => absent(lesson, first(lesson)) },
  latecomer: {
    ...USUAL,
    weight: 2,
    students: [2, 3],
    lengthMs: 4 * HOUR,
    // Whoever comes before anybody was missed is not late.
    windowMs: 2.5 * HOUR,
    shape: (lesson) => Object.assign(lesson.presence[first(lesson)]!, { pressesAt: null, joinsAt: 3 * HOUR }),
  },
  trial: { ...USUAL, weight: 3, shape: (lesson) => void (lesson.isTrial = true) },
  'no-show': {
    ...USUAL,
    weight: 6,
    shape: (lesson, random) => {
      absent(lesson, first(lesson));
      lesson.missed = random.pick(['charge', 'waive']);
    },
  },
  'instructor-missing': { ...USUAL, weight: 4, shape: (lesson) => absent(lesson, lesson.instructor) },
  'unknown-in-room': {
    ...USUAL,
    weight: 2,
    shape: (lesson) => Object.assign(lesson.presence[first(lesson)]!, { pressesAt: null, unmatched: true }),
  },
  'late-news': {
    ...USUAL,
    weight: 3,
    shape: (lesson) => Object.assign(lesson.presence[first(lesson)]!, { pressesAt: null, toldAfter: 2.5 * HOUR }),
  },
  'cancelled-early': { ...USUAL, weight: 3, leadMs: 2 * DAY, shape: (lesson) => cancel(lesson, EARLY, 'a journey') },
  'sick-child': { ...USUAL, weight: 4, leadMs: 10 * HOUR, windowMs: 5 * HOUR, shape: (lesson) => cancel(lesson, 5 * HOUR, 'a sick child') },
  moved: { ...USUAL, weight: 5, leadMs: 2 * DAY, movesByMs: DAY, shape: (lesson) => void move(lesson, EARLY, DAY) },
  'moved-late-approved': {
    ...USUAL,
    weight: 2,
    leadMs: 10 * HOUR,
    windowMs: 7 * HOUR,
    movesByMs: 6 * HOUR,
    shape: (lesson) => void Object.assign(move(lesson, 8 * HOUR, 6 * HOUR), { by: 'integrator' }),
  },
  'moved-late-rejected': {
    ...USUAL,
    weight: 1,
    leadMs: 10 * HOUR,
    windowMs: 7 * HOUR,
    movesByMs: 6 * HOUR,
    shape: (lesson) => void Object.assign(move(lesson, 8 * HOUR, 6 * HOUR), { by: 'integrator', answer: 'reject' }),
  },
  'moved-late-unanswered': {
    ...USUAL,
    weight: 1,
    leadMs: 10 * HOUR,
    windowMs: 7 * HOUR,
    movesByMs: 6 * HOUR,
    shape: (lesson) => void Object.assign(move(lesson, 8 * HOUR, 6 * HOUR), { by: 'integrator', answer: null }),
  },
  ...COURSES_OF_CHANGE,
  'booked-late-approved': { ...USUAL, weight: 2, windowMs: 100 * MINUTE, shape: (lesson) => bookLate(lesson, 'approve') },
  'booked-late-rejected': { ...USUAL, weight: 1, windowMs: 100 * MINUTE, shape: (lesson) => bookLate(lesson, 'reject') },
  'booked-late-unanswered': { ...USUAL, weight: 1, windowMs: 90 * MINUTE, shape: (lesson) => bookLate(lesson, null) },
  'silent-recording': { ...USUAL, weight: 3, shape: (lesson) => Object.assign(lesson.recording, { starts: 'no', transcriptAfter: null }) },
  'failed-recording': { ...USUAL, weight: 2, shape: (lesson) => Object.assign(lesson.recording, { starts: 'fails' }) },
  'late-transcript': { ...USUAL, weight: 2, tailMs: 8 * HOUR, shape: (lesson) => Object.assign(lesson.recording, { transcriptAfter: 3 * HOUR }) },
  // Nobody waits for it any more, and the lesson is closed when it comes.
  'transcript-after-close': {
    ...USUAL,
    weight: 2,
    tailMs: CORRECTED_AFTER + NEXT_MORNING,
    shape: (lesson) => Object.assign(lesson.recording, { starts: 'no', transcriptAfter: CORRECTED_AFTER, isGivenUp: true }),
  },
  'minutes-disputed': {
    ...USUAL,
    weight: 2,
    students: [1, 2],
    tailMs: CORRECTED_AFTER + NEXT_MORNING,
    shape: (lesson) => void (lesson.correction = { at: lesson.endsAt + CORRECTED_AFTER, minutes: 30 }),
  },
  unrecorded: {
    ...USUAL,
    weight: 2,
    unrecorded: true,
    shape: (lesson) => Object.assign(lesson.recording, { wanted: false, starts: 'no', transcriptAfter: null }),
  },
  rejected: { ...USUAL, weight: 2, shape: (lesson) => Object.assign(lesson.review!, { decision: 'reject' }) },
  'slow-approval': { ...USUAL, weight: 5, tailMs: 14 * HOUR, shape: (lesson) => Object.assign(lesson.review!, { after: 9 * HOUR }) },
  unanswered: { ...USUAL, weight: 3, tailMs: 30 * HOUR, shape: (lesson) => void (lesson.review = null) },
  'series-first': OF_ENSEMBLE,
  'series-moved': OF_ENSEMBLE,
  // Whoever has to say that it is left out has until two days before it.
  'series-taken': { ...OF_ENSEMBLE, windowMs: 6 * HOUR },
  'in-the-way': OF_ENSEMBLE,
  'closed-day': OF_ENSEMBLE,
  'time-off': OF_ENSEMBLE,
};
