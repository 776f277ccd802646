import type { Cast } from './cast';
import { COURSES } from './courses';
import { isBooked, isCancelled, isChanged, isTranscribed, takesPlace, timesOf, type Lesson } from './lesson';
import type { Terms } from './terms';
import { HOUR } from './timing';

export type ExpectedVerdict = 'arrived' | 'late' | 'no-show';

/** A message that somebody must have got, whatever the machine did: to whom, about whom, and what. */
export interface ExpectedMessage {
  person: string;
  about: string | null;
  kind: string;
  step: string;
}

/** How a lesson has to end, by the script alone. */
export interface Expectation {
  status: 'settled' | 'cancelled' | 'refused' | 'expired';
  startsAt: number;
  endsAt: number;
  /** Of those who take part; null where nobody was asked for. */
  verdicts: Record<string, ExpectedVerdict> | null;
  /** Minor units by student; and of the instructor. */
  charges: Record<string, number>;
  payout: number;
  documents: 'none' | 'approved' | 'rejected';
  messages: ExpectedMessage[];
}

/** After the grace of any rule: whoever comes then is late. */
const LATE = HOUR;

function verdictOf({ presence }: Lesson, person: string): ExpectedVerdict {
  const { comes, joinsAt } = presence[person]!;
  return !comes ? 'no-show' : joinsAt > LATE ? 'late' : 'arrived';
}

const comes = (lesson: Lesson, person: string): boolean => lesson.presence[person]!.comes;

function statusOf(lesson: Lesson): Expectation['status'] {
  if (!isBooked(lesson)) return lesson.booking.answer === 'reject' ? 'refused' : 'expired';
  return isCancelled(lesson) ? 'cancelled' : 'settled';
}

function documentsOf(lesson: Lesson): Expectation['documents'] {
  if (!takesPlace(lesson) || !isTranscribed(lesson)) return 'none';
  return lesson.review?.decision === 'approve' ? 'approved' : 'rejected';
}

/** The share that each is charged, percent, as the shipped rules and the script's coordinator have it. */
function shareOf(lesson: Lesson, student: string, terms: Terms): number {
  if (!isBooked(lesson) || lesson.isTrial) return 0;
  if (isCancelled(lesson)) return lesson.startsAt - lesson.change!.at >= 24 * HOUR ? 0 : terms.lateShare;
  if (!comes(lesson, lesson.instructor)) return 0;
  return comes(lesson, student) || lesson.missed === 'charge' ? 100 : 0;
}

function payShareOf(lesson: Lesson, terms: Terms): number {
  if (!isBooked(lesson)) return 0;
  if (isCancelled(lesson)) return shareOf(lesson, lesson.students[0]!, terms);
  return comes(lesson, lesson.instructor) ? 100 : 0;
}

function messagesOf(lesson: Lesson, cast: Cast, documents: Expectation['documents']): ExpectedMessage[] {
  if (!isBooked(lesson)) return [];
  const { instructor, students } = lesson;
  const messages: ExpectedMessage[] = [];
  // A text message takes the place of a mail, but for an update: of one that cannot be mailed a coordinator is told.
  const guardiansOf = (student: string, kind: string): string[] =>
    cast.characters.filter((c) => c.wards.some((w) => w.student === student) && (c.email !== null || kind !== 'update')).map((c) => c.key);
  const tell = (kind: string, step: string, to: { instructor?: boolean; students?: boolean; guardiansOf: string[] }): void => {
    if (to.instructor) messages.push({ person: instructor, about: null, kind, step });
    for (const student of students) {
      const hasAddress = cast.characters.find((c) => c.key === student)!.email !== null;
      if (to.students && hasAddress) messages.push({ person: student, about: null, kind, step });
      if (to.guardiansOf.includes(student)) messages.push(...guardiansOf(student, kind).map((person) => ({ person, about: student, kind, step })));
    }
  };
  tell('confirmation', 'confirmation', { students: true, guardiansOf: students });
  tell('assignment', 'assignment', { instructor: true, guardiansOf: [] });
  if (isCancelled(lesson)) tell('change', 'cancelled', { instructor: true, students: true, guardiansOf: students });
  else if (isChanged(lesson)) tell('change', 'rescheduled', { instructor: true, students: true, guardiansOf: students });
  if (!takesPlace(lesson)) return messages;
  tell('credential', 'credential', { instructor: true, students: true, guardiansOf: students });
  tell('briefing', 'briefing', { instructor: true, guardiansOf: [] });
  if (comes(lesson, instructor)) tell('no-show', 'no-show', { guardiansOf: students.filter((s) => verdictOf(lesson, s) !== 'arrived') });
  if (documents !== 'none') tell('review', 'request', { instructor: true, guardiansOf: [] });
  if (documents === 'approved') tell('update', 'update', { guardiansOf: students.filter((s) => comes(lesson, s)) });
  return messages;
}

/** What a lesson has to come to: a function of the script and of the terms that it is played under. */
export function expectationOf(lesson: Lesson, cast: Cast, terms: Terms): Expectation {
  const { instructor, students } = lesson;
  const documents = documentsOf(lesson);
  const amount = (price: number, share: number): number => Math.round((price * share) / 100);
  const isOver = takesPlace(lesson);
  return {
    status: statusOf(lesson),
    ...timesOf(lesson),
    verdicts: isOver ? Object.fromEntries([instructor, ...students].map((p) => [p, verdictOf(lesson, p)])) : null,
    charges: Object.fromEntries(students.map((s) => [s, amount(terms.price, shareOf(lesson, s, terms))])),
    payout: amount(terms.pay, payShareOf(lesson, terms)),
    documents,
    messages: messagesOf(lesson, cast, documents),
  };
}

/**
 * Whether the script alone says how a lesson ends: not where somebody has to act within less time than the engines may be late by,
 * squeezed as the week is.
 */
export const isDetermined = ({ course }: Lesson, toleranceMs: number): boolean => (COURSES[course]!.windowMs ?? Infinity) > toleranceMs;
