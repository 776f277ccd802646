import { actsOf, type Telling } from '../../runtime/simulate/acts';
import { ZONES } from '../../runtime/simulate/cast';
import { COURSES } from '../../runtime/simulate/courses';
import { expectationOf, isDetermined } from '../../runtime/simulate/expect';
import { takesPlace, timesOf, type Lesson } from '../../runtime/simulate/lesson';
import type { Outage } from '../../runtime/simulate/outages';
import { writeScript, type Script } from '../../runtime/simulate/script';
import { DAY, HOUR, leastWithin, MINUTE, timingOf } from '../../runtime/simulate/timing';
import { wallTimeOf } from '../../domain/time';

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
  // What the series finds taken never holds a time.
  for (const lesson of week('x', sessions, withinMs).lessons.filter((l) => l.course !== 'series-taken')) {
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
  ['transcript-after-close', { status: 'settled', payout: 3000, documents: 'approved' }],
  ['minutes-disputed', { status: 'settled', payout: 1500, documents: 'approved' }],
  ['series-first', { status: 'settled', payout: 3000 }],
  ['series-taken', { status: 'refused', payout: 0, messages: [] }],
  ['closed-day', { status: 'settled', payout: 3000 }],
  ['time-off', { status: 'settled', payout: 3000 }],
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
  ['minutes-disputed', () => 2250],
  ['no-show', ({ missed }) => (missed === 'charge' ? 4500 : 0)],
])('each student of the course %s is charged as the terms have it', (course, amount) => {
  const lesson = lessonOf(course);
  expect(Object.values(expected(lesson).charges)).toEqual(lesson.students.map(() => amount(lesson)));
});

test('of a moved lesson the new time holds, of one whose move was not allowed the old one', () => {
  for (const course of ['moved', 'moved-late-approved']) expect(timesOf(lessonOf(course))).toEqual(lessonOf(course).change!.to);
  for (const course of ['moved-late-rejected', 'moved-late-unanswered']) expect(timesOf(lessonOf(course)).startsAt).toBe(lessonOf(course).startsAt);
});

const together = script.lessons.filter((l) => l.together !== null);
const zoneOf = (person: string): string => script.cast.characters.find((c) => c.key === person)!.zone;
const wall = (ms: number, person: string): string => wallTimeOf(ms, zoneOf(person));

test('lessons of a series are a day apart on the wall of their instructor, and one of them has its time taken', () => {
  const series = script.lessons.filter((l) => l.series !== null);
  expect(series.length).toBeGreaterThan(20);
  const firstOf = (l: Lesson): Lesson => script.lessons.find((o) => o.key === l.series![0])!;
  for (const l of series) expect(wall(l.startsAt, l.instructor).slice(11)).toBe(wall(firstOf(l).startsAt, l.instructor).slice(11));
  for (const l of series.filter((o) => o.course === 'series-taken')) {
    const inTheWay = script.lessons.find((o) => o.course === 'in-the-way' && o.instructor === l.instructor)!;
    expect([inTheWay.startsAt, inTheWay.booking.at < l.booking.at]).toEqual([l.startsAt, true]);
  }
});

test('of a closed day the lessons go to the next morning, one after the other; of time off they stay, with somebody else', () => {
  const closed = together.filter((l) => l.together!.cause === 'closure');
  const hours = new Map<string, string[]>();
  for (const l of closed) {
    expect([l.startsAt >= l.together!.from, l.endsAt <= l.together!.to, l.change!.to!.startsAt >= l.together!.to]).toEqual([true, true, true]);
    hours.set(l.branch!, [...(hours.get(l.branch!) ?? []), wall(l.change!.to!.startsAt, l.instructor).slice(11)]);
  }
  for (const times of hours.values()) expect(times.sort()).toEqual(['08:00', '09:30', '11:00']);
  const off = together.filter((l) => l.together!.cause === 'time-off');
  expect(off.length).toBeGreaterThan(5);
  for (const l of off) expect([timesOf(l).startsAt, expected(l).instructor]).toEqual([l.startsAt, l.change!.person]);
});

test('each household reads once of a batch, with the first lesson that is theirs', () => {
  const batches = new Map<string, string[]>();
  for (const l of together) {
    const told = expected(l).messages.filter((m) => m.kind === 'change' && m.step === 'together');
    const batch = l.together!.lessons.join();
    batches.set(batch, [...(batches.get(batch) ?? []), ...told.map((m) => m.person)]);
  }
  expect(batches.size).toBe(15);
  for (const told of batches.values()) expect(told).toEqual([...new Set(told)]);
  const [siblings] = together.filter((l) => l.together!.toldBefore.some((s) => s !== l.students[0] && s.startsWith(l.students[0]!.slice(0, -1))));
  expect(expected(siblings!).messages.filter((m) => m.step === 'together' && m.about !== null)).toEqual([]);
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
