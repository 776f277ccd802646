import * as reasons from '../commands/held-reasons';
import { findSession, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { decide } from '../decisions/decide';
import { explainDecision } from '../decisions/explain';
import type { Facts } from '../policy/types';
import { HOUR, Lectern } from './support/lectern';

jest.setTimeout(60_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

let sessionId: string;
let studentId: string;
let instructorId: string;
beforeAll(async () => {
  const cast = await lectern.cast(1);
  [studentId, instructorId] = [cast.studentIds[0]!, cast.instructorId];
  sessionId = await lectern.book(cast, 60 * HOUR);
});

type Say = (tx: Tx, session: SessionRow, decisionId: string) => Promise<string>;
class Undone extends Error {}

/** What a held step of this decision says, and the decision in the words of the rules; nothing of it stays. */
async function said(point: string, facts: Facts, say: Say): Promise<{ reason: string; sentence: string }> {
  let told = { reason: '', sentence: '' };
  await lectern
    .in(async (tx) => {
      const session = (await findSession(tx, sessionId))!;
      const question = {
        point,
        sessionId,
        subject: sessionId,
        rev: session.rev,
        seq: 'what-if',
        facts,
        labels: session,
        bookedSetId: session.bookedSetId,
      };
      const { id } = await decide(tx, { ...question, asOf: lectern.now() });
      told = { reason: await say(tx, session, id), sentence: (await explainDecision(tx, id)).sentence };
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return told;
}

const here = {
  lateBy: 1_800_000,
  isTrial: false,
  linkOpened: false,
  credentialProven: true,
  wayInProven: true,
  unmatchedInRoom: false,
  incidentOverlapped: false,
};
const student: Facts = { ...here, instructorVerdict: 'arrived', providerSays: 'absent', instructorPresent: true, instructorThereFor: 1_800_000 };
const booking: Facts = {
  notice: 30 * HOUR,
  length: HOUR,
  students: 1,
  isTrial: false,
  startsAtClock: 600,
  everyoneReachable: true,
  away: 'nobody',
  studentSessionsThatDay: 1,
  studentSessionsThatWeek: 1,
  instructorSessionsThatDay: 1,
  instructorSessionsThatWeek: 1,
  instructorOverOwnCap: false,
  bookedBy: 'integrator',
};
const noShow =
  (personId: () => string, role: 'student' | 'instructor', isCertain: boolean): Say =>
  (tx, session, decisionId) =>
    reasons.noShowReason(tx, session, { personId: personId(), role, isCertain, decisionId });
const money =
  (what: 'charge' | 'payout', personId: () => string): Say =>
  (tx, session, decisionId) =>
    reasons.moneyReason(tx, session, { what, personId: personId(), amountMinor: 4500, percent: 100, decisionId });
const recording =
  (stage: reasons.RecordingStage): Say =>
  (tx, session, decisionId) =>
    reasons.recordingReason(tx, session, stage, decisionId);
const paid: Facts = { cancelled: false, moved: false, isTrial: false };

test.each<[string, string, Facts, Say, string[]]>([
  [
    'a booking by somebody who cannot be reached',
    'admission',
    { ...booking, everyoneReachable: false },
    reasons.bookingReason,
    ['is not booked yet', 'Somebody could not be told about the lesson', 'at 45.00 EUR a student'],
  ],
  [
    'a booking of which a fact is missing',
    'admission',
    { ...booking, everyoneReachable: undefined },
    reasons.bookingReason,
    ['It is not known whether each student, or a guardian who is to be notified, has an e-mail address', 'reject it and its time is free again'],
  ],
  [
    'a gap before the lesson',
    'coverage',
    { roomOpen: true, withoutCredential: 0, undelivered: 1, untilStart: 600_000 },
    reasons.coverageReason,
    ['not everyone holds what they need', 'No message with the way in got through to somebody', 'Reach whom it concerns'],
  ],
  [
    'a gap that cannot be told',
    'coverage',
    { roomOpen: true, withoutCredential: 0, untilStart: 600_000 },
    reasons.coverageReason,
    ['It is not known for how many participants no message'],
  ],
  [
    'a student who opened the link',
    'no-show.student',
    { ...student, linkOpened: true, credentialProven: false },
    noShow(() => studentId, 'student', false),
    [
      'It is not clear whether',
      '(student) came to',
      'They opened their link and did not get into the room.',
      'Say whether they came, did not come, or are excused.',
    ],
  ],
  [
    'a student of whom a fact is missing',
    'no-show.student',
    { ...student, instructorThereFor: undefined },
    noShow(() => studentId, 'student', false),
    ['It is not known how long the instructor has been there since the start.'],
  ],
  [
    'an instructor who has not come',
    'no-show.instructor',
    { ...here, providerSays: 'absent', studentsPresent: 1, remaining: 600_000 },
    noShow(() => instructorId, 'instructor', true),
    ['(instructor) has not come to', 'nothing says that they are there'],
  ],
  [
    'a lesson of which it is not known whether it may be recorded',
    'recording',
    { stage: 'lesson' },
    recording('lesson'),
    ['It is not clear whether it may be recorded.', 'whether each participant, or a guardian, has agreed to be recorded', 'go on without'],
  ],
  [
    'a recording that did not start',
    'recording',
    {
      stage: 'start',
      everyoneConsents: true,
      providerSays: 'not-recording',
      lateBy: 600_000,
      failed: false,
      canStart: false,
      secondRecorder: false,
    },
    recording('start'),
    ['The recording did not start.', 'The provider says that nothing is recorded', 'Start it by hand'],
  ],
  [
    'a recording that never came',
    'recording',
    { stage: 'ready', everyoneConsents: true, providerSays: 'unknown', lateBy: 600_000, failed: false, transcriptPresent: false },
    recording('ready'),
    ['Neither recording nor transcript has come.', 'Upload a transcript'],
  ],
  [
    'a charge against which something speaks',
    'charge',
    { ...paid, verdict: 'no-show', instructorVerdict: 'arrived', againstFault: true, incidentOverlapped: true, providerSaid: 'absent' },
    money('charge', () => studentId),
    ['(student) is charged 45.00 EUR for', 'waive it'],
  ],
  [
    'a payout of which it is open whether the instructor came',
    'settlement',
    { ...paid, instructorVerdict: 'undecided', arrived: 1 },
    money('payout', () => instructorId),
    ['(instructor) is paid 45.00 EUR for', 'As long as it is open whether the instructor came', 'Pay it, or pay nothing.'],
  ],
  [
    'a late move',
    'change',
    { kind: 'reschedule', notice: HOUR, newNotice: 9 * HOUR, by: 'integrator', isTrial: false, status: 'booked' },
    (tx, session, decisionId) =>
      reasons.changeReason(tx, session, { input: { kind: 'reschedule', startsAt: new Date('2027-03-03T15:00:00Z') }, decisionId }),
    [
      'Somebody asks to move',
      'to Wednesday, March 3, 16:00 GMT+1 (Europe/Berlin)',
      'Moving at short notice is looked at by a coordinator.',
      'the lesson stays as it is',
    ],
  ],
  [
    'a message plan that needs what nobody knows',
    'obligations',
    { isTrial: false, students: 1, notice: HOUR },
    (tx, session, decisionId) => reasons.planReason(tx, session, 'booked', decisionId),
    ['it is not clear who is to be told what, now that it is booked', 'It is not known what has happened.', 'only what is owed for certain'],
  ],
])('%s is told in plain words: which lesson, who, what is not known, what to do', async (_name, point, facts, say, parts) => {
  const { reason, sentence } = await said(point, facts, say);
  if (process.env.SHOW_REASONS) process.stdout.write(`\n${_name}\n  before: ${sentence}\n  after:  ${reason}\n`);
  for (const part of parts) expect(reason).toContain(part);
  expect(reason).toContain('“Invented lesson” on ');
  // The names of facts, rules and outcomes are the rules' own; they stand behind "why".
  expect(reason).not.toMatch(/rule “|verdict|policy's default|\b[a-z]+[A-Z]\w*:|undefined|null/);
});
