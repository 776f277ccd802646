import { writeScript } from '../../runtime/simulate/script';
import { expectationOf } from '../../runtime/simulate/expect';
import { studentsEver, studentsOf, teacherOf, timesOf, type Lesson } from '../../runtime/simulate/lesson';
import { HOUR, MINUTE, timingOf } from '../../runtime/simulate/timing';
import type { Judging, MessageSeen, Seen } from '../../runtime/simulate/verdict/seen';
import { sha256 } from '../../domain/ids';
import { clockForReader, dayForReader, timeForReader } from '../../domain/time';

export const script = writeScript({ seed: '7', sessions: 500, ...timingOf(500, 10 * MINUTE) });
const characters = new Map(script.cast.characters.map((c) => [c.key, c]));
/** Ids are keys here. */
export const judging: Judging = { toleranceMs: HOUR, idOf: (key) => key, characterOf: (key) => characters.get(key) };

const TOKEN = 'a-token-of-a-test';
/** What the witnesses of a lesson say when all went well: rows and mails as they would be. */
export function sound(lesson: Lesson): Seen {
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
export const seenOf = (course: string): Seen => sound(script.lessons.find((l) => l.course === course)!);

export const message = (seen: Seen, kind: string): MessageSeen => seen.messages.find((m) => m.kind === kind)!;
export const obligation = (seen: Seen, kind: string) => seen.obligations.find((o) => o.kind === kind)!;

/** The review is given so long after its request was due, which never went out. */
export function answeredBeforeSent(s: Seen, afterMs: number): void {
  const request = s.obligations.find((o) => o.kind === 'review')!;
  Object.assign(request, { state: 'suppressed', reason: 'review-decided' });
  s.messages = s.messages.filter((m) => m.kind !== 'review');
  const step = { id: 'h', sessionId: 's', kind: 'documentation.review', subject: 's', state: 'answered', chosen: 'approve', deadlineAt: null };
  s.heldSteps.push({ ...step, chosenAt: new Date(+request.dueAt + afterMs) });
}
