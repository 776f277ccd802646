import { writeScript } from '../../runtime/simulate/script';
import { expectationOf } from '../../runtime/simulate/expect';
import { holdUpsIn } from '../../runtime/simulate/hold-ups';
import { studentsEver, studentsOf, teacherOf, timesOf, type Lesson } from '../../runtime/simulate/lesson';
import { DAY, HOUR, MINUTE, timingOf } from '../../runtime/simulate/timing';
import { CHECKS } from '../../runtime/simulate/verdict';
import type { Judging, MessageSeen, Seen } from '../../runtime/simulate/verdict/seen';
import { sha256 } from '../../domain/ids';
import { clockForReader, dayForReader, timeForReader } from '../../domain/time';

const script = writeScript({ seed: '7', sessions: 500, ...timingOf(500, 10 * MINUTE) });
const characters = new Map(script.cast.characters.map((c) => [c.key, c]));
/** Ids are keys here. */
const judging: Judging = { toleranceMs: HOUR, idOf: (key) => key, characterOf: (key) => characters.get(key) };

const TOKEN = 'a-token-of-a-test';

/** What the witnesses of a lesson say when all went well: rows and mails as they would be. */
function sound(lesson: Lesson): Seen {
  const expected = expectationOf(lesson, script.cast, { price: 4500, pay: 3000, lateShare: 50 });
  const { startsAt, endsAt } = timesOf(lesson);
  const at = new Date(endsAt);
  const sessionId = lesson.key;
  const isOver = expected.status === 'settled';
  const people = [teacherOf(lesson), ...studentsOf(lesson)];
  const token = (person: string): string => `${TOKEN}-${person.replaceAll('.', '-')}`;
  const messages = expected.messages.map((m, i): MessageSeen => {
    const { zone } = characters.get(m.person)!;
    const starts = (lesson.together?.lessons ?? [lesson.key]).map((key) => timesOf(script.lessons.find((l) => l.key === key)!).startsAt);
    const inShort = starts.map((at) => `${dayForReader(at, zone, 'en')}, ${clockForReader(at, zone, 'en')}`).join(' ');
    const text = `${timeForReader(startsAt, zone, 'en')} ${inShort} with ${characters.get(expected.instructor)!.givenName} http://127.0.0.1/j/${token(m.about ?? m.person)}`;
    const { kind, step, about: aboutId, person: personId } = m;
    return {
      key: `${sessionId}-${i}.email`,
      personId,
      aboutId,
      kind,
      step,
      batchId: step === 'together' ? 'b' : null,
      to: `${personId}@example.invalid`,
      text,
      at: startsAt + i,
      dueAt: startsAt,
    };
  });
  const decision = (point: string, outcome: object = {}) => ({ id: `${sessionId}-${point}`, sessionId, point, rule: 'r', outcome });
  const journals = [
    ...studentsEver(lesson).map((s) => ({ id: `charge ${s}`, kind: 'charge', subjectId: s, amountMinor: expected.charges[s]! })),
    { id: 'payout', kind: 'payout', subjectId: expected.instructor, amountMinor: expected.payout },
  ];
  return {
    lesson,
    expected,
    away: [],
    isDetermined: true,
    session: {
      id: sessionId,
      externalId: `week-${sessionId}`,
      status: expected.status,
      rev: 1,
      startsAt: new Date(startsAt),
      endsAt: at,
      closedAt: at,
      priceMinor: 4500,
      payMinor: 3000,
    },
    participants: people.map((personId, i) => ({
      sessionId,
      personId,
      role: i === 0 ? 'instructor' : 'student',
      verdict: expected.verdicts?.[personId] ?? 'waiting',
      verdictAt: null,
      verdictDecisionId: `${sessionId}-no-show`,
    })),
    arrivals: people.map((personId) => ({ sessionId, personId, at: new Date(startsAt) })),
    presence: people.flatMap((personId) => {
      const came = { sessionId, personId, connection: 'laptop' };
      const until = startsAt + (expected.minutes?.[personId] ?? 0) * MINUTE;
      return [
        { ...came, kind: 'joined' as const, at: new Date(startsAt) },
        { ...came, kind: 'left' as const, at: new Date(until) },
      ];
    }),
    obligations: messages.map((m) => ({
      ...m,
      id: m.key.split('.')[0]!,
      sessionId,
      anchorAt: at,
      channel: 'email',
      dueAt: new Date(m.dueAt),
      deadlineAt: new Date(m.dueAt + 12 * HOUR),
      state: 'delivered',
      reason: null,
      decisionId: 'd',
    })),
    decisions: [
      decision('admission'),
      decision('settlement', { percent: isOver ? 100 : 50 }),
      decision('charge', { percent: isOver ? 100 : 50 }),
      decision('no-show'),
    ],
    journals: journals
      .filter((j) => j.amountMinor > 0)
      .map((j) => ({ ...j, reverses: null, sessionId, rev: 1, decisionId: `${sessionId}-${j.kind === 'charge' ? 'charge' : 'settlement'}` })),
    heldSteps: [],
    changes: lesson.change ? [{ sessionId, kind: lesson.change.kind, rev: 2, decisionId: 'd', batchId: lesson.together && 'b' }] : [],
    corrections: lesson.correction ? [{ sessionId, kind: 'minutes', decisionId: 'd', chargePercent: 50, payPercent: 50 }] : [],
    documents: expected.documents === 'none' ? [] : ['summary', 'parent-update'].map((kind) => ({ sessionId, kind, state: expected.documents })),
    credentials: isOver ? people.map((personId) => ({ sessionId, personId, tokenHash: sha256(token(personId)), revokedAt: null })) : [],
    rooms: isOver ? [{ sessionId, state: 'open' }] : [],
    timeline: isOver ? [{ sessionId, kind: 'lesson.started', at: new Date(startsAt) }] : [],
    inbox: [{ id: 'e', eventId: 'e', type: 'participant.joined', state: 'applied', reason: null, sessionId }],
    workflow: { status: 'COMPLETED', pending: null },
    messages,
    together: [],
  };
}

