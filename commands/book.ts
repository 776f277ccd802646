import { insertAcknowledgement } from '../db/acknowledgements';
import { insertBooking, readGround, type BookingGround } from '../db/bookings';
import { conflictsOf, lockPeople, sessionIdOf, type SessionRow } from '../db/sessions';
import type { PersonRow } from '../db/people';
import { pgCode, type Tx } from '../db/database';
import { announce, answer, type Decision } from '../decisions/decide';
import { loadSet } from '../decisions/rule-sets';
import { explainRow } from '../decisions/explain';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import type { SessionStatus } from '../domain/status';
import { isLeftOpen } from '../policy/evaluate';
import { isZone, LONGEST_LESSON_MS, wallTimeOf } from '../domain/time';
import { admissionQuestion, expiryOf, termsOf, type Admitted } from './admission';
import { holdPlan } from './held-plan';
import { holdBooking } from './hold-booking';
import { planBooking } from './plan';
import { preparationOf, preparationQuestion } from './preparation';
import { hushed } from './quiet';
import { askOnBooking } from './substitutes/acknowledge';
import type { Context } from './context';
import type { BookingInput, BookingResult } from './types';

/** Refuses what no policy could make sense of; what is merely unwise is the admission policy's to say. */
export function checkTimes(input: BookingInput): void {
  const faults: { path: string; message: string }[] = [];
  if (input.endsAt <= input.startsAt) faults.push({ path: 'endsAt', message: 'must be after startsAt' });
  if (+input.endsAt - +input.startsAt > LONGEST_LESSON_MS) faults.push({ path: 'endsAt', message: 'a session lasts at most 24 hours' });
  if (input.startsAt.getUTCFullYear() > 2200) faults.push({ path: 'startsAt', message: 'is too far away' });
  if (input.anchorZone !== undefined && !isZone(input.anchorZone)) {
    faults.push({ path: 'anchorZone', message: `"${input.anchorZone}" is not an IANA time zone such as Europe/Berlin` });
  }
  if (input.capacity !== undefined && input.studentIds.length > input.capacity)
    faults.push({ path: 'capacity', message: 'has fewer places than there are students' });
  if (input.minStudents !== undefined && input.minStudents > (input.capacity ?? Infinity))
    faults.push({ path: 'minStudents', message: 'is more than capacity' });
  if (new Set(input.studentIds).size !== input.studentIds.length) faults.push({ path: 'studentIds', message: 'names a student twice' });
  if (faults.length > 0) throw new LecternError('invalid-request', 'The times or people of this booking are not valid.', faults);
}

function peopleOf({ people }: BookingGround, input: BookingInput): { students: PersonRow[]; instructor: PersonRow } {
  const person = (id: string, kind: 'student' | 'instructor'): PersonRow => {
    const found = people.find((p) => p.id === id);
    if (!found || found.kind !== kind || !found.active) throw notFound(kind, id);
    return found;
  };
  return { students: input.studentIds.map((id) => person(id, 'student')), instructor: person(input.instructorId, 'instructor') };
}

/**
 * Books a session: one transaction that decides admission, locks the participants in order, takes the slots, plans what
 * everybody is owed and asks for the workflow. Errors: `slot-clash` (409, details name the times), `already-exists` (409, details give
 * the id), `no-rules` (409), `refused-by-policy` (422), `not-found`, `invalid-request`. A refusal stores nothing.
 */
export async function bookSession(ctx: Context, input: BookingInput): Promise<BookingResult> {
  checkTimes(input);
  const keys: number[] = [];
  try {
    return await bookOnce(ctx, input, keys);
  } catch (error) {
    if (pgCode(error) === '23P01') {
      const conflicts = await ctx.db.inOrganisation(ctx.organisationId, (tx) => conflictsOf(tx, keys, input.startsAt, input.endsAt, []));
      throw new LecternError('slot-clash', 'Somebody on this booking already has a lesson at that time.', { conflicts });
    }
    if (pgCode(error) === '23505' && input.externalId) {
      const { externalId } = input;
      const id = await ctx.db.inOrganisation(ctx.organisationId, (tx) => sessionIdOf(tx, externalId));
      throw new LecternError('already-exists', `A session with externalId "${externalId}" exists already.`, { externalId, id: id ?? null });
    }
    throw error;
  }
}

/** Decides first and locks last; when somebody's week has changed in between, or the time was closed, the second try locks before it decides. */
async function bookOnce(ctx: Context, input: BookingInput, keys: number[]): Promise<BookingResult> {
  const book = (isUnlocked: boolean): Promise<BookingResult> =>
    ctx.db.inOrganisation(ctx.organisationId, async (tx) => (await bookIn(ctx, tx, input, { keys, isUnlocked })).result);
  try {
    return await book(true);
  } catch (error) {
    if (pgCode(error) !== '40001') throw error;
    return book(false);
  }
}

/** Of a session that may not be at its time: it is priced when it takes another. ISO 4217 has XXX for no currency. */
const UNPRICED = { priceMinor: 0, payMinor: 0, currency: 'XXX' };

/** The session as it will be stored, from what was asked for and what the rules said. */
function sessionOf(ctx: Context, input: BookingInput, asked: Asked, { admission, preparation, setId, withoutSlotUntil }: Ruled) {
  const status: SessionStatus = admission.outcome.verdict === 'book' && !withoutSlotUntil ? 'booked' : 'held';
  return {
    ...asked,
    ...(withoutSlotUntil && admission.outcome.verdict === 'refuse' ? UNPRICED : termsOf(admission)),
    ...preparationOf(preparation.outcome, asked, ctx.asOf),
    status,
    title: input.title,
    agreedWallTime: wallTimeOf(+input.startsAt, asked.anchorZone),
    bookedSetId: setId,
    bookedAt: ctx.asOf,
    expiresAt: withoutSlotUntil ?? (status === 'held' ? expiryOf(admission, input.startsAt, ctx.asOf) : null),
    withoutSlot: withoutSlotUntil !== null,
    externalId: input.externalId ?? null,
    capacity: input.capacity ?? null,
    createdBy: ctx.principal.id,
  };
}

