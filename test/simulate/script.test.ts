import { actsOf, type Telling } from '../../runtime/simulate/acts';
import { ZONES } from '../../runtime/simulate/cast';
import { COURSES } from '../../runtime/simulate/courses';
import { expectationOf, isDetermined } from '../../runtime/simulate/expect';
import { takesPlace, timesOf, type Lesson } from '../../runtime/simulate/lesson';
import type { Outage } from '../../runtime/simulate/outages';
import { writeScript, type Script } from '../../runtime/simulate/script';
import { DAY, HOUR, leastWithin, MINUTE, timingOf } from '../../runtime/simulate/timing';

const TERMS = { price: 4500, pay: 3000, lateShare: 50 };
const week = (seed: string, sessions: number, withinMs = 10 * MINUTE): Script => writeScript({ seed, sessions, ...timingOf(sessions, withinMs) });
const script = week('7', 500);

/** A lesson of a course, as it is in the week. */
const lessonOf = (course: string): Lesson => script.lessons.find((l) => l.course === course)!;
const expected = (lesson: Lesson) => expectationOf(lesson, script.cast, TERMS);

test('a script follows from its seed and its size, and from nothing else', () => {
  expect(week('7', 500)).toEqual(script);
  expect(week('8', 500).lessons.map((l) => l.startsAt)).not.toEqual(script.lessons.map((l) => l.startsAt));
});

test('a week of 500 has every course, groups, six zones, and its acts within the week', () => {
  expect(new Set(script.lessons.map((l) => l.course))).toEqual(new Set(Object.keys(COURSES)));
  expect(new Set(script.cast.characters.map((c) => c.zone))).toEqual(new Set(ZONES));
  expect(script.lessons.some((l) => l.students.length > 2)).toBe(true);
  const { fromMs, untilMs, rate } = timingOf(500, 10 * MINUTE);
  expect(untilMs - fromMs).toBe(7 * DAY);
  expect((untilMs - fromMs) / rate).toBeLessThan(10 * MINUTE - leastWithin(0));
  const acts = script.lessons.flatMap((l) => actsOf(l));
  expect(Math.min(...acts.map((a) => a.at))).toBeGreaterThanOrEqual(fromMs);
  expect(Math.max(...acts.map((a) => a.at))).toBeLessThan(untilMs);
});

test.each([
  ['a minute and a half', 14, 90_000],
  ['ten minutes', 500, 600_000],
  ['two hours', 5_000, 7_200_000],
])('nobody has two lessons at once, wherever a lesson moves, in %s', (_name, sessions, withinMs) => {
  const byPerson = new Map<string, { from: number; to: number }[]>();
  for (const lesson of week('x', sessions, withinMs).lessons) {
    for (const person of [lesson.instructor, ...lesson.students]) {
      const taken = byPerson.get(person) ?? [];
      byPerson.set(person, taken);
      const own = [{ startsAt: lesson.startsAt, endsAt: lesson.endsAt }, ...(lesson.change?.to ? [lesson.change.to] : [])];
      for (const { startsAt, endsAt } of own) expect(taken.filter((t) => t.from < endsAt && startsAt < t.to)).toEqual([]);
      taken.push(...own.map((o) => ({ from: o.startsAt, to: o.endsAt })));
    }
  }
});

test('what the provider tells has an id of its own, and a repeat has the same one', () => {
  const told = script.lessons.flatMap((l) => actsOf(l)).filter((a): a is Telling => a.do === 'tell');
  const byId = new Map<string, string>();
  for (const { at: _, ...event } of told) {
    const words = JSON.stringify(event);
    expect(byId.get(event.id) ?? words).toBe(words);
    byId.set(event.id, words);
    expect(event.id).toMatch(/^[\x21-\x2d\x2f-\x7e]{1,200}$/);
  }
  expect(told.length).toBeGreaterThan(byId.size);
});

test('some is told in another order than it happened, and some hours later', () => {
  const told = (lesson: Lesson): Telling[] => actsOf(lesson).filter((a): a is Telling => a.do === 'tell');
  const late = told(lessonOf('late-news')).find((t) => t.at > t.occurredAt + 2 * HOUR);
  expect(late?.type).toBe('participant.joined');
  const reordered = script.lessons.filter((l) => l.noise.reorders && takesPlace(l)).map(told);
  expect(reordered.some((list) => list.some((t, i) => i > 0 && t.occurredAt < list[i - 1]!.occurredAt && t.at > t.occurredAt))).toBe(true);
});

test.each<[string, Partial<ReturnType<typeof expectationOf>>]>([
  ['standard', { status: 'settled', payout: 3000, documents: 'approved' }],
  ['trial', { status: 'settled', payout: 3000, documents: 'approved' }],
  ['instructor-missing', { status: 'settled', payout: 0, documents: 'none' }],
  ['no-show', { status: 'settled', payout: 3000, documents: 'none' }],
  ['cancelled-early', { status: 'cancelled', payout: 0, verdicts: null }],
  ['sick-child', { status: 'cancelled', payout: 1500, verdicts: null }],
  ['booked-late-rejected', { status: 'refused', payout: 0, messages: [] }],
  ['booked-late-unanswered', { status: 'expired', payout: 0, messages: [] }],
  ['silent-recording', { status: 'settled', payout: 3000, documents: 'none' }],
  ['rejected', { status: 'settled', documents: 'rejected' }],
  ['unanswered', { status: 'settled', documents: 'rejected' }],
])('a lesson of the course %s is to end as its course says', (course, end) => {
  const lesson = lessonOf(course);
  expect(expected(lesson)).toMatchObject(end);
});

test.each<[string, (lesson: Lesson) => number]>([
  ['standard', () => 4500],
  ['trial', () => 0],
  ['instructor-missing', () => 0],
  ['sick-child', () => 2250],
  ['cancelled-early', () => 0],
  ['no-show', ({ missed }) => (missed === 'charge' ? 4500 : 0)],
])('each student of the course %s is charged as the terms have it', (course, amount) => {
  const lesson = lessonOf(course);
  expect(Object.values(expected(lesson).charges)).toEqual(lesson.students.map(() => amount(lesson)));
});

test('of a moved lesson the new time holds, of one whose move was not allowed the old one', () => {
  for (const course of ['moved', 'moved-late-approved']) expect(timesOf(lessonOf(course))).toEqual(lessonOf(course).change!.to);
  for (const course of ['moved-late-rejected', 'moved-late-unanswered']) expect(timesOf(lessonOf(course)).startsAt).toBe(lessonOf(course).startsAt);
});

test('what has to be done within less than the tolerance has no end that is certain', () => {
  const isCertain = (course: string, toleranceMs: number, outages: Outage[] = []): boolean =>
    isDetermined(lessonOf(course), { toleranceMs, outages });
  expect(isCertain('booked-late-approved', 2 * HOUR)).toBe(false);
  expect(isCertain('booked-late-approved', HOUR)).toBe(true);
  expect(isCertain('standard', DAY)).toBe(true);
  const { at } = lessonOf('booked-late-approved').booking;
  expect(isCertain('booked-late-approved', HOUR, [{ from: at + 10 * MINUTE, to: at + 80 * MINUTE }])).toBe(false);
  expect(isCertain('booked-late-approved', HOUR, [{ from: at - 3 * HOUR, to: at }])).toBe(true);
});
