import { DAY, HOUR } from '../../runtime/simulate/timing';
import { CHECKS } from '../../runtime/simulate/verdict';
import type { MessageSeen, Seen } from '../../runtime/simulate/verdict/seen';
import { PLANTED } from '../support/planted-faults';
import { answeredBeforeSent, judging, message, script, seenOf, sound } from '../support/sound-week';

const faultsOf = (seen: Seen): [string, string][] =>
  Object.entries(CHECKS).flatMap(([name, check]) => check(seen, judging).map((words): [string, string] => [name, words]));

const SOUND = [
  'standard',
  'group',
  'sick-child',
  'moved',
  'moved-late-approved',
  'reassigned',
  'swapped',
  'swapped-along',
  'joined',
  'dropped-early',
];
const SOUND_TOGETHER = ['transcript-after-close', 'minutes-disputed', 'series-first', 'in-the-way'];
const SOUND_TOO = ['other-room', 'sick-instructor', 'offers-expire', 'nobody-stands-in', 'unacknowledged', 'room-fails', 'room-reported'];

test.each([...SOUND, ...SOUND_TOO, ...SOUND_TOGETHER])('a sound lesson of the course %s has no fault', (course) => {
  expect(faultsOf(seenOf(course))).toEqual([]);
});

test.each(PLANTED)('%s finds %s', (check, _name, course, plant, words) => {
  const seen = seenOf(course);
  plant(seen);
  expect(CHECKS[check]!(seen, judging).join('\n')).toMatch(words);
});

/** Every lesson of the first batch of a course, each with what is told of it together with the others. */
function batchOf(course: string): Seen[] {
  const { together } = script.lessons.find((l) => l.course === course && l.together !== null)!;
  const batch = together!.lessons.map((key) => sound(script.lessons.find((l) => l.key === key)!));
  const told = batch.map((s) => s.messages.filter((m) => m.batchId !== null));
  // All of it is told when every lesson has been booked.
  const others = (n: number): MessageSeen[] => told.filter((_, of) => of !== n).flatMap((list) => list.map((m) => ({ ...m, at: m.at + DAY })));
  return batch.map((s, n) => ({ ...s, together: others(n) }));
}

test.each(['series-moved', 'closed-day', 'time-off'])('sound lessons of the course %s that are changed together have no fault', (course) => {
  expect(batchOf(course).flatMap(faultsOf)).toEqual([]);
});

test.each<[string, string, string, (batch: Seen[]) => unknown, RegExp]>([
  [
    'doubled',
    'a household that reads twice of one closure',
    'closed-day',
    ([first, second]) => first!.together.push({ ...first!.messages.find((m) => m.batchId)!, key: `${second!.lesson.key}-again.email` }),
    /tells .* of one batch/,
  ],
  [
    'doubled',
    'a family that is told of one lesson alone as well',
    'series-moved',
    ([, second]) => second!.messages.push({ ...message(second!, 'credential'), kind: 'change', step: 'rescheduled', key: 'alone.email' }),
    /tells alone of what is told together/,
  ],
  [
    'contradictory',
    'an instructor on leave who still believes to teach the second lesson',
    'time-off',
    ([, second]) => (second!.together = []),
    /assignment.*not theirs any more/,
  ],
  [
    'lost',
    'a family that never reads of a closure',
    'closed-day',
    ([first]) => {
      first!.messages = first!.messages.filter((m) => m.batchId === null);
      first!.obligations = first!.obligations.filter((o) => o.step !== 'together');
    },
    /change\/together.*was owed and never reached/,
  ],
])('%s finds %s', (check, _name, course, plant, words) => {
  const batch = batchOf(course);
  plant(batch);
  expect(batch.flatMap((s) => CHECKS[check]!(s, judging)).join('\n')).toMatch(words);
});

test('every check finds something that is planted', () => expect(new Set(PLANTED.map(([check]) => check))).toEqual(new Set(Object.keys(CHECKS))));

test('a request that was overtaken by its review within the tolerance is neither lost nor late; one without a review is lost', () => {
  const seen = seenOf('standard');
  answeredBeforeSent(seen, HOUR / 2);
  expect([CHECKS.lost!(seen, judging), CHECKS.late!(seen, judging)]).toEqual([[], []]);
  seen.heldSteps = [];
  expect(CHECKS.lost!(seen, judging)).toEqual([expect.stringMatching(/review\/request.* never reached the sink/)]);
});

test('of a time in which a process was killed nobody is late', () => {
  const seen = seenOf('standard');
  const { at } = message(seen, 'update');
  message(seen, 'update').at = at + 5 * HOUR;
  const outages = [
    { from: at, to: at + 3 * HOUR },
    { from: at + 2 * HOUR, to: at + 4.5 * HOUR },
  ];
  expect(CHECKS.late!({ ...seen, away: outages }, judging)).toEqual([]);
  expect(CHECKS.late!({ ...seen, away: outages.slice(0, 1) }, judging)).toHaveLength(1);
});
