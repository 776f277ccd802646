import type { Cast } from './cast';
import { expectedMessages, type Documents, type ExpectedMessage } from './expect-messages';
import { COURSES } from './courses';
import { isBooked, isCancelled, isTranscribed, studentsEver, studentsOf, takesPlace, teacherOf, timesOf, type Lesson } from './lesson';
import { SEARCHED_BEFORE } from './acts';
import { outageWithin, type Outage } from './outages';
import type { Terms } from './terms';
import { HOUR, MINUTE } from './timing';

export type ExpectedVerdict = 'arrived' | 'late' | 'no-show';

/** How a lesson has to end, by the script alone. */
export interface Expectation {
  status: 'settled' | 'cancelled' | 'refused' | 'expired';
  startsAt: number;
  endsAt: number;
  /** Who teaches it in the end. */
  instructor: string;
  /** Of those who take part; null where nobody was asked for. */
  verdicts: Record<string, ExpectedVerdict> | null;
  /** How long each was there, minutes, by what the provider told; null where nobody was asked for. */
  minutes: Record<string, number> | null;
  /** Minor units by student, whoever of them stayed; and to whoever teaches. */
  charges: Record<string, number>;
  payout: number;
  documents: Documents;
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

function documentsOf(lesson: Lesson): Documents {
  if (!takesPlace(lesson) || !isTranscribed(lesson)) return 'none';
  return lesson.review?.decision === 'approve' ? 'approved' : 'rejected';
}

/** What a late cancellation, or being taken off late, costs. */
const lateShareOf = (lesson: Lesson, terms: Terms): number => (lesson.startsAt - lesson.change!.at >= 24 * HOUR ? 0 : terms.lateShare);

/** What is charged and paid of a lesson that came to light as shorter than agreed: what was taught of it. */
const taughtShareOf = ({ correction, startsAt, endsAt }: Lesson): number =>
  correction ? (100 * correction.minutes * MINUTE) / (endsAt - startsAt) : 100;

/** The share that each is charged, percent, as the shipped rules and the script's coordinator have it. */
function shareOf(lesson: Lesson, student: string, terms: Terms): number {
  if (!isBooked(lesson) || lesson.isTrial) return 0;
  if (isCancelled(lesson) || !studentsOf(lesson).includes(student)) return lateShareOf(lesson, terms);
  if (!comes(lesson, teacherOf(lesson))) return 0;
  if (comes(lesson, student)) return taughtShareOf(lesson);
  return lesson.missed === 'charge' ? 100 : 0;
}

function payShareOf(lesson: Lesson, terms: Terms): number {
  if (!isBooked(lesson)) return 0;
  if (isCancelled(lesson)) return shareOf(lesson, lesson.students[0]!, terms);
  return comes(lesson, teacherOf(lesson)) ? taughtShareOf(lesson) : 0;
}

/** How long somebody was there by the provider's events; somebody whom it does not know was not. */
function minutesOf(lesson: Lesson, person: string): number {
  const { comes: came, joinsAt, unmatched } = lesson.presence[person]!;
  if (!came || unmatched) return 0;
  const { startsAt, endsAt } = timesOf(lesson);
  const leaves = endsAt - startsAt + MINUTE;
  const { room, noise } = lesson;
  // Out for two minutes; a room that fails keeps nobody in.
  const away = room ? (room.backAt ?? leaves) - room.failsAt : noise.reconnects ? 2 * MINUTE : 0;
  return Math.round((leaves - joinsAt - away) / MINUTE);
}

/** What a lesson has to come to: a function of the script and of the terms that it is played under. */
export function expectationOf(lesson: Lesson, cast: Cast, terms: Terms): Expectation {
  const [instructor, people] = [teacherOf(lesson), [teacherOf(lesson), ...studentsOf(lesson)]];
  const documents = documentsOf(lesson);
  const amount = (price: number, share: number): number => Math.round((price * share) / 100);
  const isOver = takesPlace(lesson);
  return {
    status: statusOf(lesson),
    ...timesOf(lesson),
    instructor,
    verdicts: isOver ? Object.fromEntries(people.map((p) => [p, verdictOf(lesson, p)])) : null,
    minutes: isOver ? Object.fromEntries(people.map((p) => [p, minutesOf(lesson, p)])) : null,
    charges: Object.fromEntries(studentsEver(lesson).map((s) => [s, amount(terms.price, shareOf(lesson, s, terms))])),
    payout: amount(terms.pay, payShareOf(lesson, terms)),
    documents,
    messages: expectedMessages(lesson, cast, documents),
  };
}

/** When somebody has to act so that the lesson comes to its end, and how long they have. */
function windowOf({ course, change, search, booking, room, startsAt }: Lesson): { from: number; ms: number } | null {
  const ms = COURSES[course]!.windowMs;
  const searchedFrom = search && (search.at ?? startsAt - SEARCHED_BEFORE);
  return ms === undefined
    ? null
    : { from: change?.at ?? searchedFrom ?? (room ? startsAt + room.failsAt : booking.isHeld ? booking.at : startsAt), ms };
}

/**
 * Whether the script alone says how a lesson ends: not where somebody has to act within less time than the engines may be late by,
 * squeezed as the week is, and not counting the time in which they could do nothing.
 */
export function isDetermined(lesson: Lesson, { toleranceMs, outages }: { toleranceMs: number; outages: readonly Outage[] }): boolean {
  const window = windowOf(lesson);
  return window === null || window.ms - outageWithin(outages, window.from, window.from + window.ms) > toleranceMs;
}
