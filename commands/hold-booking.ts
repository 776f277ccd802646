import { closuresDuring } from '../db/closures';
import { askAnew } from '../db/held-steps';
import { moveSession } from '../db/changes';
import { lockPeople, moveStatus, participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import { notifiedGuardians, peopleById, type PersonRow } from '../db/people';
import type { Tx } from '../db/database';
import { decide, type Ask, type Decision } from '../decisions/decide';
import { LecternError } from '../domain/errors';
import { hashOf } from '../domain/ids';
import { admissionQuestion, shownForBooking } from './admission';
import { bookingReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import { planEvents } from './plan';
import { decidePreparation } from './preparation';
import { readAround } from './load';
import { askAcknowledgement } from './substitutes/acknowledge';
import type { Context } from './context';

/** Holds a booking for a coordinator, until it expires. */
export async function holdBooking(
  tx: Tx,
  session: Pick<SessionRow, 'id' | 'rev' | 'title' | 'startsAt' | 'endsAt' | 'anchorZone' | 'expiresAt' | 'priceMinor' | 'payMinor' | 'currency'>,
  { decisionId, asOf }: { decisionId: string; asOf: Date },
): Promise<void> {
  await openHeldStep(tx, {
    session,
    kind: 'booking',
    subject: session.id,
    audience: 'coordinator',
    reason: await bookingReason(tx, session, decisionId),
    shown: shownForBooking(session),
    options: ['approve', 'reject'],
    defaultOption: 'expire',
    deadlineAt: session.expiresAt,
    decisionId,
    asOf,
  });
}

/** Admission for a held booking as it will be after a change: at its time, with its people. */
export async function readmit(
  ctx: Context,
  tx: Tx,
  { session: next, participants }: { session: SessionRow; participants: ParticipantRow[] },
  ask: Ask,
): Promise<Decision> {
  const people = await peopleById(
    tx,
    participants.map((p) => p.personId),
  );
  const inRole = (role: string): PersonRow[] => people.filter((p) => participants.some((q) => q.personId === p.id && q.role === role));
  const students = inRole('student');
  const instructor = inRole('instructor')[0]!;
  const guardians = await notifiedGuardians(
    tx,
    students.map((s) => s.id),
  );
  const personIds = people.map((p) => p.id);
  await lockPeople(
    tx,
    people.map((p) => p.key),
  );
  const closures = await closuresDuring(tx, { personIds, branch: next.branch }, next.startsAt, next.endsAt);
  const around = await readAround(tx, { personIds, instructorId: instructor.id, startsAt: next.startsAt, id: next.id });
  const seq = `move:${ctx.asOf.toISOString()}`;
  return ask(tx, admissionQuestion(ctx, { seq, session: next, students, instructor, guardians, closures, around }));
}

/** What is asked of the coordinator is the new time from here on; an approval of the old one is refused as stale. */
export async function renewHold(tx: Tx, session: SessionRow, decisionId: string): Promise<void> {
  const shown = shownForBooking(session);
  await askAnew(tx, {
    sessionId: session.id,
    rev: session.rev,
    kind: 'booking',
    subject: session.id,
    reason: await bookingReason(tx, session, decisionId),
    shown,
    shownHash: hashOf(shown),
    deadlineAt: session.expiresAt,
    decisionId,
  });
}

/** A held booking stands: from now on it is booked, prepared by the rules in force, and those concerned are told. */
export async function admitHeld(ctx: Context, tx: Tx, session: SessionRow): Promise<void> {
  if (session.startsAt <= ctx.asOf)
    throw new LecternError('illegal-move', `Session ${session.id} was to start at ${session.startsAt.toISOString()}; book it anew for another time.`);
  const students = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student').length;
  await moveStatus(tx, session, 'booked');
  Object.assign(session, await decidePreparation(tx, session, { students, seq: 'approval', asOf: ctx.asOf, ask: decide }), {
    bookedAt: ctx.asOf,
    expiresAt: null,
  });
  await moveSession(tx, session);
  await askAcknowledgement(ctx, tx, session);
  await planEvents(tx, session, { event: 'booked', asOf: ctx.asOf });
}
