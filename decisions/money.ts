import { attendanceOf, incidentOverlaps, isUnmatched } from '../db/attendance';
import { wayInProven } from '../db/coverage';
import { decisionById } from '../db/decisions';
import { formersOf, type FormerRow } from '../db/participants';
import { strikesThisTerm } from '../db/strikes';
import { liveCredentials } from '../db/rooms';
import { participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import type { Facts, Json } from '../policy/types';
import { isPresent } from './ask';
import type { Ask, Decision } from './decide';

/** One thing that is charged and paid for: the lesson as it ended, or a change of it. Each has a rev of its own, so that each is posted once. */
export interface Bill {
  rev: number;
  isMove: boolean;
  /** A student was taken off the session: it is cancelled for them alone. */
  isDrop?: boolean;
  /** The only student it is about; everybody when left out. */
  studentId?: string | undefined;
  /** When the change was made: it is billed to who took part then. */
  madeAt?: Date;
  /** The share that the change decision named; not known when it named none. */
  changePercent: number | undefined;
}

/** What speaks for and against fault, read once for everybody on the session. */
export interface Evidence {
  participants: ParticipantRow[];
  /** Who took part and was taken off. */
  formers: FormerRow[];
  incident: boolean;
  isSomebodyUnmatched: boolean;
  /** Who opened their link and did not get in. */
  lockedOut: ReadonlySet<string>;
  /** Whose way in is known to have reached them, or to have worked before. */
  proven: ReadonlySet<string>;
  /** Strikes in the term of the lesson, without its own; who has none is not among them. */
  strikes: ReadonlyMap<string, number>;
}

export async function readEvidence(tx: Tx, session: SessionRow): Promise<Evidence> {
  const [participants, formers, events, credentials, incident, proven, strikes] = await Promise.all([
    participantsOf(tx, session.id),
    session.rev > 1 ? formersOf(tx, session.id) : [],
    attendanceOf(tx, session.id),
    liveCredentials(tx, session.id),
    incidentOverlaps(tx, session.id, session.startsAt, session.endsAt),
    wayInProven(tx, session.id),
    strikesThisTerm(tx, session.id),
  ]);
  return {
    participants,
    formers,
    incident,
    isSomebodyUnmatched: events.some(isUnmatched),
    lockedOut: new Set(credentials.filter((c) => c.openedAt !== null && c.provenAt === null).map((c) => c.personId)),
    proven,
    strikes,
  };
}

/** Who owes or is owed, what for, and how it is asked: `preview` where nothing may be stored. */
export interface Asked {
  bill: Bill;
  evidence: Evidence;
  asOf: Date;
  ask: Ask;
  /** Which round of deciding it is: an answer of an earlier one is not given again. */
  seq: string;
}

/** The rounds of deciding about a session's money: its settlement, then each time that what it rests on has changed. */
export const roundOf = ({ amendments }: Pick<SessionRow, 'amendments'>): string => (amendments === 0 ? 'settlement' : `settlement:${amendments}`);

/** What the provider answered when it was said that somebody did not come; not known when nobody said so. */
async function providerSaidOf(tx: Tx, participant: Billed): Promise<Json | undefined> {
  const decision = participant.verdictDecisionId ? await decisionById(tx, participant.verdictDecisionId) : undefined;
  return decision?.facts.providerSays;
}

type Billed = Pick<ParticipantRow, 'personId' | 'role' | 'verdict' | 'verdictDecisionId'>;

/** A change is billed as things stood when it was made: nobody had come or failed to come. */
const asOfBill = (p: Billed, { isMove, isDrop }: Bill): Billed => (isMove || isDrop ? { ...p, verdict: 'waiting', verdictDecisionId: null } : p);

/** Students first: who is paid for a lesson is asked once what it brought is known. */
const inOrder = (list: Billed[]): Billed[] => ['student', 'instructor'].flatMap((role) => list.filter((p) => p.role === role));

/** Whom a bill is about: who takes part in the lesson at its end, or took part when the change was made. */
export function concernedBy({ madeAt, studentId }: Bill, { participants, formers }: Evidence): Billed[] {
  if (!madeAt) return inOrder(participants);
  const all = [...participants, ...formers];
  if (studentId !== undefined) return all.filter((p) => p.personId === studentId).slice(0, 1);
  const wasThere = (p: { joinedAt: Date | null; leftAt?: Date }): boolean =>
    (!p.joinedAt || p.joinedAt <= madeAt) && (!p.leftAt || p.leftAt > madeAt);
  return inOrder(all.filter(wasThere));
}

const put = (
  tx: Tx,
  session: SessionRow,
  { bill, asOf, ask, seq }: Asked,
  point: 'charge' | 'settlement',
  subject: string,
  facts: Facts,
): Promise<Decision> =>
  ask(tx, {
    point,
    sessionId: session.id,
    subject,
    rev: bill.rev,
    seq,
    facts: {
      cancelled: bill.isDrop === true || (session.status === 'cancelled' && !bill.isMove),
      moved: bill.isMove,
      isTrial: session.isTrial,
      changePercent: bill.changePercent,
      ...facts,
    },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf,
  });

/** Each fact that may speak against the fault of a student who did not come, by itself. */
export interface Speaking extends Facts {
  linkOpened: boolean;
  unmatchedInRoom: boolean;
  credentialProven: boolean;
  incidentOverlapped: boolean;
  instructorPresent: boolean;
}
const againstFaultOf = (
  evidence: Omit<Evidence, 'participants' | 'formers'>,
  studentId: string,
  instructor: Pick<ParticipantRow, 'verdict'> | undefined,
): Speaking => ({
  linkOpened: evidence.lockedOut.has(studentId),
  unmatchedInRoom: evidence.isSomebodyUnmatched,
  credentialProven: evidence.proven.has(studentId),
  incidentOverlapped: evidence.incident,
  instructorPresent: instructor !== undefined && isPresent(instructor),
});
/** What speaks against the fault of a student, whatever is said of them. */
export const speakingOf = (evidence: Evidence, studentId: string): Speaking =>
  againstFaultOf(
    evidence,
    studentId,
    evidence.participants.find((p) => p.role === 'instructor'),
  );
export const isAgainstFault = (s: Speaking): boolean =>
  s.linkOpened || s.unmatchedInRoom || !s.credentialProven || s.incidentOverlapped || !s.instructorPresent;

/** Which share of the price is this student charged? */
export async function askCharge(tx: Tx, session: SessionRow, studentId: string, asked: Asked): Promise<Decision> {
  const { bill, evidence } = asked;
  const participants = evidence.participants.map((p) => asOfBill(p, bill));
  const student = [...participants, ...evidence.formers.map((p) => asOfBill(p, bill))].find((p) => p.personId === studentId)!;
  const instructor = participants.find((p) => p.role === 'instructor');
  const wasMissed = !bill.isMove && !bill.isDrop && session.status !== 'cancelled' && !isPresent(student);
  const speaking = againstFaultOf(evidence, studentId, instructor);
  return put(tx, session, asked, 'charge', studentId, {
    verdict: student.verdict,
    instructorVerdict: instructor?.verdict,
    providerSaid: await providerSaidOf(tx, student),
    ...speaking,
    strikesThisTerm: asked.evidence.strikes.get(studentId) ?? 0,
    againstFault: wasMissed && isAgainstFault(speaking),
  });
}

/** Which share of the agreed pay does the instructor get? */
export async function askPayout(tx: Tx, session: SessionRow, asked: Asked): Promise<Decision> {
  const participants = asked.evidence.participants.map((p) => asOfBill(p, asked.bill));
  return put(tx, session, asked, 'settlement', session.id, {
    instructorVerdict: participants.find((p) => p.role === 'instructor')?.verdict,
    arrived: participants.filter((p) => p.role === 'student' && isPresent(p)).length,
  });
}
