import { peopleById, type PersonRow } from '../db/people';
import { findSession, participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { explainDecision } from '../decisions/explain';
import { DRAFT_FAULTS, type DraftFault } from '../domain/draft-faults';
import type { DraftOrigin } from '../domain/documents';
import { moneyInWords } from '../domain/money';
import { timeForReader } from '../domain/time';
import type { CorrectedMoney, CorrectionInput } from './corrections/types';
import type { BatchRow } from '../db/batches';
import type { ZoneDoubts } from '../domain/zone-evidence';
import type { PlanEvent } from './plan-event';
import type { Obstacle } from './series/types';
import type { ChangeInput } from './types';

/**
 * What a held step says to whoever decides it: which lesson and who, what the rules say or what is not known, and what can be
 * done. How the rules came to it is the decision's to tell, behind "why".
 */
type Lesson = Pick<SessionRow, 'id' | 'title' | 'startsAt' | 'anchorZone'>;

export const sentences = (...parts: (string | null)[]): string => parts.filter((p) => p !== null && p !== '').join(' ');
const timeOf = ({ startsAt, anchorZone }: Pick<SessionRow, 'startsAt' | 'anchorZone'>): string => timeForReader(+startsAt, anchorZone, 'en');
export const lesson = (session: Lesson): string => `“${session.title}” on ${timeOf(session)}`;
export const becauseOf = async (tx: Tx, decisionId: string): Promise<string | null> => (await explainDecision(tx, decisionId)).because;

async function person(tx: Tx, session: Lesson, personId: string): Promise<string> {
  const [found] = await peopleById(tx, [personId]);
  const role = (await participantsOf(tx, session.id)).find((p) => p.personId === personId)?.role ?? found?.kind;
  return found ? `${found.name} (${role})` : `somebody who is no longer known (${personId})`;
}

export async function bookingReason(
  tx: Tx,
  session: Lesson & Pick<SessionRow, 'priceMinor' | 'currency' | 'expiresAt'>,
  decisionId: string,
): Promise<string> {
  const participants = await participantsOf(tx, session.id);
  const people = await peopleById(
    tx,
    participants.map((p) => p.personId),
  );
  const named = (role: ParticipantRow['role']): string =>
    participants
      .filter((p) => p.role === role)
      .map((p) => people.find((q: PersonRow) => q.id === p.personId)!.name)
      .join(', ');
  const until = session.expiresAt ? ` Nobody deciding, it lapses on ${timeOf({ ...session, startsAt: session.expiresAt })}.` : '';
  return sentences(
    `${lesson(session)}, for ${named('student')} with ${named('instructor')}, is not booked yet.`,
    (await becauseOf(tx, decisionId)) ?? 'The rules leave it to a person.',
    `Approve it and it is booked at ${moneyInWords(session.priceMinor, session.currency)} a student; reject it and its time is free again.${until}`,
  );
}

const IN_THE_WAY: Record<Obstacle, string> = {
  taken: 'somebody on it has another lesson then',
  closed: 'there is a closure then',
  'instructor-away': 'the instructor has time off then',
  'student-away': 'a student has time off then',
  refused: 'the rules refuse it',
};

/** A lesson of a series that cannot be at its time. */
export async function occurrenceReason(
  tx: Tx,
  session: Lesson,
  { obstacle, alternatives, until }: { obstacle: Obstacle; alternatives: { startsAt: string }[]; until: Date },
): Promise<string> {
  const people = await peopleById(
    tx,
    (await participantsOf(tx, session.id)).map((p) => p.personId),
  );
  const times = alternatives.map((a) => timeOf({ ...session, startsAt: new Date(a.startsAt) }));
  return sentences(
    `${lesson(session)}, for ${people.map((p) => p.name).join(', ')}, cannot be booked at its time: ${IN_THE_WAY[obstacle]}. The other weeks of the series stand.`,
    times.length > 0
      ? `Everybody is free on ${times.join('; or on ')}. Take one of these times, or leave the lesson out.`
      : 'No other time was found near it.',
    `Nobody deciding, it is left out on ${timeOf({ ...session, startsAt: until })}.`,
  );
}

const WANTED: Record<BatchRow['cause'], string> = {
  series: 'is to move with its series, and cannot',
  closure: 'falls into a closure',
  'time-off': 'falls into somebody’s time off',
};

/** A lesson that a closure or an edit of a series could not see to by itself. */
export function itemReason(
  _tx: Tx,
  session: Lesson,
  { cause, why, alternatives }: { cause: BatchRow['cause']; why: string; alternatives: { startsAt: string }[] },
): Promise<string> {
  const times = alternatives.map((a) => timeOf({ ...session, startsAt: new Date(a.startsAt) }));
  return Promise.resolve(
    sentences(
      `${lesson(session)} ${WANTED[cause]}.`,
      why,
      times.length > 0 ? `Everybody is free on ${times.join('; or on ')}.` : 'No other time was found near it.',
      'Take another time, cancel it, or keep it as it is; nobody deciding before its start, it stays.',
    ),
  );
}

export const coverageReason = async (tx: Tx, session: Lesson, decisionId: string): Promise<string> =>
  sentences(
    `Before ${lesson(session)} not everyone holds what they need.`,
    await becauseOf(tx, decisionId),
    'Reach whom it concerns, then let the lesson go on.',
  );

export async function noShowReason(
  tx: Tx,
  session: Lesson,
  { personId, role, isCertain, decisionId }: Pick<ParticipantRow, 'personId' | 'role'> & { isCertain: boolean; decisionId: string },
): Promise<string> {
  const who = await person(tx, session, personId);
  return sentences(
    isCertain ? `${who} has not come to ${lesson(session)}.` : `It is not clear whether ${who} came to ${lesson(session)}.`,
    (await becauseOf(tx, decisionId)) ?? 'The grace is over, and nothing says that they are there.',
    role === 'student' ? 'Say whether they came, did not come, or are excused.' : 'Say whether they came; nobody is charged before.',
  );
}

const RECORDING = {
  lesson: ['It is not clear whether it may be recorded.', 'Wait for a recording, or go on without.'],
  start: ['The recording did not start.', 'Start it by hand and wait for it, or go on without.'],
  notes: [
    'Neither recording nor transcript has come.',
    'Three answers of the instructor are enough for summary and update; wait for it, or go on without.',
  ],
  ready: ['Neither recording nor transcript has come.', 'Upload a transcript, wait for it, or go on without.'],
} as const;
export type RecordingStage = keyof typeof RECORDING;

export async function recordingReason(tx: Tx, session: Lesson, stage: RecordingStage, decisionId: string): Promise<string> {
  const [what, todo] = RECORDING[stage];
  return sentences(`${lesson(session)}:`, what, await becauseOf(tx, decisionId), todo);
}

export const roomReason = async (tx: Tx, session: Lesson, decisionId: string): Promise<string> =>
  sentences(
    `The room of ${lesson(session)} has failed.`,
    await becauseOf(tx, decisionId),
    'Open a second room, end the lesson here, or go on as it is; a second room is opened when nobody says.',
  );

export async function moneyReason(
  tx: Tx,
  session: Lesson & Pick<SessionRow, 'currency'>,
  m: { what: 'charge' | 'payout'; personId: string; amountMinor: number; percent: number; decisionId: string },
): Promise<string> {
  const [done, todo] = m.what === 'charge' ? ['charged', 'Charge it, or waive it.'] : ['paid', 'Pay it, or pay nothing.'];
  const amount = `${m.percent === 100 ? '' : `${m.percent} % of `}${moneyInWords(m.amountMinor, session.currency)}`;
  return sentences(
    `It is not clear whether ${await person(tx, session, m.personId)} is ${done} ${amount} for ${lesson(session)}.`,
    (await becauseOf(tx, m.decisionId)) ?? 'The rules leave it to a person.',
    todo,
  );
}

export async function correctionReason(
  tx: Tx,
  session: Lesson & Pick<SessionRow, 'currency'>,
  { input, money, decisionId }: { input: CorrectionInput; money: CorrectedMoney[]; decisionId: string },
): Promise<string> {
  const who = await person(tx, session, input.personId);
  const what =
    input.kind === 'attendance' ? `${who} would be said to ${VERDICT_WORDS[input.verdict]}` : `the ${input.kind} of ${who} would be corrected`;
  const sums = await Promise.all(
    money.map(async (m) => {
      const [before, after] = [m.beforeMinor, m.afterMinor].map((minor) => moneyInWords(minor, session.currency));
      return m.held
        ? null
        : `${m.kind === 'charge' ? 'Charged' : 'Paid'} to ${await person(tx, session, m.personId)}: ${after} instead of ${before}.`;
    }),
  );
  return sentences(
    `After ${lesson(session)} was closed something came to light: ${what}.`,
    await becauseOf(tx, decisionId),
    ...sums,
    'Approve it and it is put right; reject it and all stays as it is.',
  );
}
export const lateTranscriptReason = (session: Lesson): string =>
  sentences(
    `A transcript of ${lesson(session)} came after it was closed without summary and update.`,
    'Approve it and both are drafted for review; reject it and all stays as it is.',
  );
const VERDICT_WORDS = { arrived: 'have come', late: 'have come late', 'no-show': 'not have come', excused: 'be excused' } as const;

/** What speaks against a person's zone, each thing that does. */
export function zoneReason(
  session: Lesson,
  z: { name: string; kind: string; zone: string; doubts: ZoneDoubts; off: { hours: number; lessons: number } | null },
): string {
  const named = (because: 'household' | 'phone'): string =>
    z.doubts.instead
      .filter((i) => i.because === because)
      .map((i) => i.zone)
      .join(', ');
  return sentences(
    `${z.name} (${z.kind}) is said to be in ${z.zone}, and something speaks against it before ${lesson(session)} is told to them.`,
    z.doubts.householdDisagrees ? `Those they live with are in ${named('household')}.` : null,
    z.doubts.phoneDisagrees ? `Their phone number is from a country with another time (${named('phone')}).` : null,
    z.off
      ? `To ${z.off.lessons} earlier lesson${z.off.lessons === 1 ? '' : 's'} they came ${Math.abs(z.off.hours)} h ${z.off.hours > 0 ? 'late' : 'early'}.`
      : null,
    'Say which zone is theirs; what shows them a time waits until then.',
  );
}

export const clockReason = (session: Lesson & { agreedWallTime: string }, startsAt: Date, isFree: boolean): string =>
  sentences(
    `The clocks of ${session.anchorZone} follow another law since ${lesson(session)} was agreed for ${session.agreedWallTime.replace('T', ' ')} there.`,
    `To keep that time on the wall it would have to start at ${startsAt.toISOString()} instead of ${session.startsAt.toISOString()}${isFree ? '' : ', when somebody on it has another lesson'}.`,
    'Keep the time on the wall and everybody is told of the move; keep the moment and everybody is told what their clocks will show.',
  );

const HAPPENED: Record<PlanEvent['event'], string> = {
  booked: 'it is booked',
  cancelled: 'it is cancelled',
  rescheduled: 'it has moved',
  reassigned: 'another instructor teaches it',
  added: 'a student has joined it',
  dropped: 'a student has left it',
  'room-changed': 'it has another room',
  'clocks-changed': 'the clocks of a zone have changed',
  'no-show': 'a student has not come',
  'no-show-retracted': 'a student has come after all',
  'coverage-gap': 'somebody lacks what they need',
  'review-opened': 'its summary and update wait for review',
  'review-reminder': 'its review has waited for a while',
  'review-escalated': 'its review has waited too long',
  'update-approved': 'its update is approved',
  'incident-opened': 'something is wrong with it',
  'room-replaced': 'it has a second room',
  'incident-closed': 'what was wrong with it is over',
  'notes-asked': 'its instructor is asked for notes',
  'changed-together': 'it has changed together with others',
  corrected: 'it was corrected',
  'pay-corrected': 'its pay was corrected',
  'acknowledgement-due': 'its instructor has not acknowledged it',
  'substitute-offered': 'it is offered to substitutes',
  'substitute-released': 'no substitute is needed any more',
  'substitute-not-found': 'no substitute has been found',
};

export const planReason = async (tx: Tx, session: Lesson, event: PlanEvent['event'], decisionId: string): Promise<string> =>
  sentences(
    `${lesson(session)}: it is not clear who is to be told what, now that ${HAPPENED[event]}.`,
    await becauseOf(tx, decisionId),
    'Send all that may be owed, only what is owed for certain, or nothing.',
  );

async function wishOf(tx: Tx, session: Lesson, input: ChangeInput): Promise<string> {
  const who = async (id: string | undefined): Promise<string> => person(tx, session, id!);
  switch (input.kind) {
    case 'cancel':
      return `cancel ${lesson(session)}`;
    case 'reschedule':
      return `move ${lesson(session)} to ${timeOf({ ...session, startsAt: input.startsAt! })}`;
    case 'reassign':
      return `give ${lesson(session)} to ${await who(input.instructorId)}`;
    case 'swap':
      return `exchange the instructor of ${lesson(session)} with that of ${lesson((await findSession(tx, input.withSessionId!))!)}`;
    case 'add':
      return `have ${await who(input.studentId)} take part in ${lesson(session)}`;
    case 'drop':
      return `take ${await who(input.studentId)} off ${lesson(session)}`;
    case 'room':
      return `move ${lesson(session)} to another room`;
  }
}

export async function changeReason(tx: Tx, session: Lesson, { input, decisionId }: { input: ChangeInput; decisionId: string }): Promise<string> {
  const asked = `Somebody asks to ${await wishOf(tx, session, input)}.`;
  return sentences(
    asked,
    (await becauseOf(tx, decisionId)) ?? 'The rules leave it to a person.',
    'Approve it, or reject it and the lesson stays as it is; nobody deciding before its start, it stays.',
  );
}

export async function messageReason(
  tx: Tx,
  session: Lesson,
  { message, error }: { message: { kind: string; channel: string; personId: string }; error: string | null },
): Promise<string> {
  const what = `the message “${message.kind}” by ${message.channel} to ${await person(tx, session, message.personId)} about ${lesson(session)}`;
  return sentences(
    error === null
      ? `It is not known whether ${what} left; sent again, it might come twice.`
      : `${what.replace(/^t/, 'T')} could not be delivered: ${error}.`,
    'Reach them another way, then send it again or leave it.',
  );
}

export const reviewReason = (session: Lesson, { origin, refusedBecause }: { origin: DraftOrigin; refusedBecause: DraftFault | null }): string =>
  sentences(
    `Summary and parent update of ${lesson(session)} wait for review.`,
    origin === 'notes'
      ? 'They are written from the instructor’s answers: there is no recording.'
      : origin === 'model'
        ? 'A language model wrote them.'
        : `They are an extract from the transcript${refusedBecause ? `: ${DRAFT_FAULTS[refusedBecause]}` : ''}.`,
    'Approve them as they are or as you edit them, or reject them.',
  );

export const staleApprovalReason = (session: Lesson): string =>
  sentences(
    `The facts under the approved update of ${lesson(session)} changed before it left.`,
    'It was not sent: look at it as it is now, and approve or reject it.',
  );
