import type { ClosureRow } from '../db/closures';
import type { PersonRow } from '../db/people';
import type { SessionRow } from '../db/sessions';
import type { Decision, Question } from '../decisions/decide';
import { LecternError } from '../domain/errors';
import { clockTimeOf } from '../domain/time';
import type { Json } from '../policy/types';
import { loadFacts, type Around } from './load';
import type { Context } from './context';

const ROLE_ORDER = ['admin', 'coordinator', 'integrator', 'instructor'] as const;
export const roleOf = (ctx: Context): string => ROLE_ORDER.find((r) => ctx.principal.roles.includes(r)) ?? 'integrator';

export interface Admitted {
  /** What raised the question: the booking, or a move of it. */
  seq: string;
  session: Pick<SessionRow, 'id' | 'rev' | 'startsAt' | 'endsAt' | 'anchorZone' | 'isTrial' | 'programme' | 'branch' | 'subject'>;
  students: PersonRow[];
  instructor: PersonRow;
  /** Who may be told of the students, a row for each pair. */
  guardians: (PersonRow & { studentId: string })[];
  /** Closures and time off that its time falls into. */
  closures: Pick<ClosureRow, 'personId'>[];
  around: Around;
}

/** Who is not there: the widest reason first, because it is the one that a family understands. */
export function awayIn({ closures, instructor }: Pick<Admitted, 'closures'> & { instructor: Pick<PersonRow, 'id'> }): string {
  if (closures.some((c) => c.personId === null)) return 'organisation';
  if (closures.some((c) => c.personId === instructor.id)) return 'instructor';
  return closures.length > 0 ? 'student' : 'nobody';
}

function isEveryoneReachable({ students, instructor, guardians }: Admitted): boolean {
  const reachable = (p: PersonRow): boolean => p.email !== null || p.phone !== null;
  return reachable(instructor) && students.every((s) => reachable(s) || guardians.some((g) => g.studentId === s.id && reachable(g)));
}

/** May this booking stand, at this time, with these people? Asked for a booking, and again for the new time of a held one. */
export function admissionQuestion(ctx: Context, admitted: Admitted): Question {
  const { seq, session, students } = admitted;
  return {
    point: 'admission',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq,
    facts: {
      notice: +session.startsAt - +ctx.asOf,
      length: +session.endsAt - +session.startsAt,
      students: students.length,
      isTrial: session.isTrial,
      startsAtClock: clockTimeOf(+session.startsAt, session.anchorZone),
      everyoneReachable: isEveryoneReachable(admitted),
      away: awayIn(admitted),
      bookedBy: roleOf(ctx),
      ...loadFacts({ startsAt: session.startsAt, students, instructor: admitted.instructor }, admitted.around),
    },
    labels: session,
    bookedSetId: null,
    asOf: ctx.asOf,
  };
}

export type Terms = Pick<SessionRow, 'priceMinor' | 'payMinor' | 'currency'>;

/**
 * What the family agrees to, as admission names it; of a held booking that moves, what it does not name stays as it was. A lesson
 * without a price is not booked: it would be taught and charged for nothing, and nobody would have said so.
 */
export function termsOf({ outcome, rule }: Decision, before?: Terms): Terms {
  const price = outcome.price ?? before?.priceMinor;
  const pay = outcome.pay ?? before?.payMinor;
  const currency = outcome.currency ?? before?.currency;
  if (price == null || pay == null || currency == null)
    throw new LecternError('refused-by-policy', `The rules name no price, pay or currency for this booking (admission, “${rule}”).`, {
      rule,
      say: null,
    });
  return { priceMinor: Number(price), payMinor: Number(pay), currency: String(currency) };
}

/** Until when a held booking keeps its slot: as long as the rules say, and never beyond its own start. */
export const expiryOf = ({ outcome }: Decision, startsAt: Date, asOf: Date): Date =>
  outcome.holdFor == null ? startsAt : new Date(Math.min(+startsAt, +asOf + Number(outcome.holdFor)));

/** What a coordinator is shown of a held booking, and what an approval of it binds to. */
export const shownForBooking = ({ startsAt, endsAt, priceMinor, payMinor, currency }: Pick<SessionRow, 'startsAt' | 'endsAt'> & Terms): Json => ({
  question: 'May this booking stand?',
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
  priceMinor,
  payMinor,
  currency,
});
