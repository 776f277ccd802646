import { conflictsOf, insertParticipants, insertSession, lockPeople, sessionIdOf } from '../db/sessions';
import { peopleById, type PersonRow } from '../db/people';
import { pgCode, type Tx } from '../db/database';
import { addToTimeline, wake } from '../db/timeline';
import { decide } from '../decisions/decide';
import { loadActiveSet } from '../decisions/rule-sets';
import { explainDecision } from '../decisions/explain';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import type { SessionStatus } from '../domain/status';
import { isZone, wallTimeOf } from '../domain/time';
import { admissionQuestion, expiryOf, termsOf } from './admission';
import { holdBooking } from './hold-booking';
import { planEvent } from './plan';
import { decidePreparation } from './preparation';
import type { Context } from './context';
import type { BookingInput, BookingResult } from './types';

const LONGEST_MS = 24 * 3_600_000;

/** Refuses what no policy could make sense of; what is merely unwise is the admission policy's to say. */
function checkTimes(input: BookingInput): void {
  const faults: { path: string; message: string }[] = [];
  if (input.endsAt <= input.startsAt) faults.push({ path: 'endsAt', message: 'must be after startsAt' });
  if (+input.endsAt - +input.startsAt > LONGEST_MS) faults.push({ path: 'endsAt', message: 'a session lasts at most 24 hours' });
  if (input.startsAt.getUTCFullYear() > 2200) faults.push({ path: 'startsAt', message: 'is too far away' });
  if (input.anchorZone !== undefined && !isZone(input.anchorZone)) {
    faults.push({ path: 'anchorZone', message: `"${input.anchorZone}" is not an IANA time zone such as Europe/Berlin` });
  }
  if (new Set(input.studentIds).size !== input.studentIds.length) faults.push({ path: 'studentIds', message: 'names a student twice' });
  if (faults.length > 0) throw new LecternError('invalid-request', 'The times or people of this booking are not valid.', faults);
}

async function readPeople(tx: Tx, input: BookingInput): Promise<{ students: PersonRow[]; instructor: PersonRow }> {
  const people = new Map((await peopleById(tx, [...input.studentIds, input.instructorId])).map((p) => [p.id, p]));
  const person = (id: string, kind: 'student' | 'instructor'): PersonRow => {
    const found = people.get(id);
    if (!found || found.kind !== kind || !found.active) throw notFound(kind, id);
    return found;
  };
  return { students: input.studentIds.map((id) => person(id, 'student')), instructor: person(input.instructorId, 'instructor') };
}

/**
 * Books a session: one transaction that locks the participants in order, decides admission, takes the slots, plans what
 * everybody is owed and asks for the workflow. Errors: `slot-clash` (409, details name the times), `already-exists` (409, details give
 * the id), `refused-by-policy` (422),
 * `not-found`, `invalid-request`. A refusal stores nothing.
 */
export async function bookSession(ctx: Context, input: BookingInput): Promise<BookingResult> {
  checkTimes(input);
  const keys: number[] = [];
  try {
    return await ctx.db.inOrganisation(ctx.organisationId, (tx) => book(ctx, tx, input, keys));
  } catch (error) {
    if (pgCode(error) === '23P01') {
      const conflicts = await ctx.db.inOrganisation(ctx.organisationId, (tx) => conflictsOf(tx, keys, input.startsAt, input.endsAt, null));
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

async function book(ctx: Context, tx: Tx, input: BookingInput, keys: number[]): Promise<BookingResult> {
  const sessionId = newId();
  const set = await loadActiveSet(tx);
  const { students, instructor } = await readPeople(tx, input);
  const asked = {
    id: sessionId,
    rev: 1,
    startsAt: input.startsAt,
    endsAt: input.endsAt,
    anchorZone: input.anchorZone ?? students[0]!.zone,
    isTrial: input.isTrial ?? false,
    programme: input.programme ?? null,
    branch: input.branch ?? null,
  };
  const admission = await decide(tx, await admissionQuestion(ctx, tx, { seq: 'booking', session: asked, students, instructor }));
  const { sentence } = await explainDecision(tx, admission.id);
  const { verdict } = admission.outcome;
  if (verdict === 'refuse') {
    throw new LecternError('refused-by-policy', sentence, { rule: admission.rule, say: admission.say });
  }
  const people = [...students.map((s) => ({ ...s, role: 'student' as const })), { ...instructor, role: 'instructor' as const }];
  keys.push(...people.map((p) => p.key));
  await lockPeople(tx, keys);
  const status: SessionStatus = verdict === 'book' ? 'booked' : 'held';
  const session = {
    ...asked,
    ...termsOf(admission),
    ...(await decidePreparation(tx, asked, { students: students.length, seq: 'booking', asOf: ctx.asOf, ask: decide })),
    status,
    title: input.title,
    subject: input.subject ?? null,
    agreedWallTime: wallTimeOf(+input.startsAt, asked.anchorZone),
    bookedSetId: set.id,
    bookedAt: ctx.asOf,
    expiresAt: status === 'held' ? expiryOf(admission, input.startsAt, ctx.asOf) : null,
    externalId: input.externalId ?? null,
    createdBy: ctx.principal.id,
  };
  await insertSession(tx, session);
  await insertParticipants(tx, session, people);
  await addToTimeline(tx, {
    sessionId,
    rev: 1,
    at: ctx.asOf,
    kind: status === 'booked' ? 'session.booked' : 'session.held',
    actor: ctx.principal.id,
    decisionId: admission.id,
    data: { students: students.length },
  });
  if (status === 'held') await holdBooking(tx, session, { reason: sentence, decisionId: admission.id, asOf: ctx.asOf });
  else await planEvent(tx, sessionId, { event: 'booked', asOf: ctx.asOf });
  await wake(tx, sessionId);
  return { result: status, sessionId, status, expiresAt: session.expiresAt, decisionId: admission.id, reason: sentence };
}
