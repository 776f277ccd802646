import { conflictsOf, insertParticipants, insertSession, lockPeople, sessionIdOf } from '../db/sessions';
import { peopleById, notifiedGuardians, type PersonRow } from '../db/people';
import { pgCode, type Tx } from '../db/database';
import { addToTimeline, wake } from '../db/timeline';
import { decide, type Decision, type Question } from '../decisions/decide';
import { loadActiveSet } from '../decisions/rule-sets';
import { explainDecision } from '../decisions/explain';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import type { SessionStatus } from '../domain/status';
import { clockTimeOf, isZone, wallTimeOf } from '../domain/time';
import { openHeldStep } from './held-steps';
import { planEvent } from './plan';
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

async function everyoneReachable(tx: Tx, students: PersonRow[], instructor: PersonRow): Promise<boolean> {
  const reachable = (p: PersonRow): boolean => p.email !== null || p.phone !== null;
  const guardians = await notifiedGuardians(
    tx,
    students.map((s) => s.id),
  );
  return reachable(instructor) && students.every((s) => reachable(s) || guardians.some((g) => g.studentId === s.id && reachable(g)));
}

const ROLE_ORDER = ['admin', 'coordinator', 'integrator', 'instructor'] as const;
export const roleOf = (ctx: Context): string => ROLE_ORDER.find((r) => ctx.principal.roles.includes(r)) ?? 'integrator';

/** What a booking is called while it is decided; the numbers that the preparation policy gives are filled in below. */
async function admit(
  ctx: Context,
  tx: Tx,
  sessionId: string,
  input: BookingInput,
  setId: string,
): Promise<{ admission: Decision; preparation: Decision; zone: string; students: PersonRow[]; instructor: PersonRow }> {
  const { students, instructor } = await readPeople(tx, input);
  const zone = input.anchorZone ?? students[0]!.zone;
  const ask = (point: string, facts: Question['facts']): Promise<Decision> =>
    decide(tx, {
      point,
      sessionId,
      subject: sessionId,
      rev: 1,
      seq: 'booking',
      facts,
      labels: { programme: input.programme ?? null, branch: input.branch ?? null },
      bookedSetId: setId,
      asOf: ctx.asOf,
    });
  const notice = +input.startsAt - +ctx.asOf;
  const admission = await ask('admission', {
    notice,
    length: +input.endsAt - +input.startsAt,
    students: students.length,
    isTrial: input.isTrial ?? false,
    startsAtClock: clockTimeOf(+input.startsAt, zone),
    everyoneReachable: await everyoneReachable(tx, students, instructor),
    bookedBy: roleOf(ctx),
  });
  const preparation = await ask('preparation', { notice, students: students.length, isTrial: input.isTrial ?? false });
  return { admission, preparation, zone, students, instructor };
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
  const { admission, preparation, zone, students, instructor } = await admit(ctx, tx, sessionId, input, set.id);
  const { sentence } = await explainDecision(tx, admission.id);
  const { verdict } = admission.outcome;
  if (verdict === 'refuse') {
    throw new LecternError('refused-by-policy', sentence, { rule: admission.rule, say: admission.say });
  }
  const people = [...students.map((s) => ({ ...s, role: 'student' as const })), { ...instructor, role: 'instructor' as const }];
  keys.push(...people.map((p) => p.key));
  await lockPeople(tx, keys);
  const status: SessionStatus = verdict === 'book' ? 'booked' : 'held';
  const expiresAt = status === 'held' ? new Date(+ctx.asOf + Number(admission.outcome.holdFor ?? 24 * 3_600_000)) : null;
  const before = (field: string): Date => new Date(Math.max(+ctx.asOf, +input.startsAt - Number(preparation.outcome[field])));
  const session = {
    id: sessionId,
    status,
    title: input.title,
    subject: input.subject ?? null,
    programme: input.programme ?? null,
    branch: input.branch ?? null,
    startsAt: input.startsAt,
    endsAt: input.endsAt,
    bufferMinutes: Math.ceil(Number(preparation.outcome.buffer) / 60_000),
    agreedWallTime: wallTimeOf(+input.startsAt, zone),
    anchorZone: zone,
    isTrial: input.isTrial ?? false,
    priceMinor: Number(admission.outcome.price ?? 0),
    payMinor: Number(admission.outcome.pay ?? 0),
    currency: String(admission.outcome.currency ?? 'EUR'),
    bookedSetId: set.id,
    roomAt: before('roomBefore'),
    coverageAt: before('coverageBefore'),
    roomProvider: String(preparation.outcome.provider),
    bookedAt: ctx.asOf,
    expiresAt,
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
  if (status === 'held') {
    await openHeldStep(tx, {
      session: { ...session, rev: 1 },
      kind: 'booking',
      subject: sessionId,
      audience: 'coordinator',
      reason: sentence,
      shown: { question: 'May this booking stand?', startsAt: session.startsAt.toISOString(), endsAt: session.endsAt.toISOString() },
      options: ['approve', 'reject'],
      defaultOption: 'expire',
      deadlineAt: expiresAt,
      decisionId: admission.id,
      asOf: ctx.asOf,
    });
  } else {
    await planEvent(tx, sessionId, { event: 'booked', asOf: ctx.asOf });
  }
  await wake(tx, sessionId);
  return { result: status, sessionId, status, expiresAt, decisionId: admission.id, reason: sentence };
}
