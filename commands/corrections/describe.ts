import { strikesOfSession, type StrikeRow } from '../../db/strikes';
import type { ParticipantRow, SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import type { Ask } from '../../decisions/decide';
import { readEvidence, type Evidence } from '../../decisions/money';
import { LecternError, notFound } from '../../domain/errors';
import type { AttendanceVerdict } from '../../domain/vocabulary';
import { decideAgain, type Redecided } from '../resettle';
import { strikesAgain, type StrikeChange } from '../strikes';
import { deliveredOf, minutesOf } from './minutes';
import type { CorrectedMinutes, CorrectedMoney, CorrectedUpdate, CorrectionInput } from './types';
import { updateOf } from './update';

/** What a correction comes to, before anything is written. */
export interface Effect {
  /** Whom it is about; null where it is the lesson itself. */
  participant: ParticipantRow | null;
  /** What is said of the participant from now on; null when that stays. */
  verdict: AttendanceVerdict | null;
  money: Redecided[];
  strikes: StrikeChange[];
  /** Strikes that a person forgives. */
  forgiven: StrikeRow[];
  minutes: CorrectedMinutes | null;
  update: CorrectedUpdate | null;
}

const VERDICT: Record<'arrived' | 'late' | 'no-show' | 'excused', AttendanceVerdict> = {
  arrived: 'arrived',
  late: 'late',
  'no-show': 'no-show',
  // Excused is neither there nor at fault; the charge is a person's to say.
  excused: 'undecided',
};

/** What a person says of a share. */
function saidBy(input: CorrectionInput): ReadonlyMap<string, number> {
  if (input.kind === 'payout') return new Map([[input.personId, input.payPercent]]);
  if ((input.kind === 'attendance' || input.kind === 'charge') && input.chargePercent !== undefined) {
    return new Map([[input.personId, input.chargePercent]]);
  }
  return new Map();
}

function refuseMisplaced(input: CorrectionInput, participant: ParticipantRow): void {
  const isStudent = participant.role === 'student';
  const fault =
    input.kind === 'payout' && isStudent
      ? 'names a student; pay is corrected for the instructor'
      : (input.kind === 'charge' || input.kind === 'strike') && !isStudent
        ? 'names the instructor; this is corrected for a student'
        : input.kind === 'attendance' && !isStudent && (input.verdict === 'excused' || input.chargePercent !== undefined)
          ? 'names the instructor, who came or did not, and is not charged'
          : null;
  if (fault) throw new LecternError('invalid-request', `personId ${fault}.`, [{ path: 'personId', message: fault }]);
}

/** The evidence as it is once the correction is true. */
const withVerdict = (evidence: Evidence, personId: string, verdict: AttendanceVerdict | null): Evidence =>
  verdict === null ? evidence : { ...evidence, participants: evidence.participants.map((p) => (p.personId === personId ? { ...p, verdict } : p)) };

/** What a correction would change: the verdict, each charge and payout that comes out another way, strikes. Writes decisions at most. */
export async function effectOf(tx: Tx, session: SessionRow, input: CorrectionInput, { asOf, ask }: { asOf: Date; ask: Ask }): Promise<Effect> {
  const now = await readEvidence(tx, session);
  const participant = participantOf(now, input);
  const wanted = input.kind === 'attendance' ? VERDICT[input.verdict] : null;
  const verdict = wanted === participant?.verdict ? null : wanted;
  const next: SessionRow = { ...session, amendments: session.amendments + 1 };
  const evidence = participant ? withVerdict(now, participant.personId, verdict) : now;
  const forgiven =
    input.kind === 'strike' ? (await strikesOfSession(tx, session.id)).filter((k) => k.personId === input.personId && k.state === 'counted') : [];
  const minutes = await minutesOf(tx, session, input, { asOf, ask });
  const isMoney = input.kind !== 'strike' && input.kind !== 'document';
  const delivered = isMoney ? await deliveredOf(tx, session, minutes) : undefined;
  const money = isMoney ? await decideAgain(tx, next, { asOf, ask, said: saidBy(input), evidence, delivered }) : [];
  const strikes = input.kind === 'attendance' ? await strikesAgain(tx, next, { evidence, asOf, ask }) : [];
  return { participant, verdict, money, strikes, forgiven, minutes, update: await updateOf(tx, session, input) };
}

/** Whom a correction names; null for one of the lesson itself. Errors: `not-found`, `invalid-request`. */
function participantOf({ participants }: Evidence, input: CorrectionInput): ParticipantRow | null {
  if (input.kind === 'minutes' || input.kind === 'document') return null;
  const participant = participants.find((p) => p.personId === input.personId);
  if (!participant) throw notFound('participant', input.personId);
  refuseMisplaced(input, participant);
  return participant;
}

export const isEmpty = ({ verdict, money, strikes, forgiven, minutes, update }: Effect): boolean =>
  verdict === null &&
  update === null &&
  (minutes === null || minutes.before === minutes.after) &&
  strikes.length === 0 &&
  forgiven.length === 0 &&
  money.every((m) => m.afterMinor === null || m.afterMinor === m.beforeMinor);

export const moneyOf = (session: SessionRow, list: Redecided[]): CorrectedMoney[] =>
  list
    .filter((r) => r.afterMinor !== r.beforeMinor)
    .map((r) => ({
      kind: r.due.kind,
      personId: r.due.subjectId,
      rev: r.due.asked.bill.rev,
      beforeMinor: r.beforeMinor,
      afterMinor: r.afterMinor ?? r.beforeMinor,
      currency: session.currency,
      held: r.afterMinor === null,
    }));