const seenOf = (course: string): Seen => sound(script.lessons.find((l) => l.course === course)!);
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

const message = (seen: Seen, kind: string): MessageSeen => seen.messages.find((m) => m.kind === kind)!;
const obligation = (seen: Seen, kind: string) => seen.obligations.find((o) => o.kind === kind)!;

/** The review is given so long after its request was due, which never went out. */
function answeredBeforeSent(s: Seen, afterMs: number): void {
  const request = s.obligations.find((o) => o.kind === 'review')!;
  Object.assign(request, { state: 'suppressed', reason: 'review-decided' });
  s.messages = s.messages.filter((m) => m.kind !== 'review');
  const step = { id: 'h', sessionId: 's', kind: 'documentation.review', subject: 's', state: 'answered', chosen: 'approve', deadlineAt: null };
  s.heldSteps.push({ ...step, chosenAt: new Date(+request.dueAt + afterMs) });
}

/** Each plants one fault in what the witnesses say. */
const PLANTED: [string, string, string, (seen: Seen) => unknown, RegExp][] = [
  ['lost', 'a session that is not there', 'standard', (s) => (s.session = null), /is not there/],
  ['lost', 'a session without an end', 'standard', (s) => Object.assign(s.session!, { status: 'documenting', closedAt: null }), /it is documenting/],
  ['lost', 'a session that is not closed', 'standard', (s) => (s.session!.closedAt = null), /not closed/],
  [
    'lost',
    'a workflow that goes on',
    'standard',
    (s) => (s.workflow = { status: 'RUNNING', pending: 'dispatchDue in attempt 2' }),
    /still runs: it waits for dispatchDue/,
  ],
  ['lost', 'a workflow that failed', 'standard', (s) => (s.workflow = { status: 'FAILED', pending: null }), /ended as FAILED/],
  ['lost', 'an obligation without an end', 'standard', (s) => (obligation(s, 'update').state = 'in-doubt'), /it is in-doubt/],
  [
    'lost',
    'a message that the sink does not have',
    'standard',
    (s) => s.messages.splice(s.messages.indexOf(message(s, 'update')), 1),
    /the sink does not have it/,
  ],
  [
    'lost',
    'a message that was never even owed',
    'standard',
    (s) => {
      s.messages = s.messages.filter((m) => m.kind !== 'confirmation');
      s.obligations = s.obligations.filter((o) => o.kind !== 'confirmation');
    },
    /was owed and never reached/,
  ],
  ['lost', 'an event that nobody applied', 'standard', (s) => (s.inbox[0]!.state = 'received'), /never applied/],
  [
    'lost',
    'a step that nobody answered',
    'standard',
    (s) => s.heldSteps.push({ id: 'h', sessionId: 's', kind: 'charge', subject: 'x', state: 'open', chosen: null, deadlineAt: null, chosenAt: null }),
    /still waits/,
  ],
  ['doubled', 'a message under one key twice', 'standard', (s) => s.messages.push(message(s, 'update')), /2 times at the sink/],
  [
    'doubled',
    'the same thing owed twice',
    'standard',
    (s) => {
      s.obligations.push({ ...obligation(s, 'confirmation'), id: 'other' });
      s.messages.splice(1, 0, { ...message(s, 'confirmation'), key: 'other.email' });
    },
    /owed 2 times/,
  ],
  ['doubled', 'a charge posted twice', 'standard', (s) => s.journals.push({ ...s.journals[0]!, id: 'again' }), /posted 2 times/],
  [
    'doubled',
    'a charge taken back twice',
    'minutes-disputed',
    (s) => {
      const [charge] = s.journals;
      s.journals.push(...['r1', 'r2'].map((id) => ({ ...charge!, id, kind: 'reversal', reverses: charge!.id })));
    },
    /taken back 2 times/,
  ],
  ['doubled', 'a correction made twice', 'minutes-disputed', (s) => s.corrections.push(s.corrections[0]!), /made 2 times/],
  ['unexplained', 'a share of a charge that no correction names', 'minutes-disputed', (s) => (s.corrections = []), /neither what its decision says/],
  ['unexpected', 'a charge that was not put right', 'minutes-disputed', (s) => (s.journals[0]!.amountMinor = 4500), /charges is/],
  ['doubled', 'a change made twice', 'sick-child', (s) => s.changes.push(s.changes[0]!), /made 2 times/],
  ['late', 'a message after the tolerance', 'standard', (s) => (message(s, 'update').at += 2 * HOUR), /came late by 120 min/],
  ['late', 'a message before its time', 'standard', (s) => (message(s, 'credential').dueAt += 3 * HOUR), /came early/],
  [
    'late',
    'a message given up although there was time',
    'standard',
    (s) => s.obligations.push({ ...obligation(s, 'credential'), kind: 'reminder', step: 'day-before', state: 'missed', reason: 'too-late' }),
    /was given up \(too-late\).* by 720 min/,
  ],
  [
    'late',
    'a request that was not sent before its review was given',
    'standard',
    (s) => answeredBeforeSent(s, 2 * HOUR),
    /was not sent until it was answered.* by 120 min/,
  ],
  ['late', 'a lesson that began late', 'standard', (s) => (s.timeline[0]!.at = new Date(+s.timeline[0]!.at + 2 * HOUR)), /begun late/],
  [
    'contradictory',
    'a cancelled lesson of which a reminder is the last word',
    'sick-child',
    (s) => s.messages.push({ ...message(s, 'confirmation'), key: 'r.email', kind: 'reminder', step: 'hour-before' }),
    /the lesson is cancelled/,
  ],
  [
    'contradictory',
    'a moved lesson whose last word is of the old time',
    'moved',
    (s) => (s.session!.startsAt = new Date(+s.session!.startsAt + HOUR)),
    /does not say/,
  ],
  [
    'contradictory',
    'a student who was told to be absent, and had arrived',
    'standard',
    (s) => s.messages.push({ ...message(s, 'credential'), key: 'n.email', kind: 'no-show', step: 'no-show', aboutId: s.lesson.students[0]! }),
    /they had arrived/,
  ],
  [
    'contradictory',
    'a no-show of somebody who was there before',
    'standard',
    (s) => Object.assign(s.participants[1]!, { verdict: 'no-show', verdictAt: new Date(+s.session!.endsAt) }),
    /had come before that was said/,
  ],
  [
    'contradictory',
    'an instructor who was taken off and still believes to teach',
    'reassigned',
    (s) => (s.messages = s.messages.filter((m) => m.step !== 'taken-off')),
    /assignment.*not theirs any more/,
  ],
  [
    'contradictory',
    'a family that was told of somebody else’s teaching',
    'sick-instructor',
    (s) => s.messages.filter((m) => m.step === 'reassigned').forEach((m) => (m.text = m.text.replace(/ with .* http/, ' with Nobody http'))),
    /last that says who teaches/,
  ],
  [
    'lost',
    'a second room that somebody was never told of',
    'room-fails',
    (s) => {
      s.messages = s.messages.filter((m) => m.kind !== 'second-room');
      s.obligations = s.obligations.filter((o) => o.kind !== 'second-room');
    },
    /second-room.*was owed and never reached/,
  ],
  ['unexpected', 'minutes that a failed room took along', 'room-fails', (s) => (s.presence = s.presence.slice(2)), /minutes is/],
  [
    'unexpected',
    'a lesson that somebody else teaches than the script has',
    'unacknowledged',
    (s) => (s.participants.find((p) => p.role === 'instructor')!.personId = s.lesson.instructor),
    /instructor is/,
  ],
  ['contradictory', 'two ways in that are good', 'standard', (s) => s.credentials.push(s.credentials[0]!), /2 ways in that are good/],
  [
    'contradictory',
    'a way into a cancelled lesson',
    'sick-child',
    (s) => s.credentials.push({ ...seenOf('standard').credentials[0]!, personId: s.lesson.instructor }),
    /1 ways in that are good/,
  ],
  ['contradictory', 'a last link that was taken back', 'standard', (s) => (s.credentials[0]!.revokedAt = new Date(0)), /taken back/],
  ['contradictory', 'two open rooms', 'standard', (s) => s.rooms.push({ sessionId: 's', state: 'open' }), /2 rooms are open/],
  ['contradictory', 'an update that nobody approved', 'standard', (s) => s.documents.forEach((d) => (d.state = 'rejected')), /was not approved/],
  [
    'unexplained',
    'a settled session without its decision',
    'standard',
    (s) => (s.decisions = s.decisions.filter((d) => d.point !== 'settlement')),
    /nothing decided so/,
  ],
  ['unexplained', 'a cancelled session without its decision', 'sick-child', (s) => (s.changes[0]!.decisionId = null), /nothing decided so/],
  [
    'unexplained',
    'a charge without its decision',
    'standard',
    (s) => (s.journals[0]!.decisionId = 'of another session'),
    /names no decision of this session/,
  ],
  ['unexplained', 'a charge that its decision does not name', 'standard', (s) => (s.journals[0]!.amountMinor = 1), /neither what its decision says/],
  ['unexplained', 'a no-show without its decision', 'no-show', (s) => (s.participants[1]!.verdictDecisionId = null), /no decision says so/],
  ['unexplained', 'a message without its decision', 'standard', (s) => (obligation(s, 'update').decisionId = null), /names no decision/],
  [
    'unexplained',
    'a suppressed message without its reason',
    'standard',
    (s) => s.obligations.push({ ...obligation(s, 'update'), id: 'x', step: 'other', state: 'suppressed' }),
    /without a reason/,
  ],
  [
    'unexplained',
    'an event of the world that was refused',
    'standard',
    (s) => Object.assign(s.inbox[0]!, { state: 'refused', reason: 'no' }),
    /was refused: no/,
  ],
  ['unexpected', 'another status than the script has', 'standard', (s) => (s.session!.status = 'cancelled'), /status is cancelled/],
  ['unexpected', 'another charge', 'standard', (s) => (s.journals[0]!.amountMinor = 1), /charges is/],
  ['unexpected', 'another verdict', 'standard', (s) => (s.participants[1]!.verdict = 'late'), /verdicts is/],
];

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