/** What is known of a session before the rules have spoken. */
type Asked = Admitted['session'] & Pick<SessionRow, 'minStudents'>;
interface Ruled {
  admission: Decision;
  preparation: Decision;
  setId: string;
  withoutSlotUntil: Date | null;
}

const askedOf = (input: BookingInput, zone: string): Asked => ({
  id: newId(),
  rev: 1,
  subject: input.subject ?? null,
  startsAt: input.startsAt,
  endsAt: input.endsAt,
  anchorZone: input.anchorZone ?? zone,
  isTrial: input.isTrial ?? false,
  programme: input.programme ?? null,
  branch: input.branch ?? null,
  minStudents: input.minStudents ?? null,
});

export interface BookingWay {
  /** Filled with the keys of whoever is booked, for the answer to a clash. */
  keys: number[];
  /** The session is held without a slot until then, whatever admission says; the caller opens the step that a person answers. */
  withoutSlotUntil?: Date;
  /** Decided without the locks of its people: fails with 40001 when somebody's week, or a closure of its time, has changed meanwhile. */
  isUnlocked?: boolean;
  /** Nobody is told of a lesson that they know of, and the instructor is not asked for a word on it. */
  quietly?: boolean;
}
export type Booked = Pick<SessionRow, 'id' | 'rev' | 'title' | 'startsAt' | 'endsAt' | 'anchorZone' | 'programme' | 'branch' | 'expiresAt'>;

/** What the booking is decided from; behind the locks of its people it stays so until the commit. */
async function groundOf(tx: Tx, input: BookingInput, isUnlocked: boolean): Promise<BookingGround> {
  const ground = await readGround(tx, input);
  if (isUnlocked) return ground;
  await lockPeople(
    tx,
    ground.people.map((p) => p.key),
  );
  return readGround(tx, input);
}

/**
 * The booking inside the transaction of its caller: what a single booking and a lesson of a series have in common. A clash (23P01)
 * fails the whole transaction, at its end at the latest.
 */
export async function bookIn(
  ctx: Context,
  tx: Tx,
  input: BookingInput,
  { keys, withoutSlotUntil, isUnlocked = false, quietly = false }: BookingWay,
): Promise<{ result: BookingResult; session: Booked }> {
  const ground = await groundOf(tx, input, isUnlocked);
  const set = await loadSet(tx, ground.setId);
  const { students, instructor } = peopleOf(ground, input);
  const asked = askedOf(input, students[0]!.zone);
  const admission = answer(
    set,
    admissionQuestion(ctx, {
      seq: 'booking',
      session: asked,
      students,
      instructor,
      guardians: ground.guardians,
      closures: ground.closures,
      around: ground,
    }),
    ground.paused,
  );
  const { sentence, because } = await explainRow(tx, admission.row);
  if (admission.decision.outcome.verdict === 'refuse' && !withoutSlotUntil) {
    const { rule, say, facts } = admission.decision;
    throw new LecternError('refused-by-policy', sentence, { rule, say, because, away: facts.away });
  }
  const preparation = answer(set, preparationQuestion(asked, { students: students.length, seq: 'booking', asOf: ctx.asOf }), ground.paused);
  const people = [
    ...students.map((s) => ({ id: s.id, key: s.key, role: 'student' as const })),
    { id: instructor.id, key: instructor.key, role: 'instructor' as const },
  ];
  keys.push(...people.map((p) => p.key));
  const session = sessionOf(ctx, input, asked, {
    admission: admission.decision,
    preparation: preparation.decision,
    setId: set.id,
    withoutSlotUntil: withoutSlotUntil ?? null,
  });
  const { status, expiresAt } = session;
  const attending = people.map((p) => ({ personId: p.id, role: p.role }));
  const planned = status === 'booked' ? planBooking(set, session, attending, ground) : null;
  const plan = planned && quietly ? hushed(planned, ctx.asOf) : planned;
  const entry = {
    sessionId: session.id,
    rev: 1,
    at: ctx.asOf,
    kind: status === 'booked' ? 'session.booked' : 'session.held',
    actor: ctx.principal.id,
    decisionId: admission.decision.id,
    data: { students: students.length },
  };
  for (const { row } of [admission, preparation]) announce(row);
  if (plan) announce(plan.decision);
  const word = plan && askOnBooking(ctx, session, { set, paused: ground.paused, personId: instructor.id, students: students.length });
  if (word) announce(word.row);
  await insertBooking(tx, {
    session: { ...session, nextDueAt: plan?.nextDueAt ?? null },
    people,
    decisions: [admission.row, preparation.row, ...(plan ? [plan.decision] : []), ...(word ? [word.row] : [])],
    timeline: [entry],
    obligations: plan?.obligations ?? [],
    seen: ground.seen,
    closures: ground.closures,
  });
  if (word?.wanted) await insertAcknowledgement(tx, word.wanted);
  if (status === 'held' && !withoutSlotUntil) await holdBooking(tx, session, { decisionId: admission.decision.id, asOf: ctx.asOf });
  if (plan && isLeftOpen(plan.decision)) await holdPlan(tx, session, { event: 'booked', asOf: ctx.asOf }, plan.decision.id);
  const result = {
    result: status === 'booked' ? ('booked' as const) : ('held' as const),
    sessionId: session.id,
    status,
    expiresAt,
    decisionId: admission.decision.id,
    reason: sentence,
  };
  return { result, session };
}