test('what waited for a process that was gone is read from Temporal: an activity given out again, a task that timed out', () => {
  const at = (seconds: number) => ({ seconds, nanos: 0 });
  const events = [
    { eventId: 1, eventTime: at(10) },
    { eventId: 2, eventTime: at(41), activityTaskStartedEventAttributes: { scheduledEventId: 1, attempt: 2 } },
    { eventId: 3, eventTime: at(50) },
    { eventId: 4, eventTime: at(51), activityTaskStartedEventAttributes: { scheduledEventId: 3, attempt: 1 } },
    { eventId: 5, eventTime: at(60) },
    { eventId: 6, eventTime: at(70), workflowTaskTimedOutEventAttributes: { scheduledEventId: 5 } },
  ];
  const clock = { originBusinessMs: 0, originRealMs: 0, rate: 60 };
  expect(holdUpsIn(events as unknown as Parameters<typeof holdUpsIn>[0], clock)).toEqual([
    { from: 10 * MINUTE, to: 41 * MINUTE },
    { from: 60 * MINUTE, to: 70 * MINUTE },
  ]);
});

test('of a task that timed out again and again the time is counted until it was given out the last time', () => {
  const at = (seconds: number) => ({ seconds, nanos: 0 });
  const events = [
    { eventId: 1, eventTime: at(10) },
    { eventId: 2, eventTime: at(20), workflowTaskTimedOutEventAttributes: { scheduledEventId: 1 } },
    { eventId: 3, eventTime: at(50), workflowTaskScheduledEventAttributes: { attempt: 4 } },
    { eventId: 4, eventTime: at(51), workflowTaskCompletedEventAttributes: {} },
    { eventId: 5, eventTime: at(90), workflowTaskScheduledEventAttributes: { attempt: 1 } },
  ];
  const clock = { originBusinessMs: 0, originRealMs: 0, rate: 60 };
  expect(holdUpsIn(events as unknown as Parameters<typeof holdUpsIn>[0], clock)).toEqual([
    { from: 10 * MINUTE, to: 20 * MINUTE },
    { from: 20 * MINUTE, to: 50 * MINUTE },
  ]);
});
