import { insertObligations, type NewObligation } from '../db/obligations';
import { coordinatorsWithShifts, notifiedGuardians, peopleById, type CoordinatorRow, type PersonRow } from '../db/people';
import { refreshNextDue } from '../db/dispatch';
import { participantsOf, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { answer, decide, preview, type Ask, type Decision, type Question } from '../decisions/decide';
import type { LoadedSet } from '../decisions/rule-sets';
import type { DecisionRow } from '../db/decisions';
import type { Shift } from '../domain/duty';
import { newId } from '../domain/ids';
import { isLeftOpen } from '../policy/evaluate';
import { holdPlan } from './held-plan';
import type { Attending, PlanEvent } from './plan-event';
import { firstDue } from './quiet';
import { planObligations, type PlanInput, type PlannedObligation, type PlanRecipient, type PlanStep } from '../domain/plan';

export const asRecipient = (
  p: PersonRow & { shifts?: readonly Shift[] },
  role: PlanRecipient['role'],
  aboutId: string | null = null,
): PlanRecipient => ({
  personId: p.id,
  role,
  aboutId,
  zone: p.zone,
  quiet: p.quietFrom && p.quietTo ? { from: p.quietFrom, to: p.quietTo } : null,
  channels: p.channels,
  duty: p.shifts ? { zone: p.zone, shifts: p.shifts } : null,
});

/** Who may be told of a session. */
export interface Audience {
  people: PersonRow[];
  /** A row for each student that a guardian has. */
  guardians: (PersonRow & { studentId: string })[];
  coordinators: CoordinatorRow[];
}
/** What a plan needs of a session, before and after it is stored. */
export type Plannable = Pick<
  SessionRow,
  'id' | 'rev' | 'isTrial' | 'startsAt' | 'endsAt' | 'bookedAt' | 'roomAt' | 'bookedSetId' | 'programme' | 'branch' | 'subject'
>;

export async function audienceOf(tx: Tx, participants: Attending[]): Promise<Audience> {
  const ids = (list: Attending[]): string[] => list.map((p) => p.personId);
  const [people, guardians, coordinators] = await Promise.all([
    peopleById(tx, ids(participants)),
    notifiedGuardians(tx, ids(participants.filter((p) => p.role === 'student'))),
    coordinatorsWithShifts(tx),
  ]);
  return { people, guardians, coordinators };
}

/** The people of a session by what the message plan calls them; a guardian stands once for each student. */
export function recipientsOf({ people, guardians, coordinators }: Audience, participants: Attending[], event: PlanEvent): PlanRecipient[] {
  const wanted = (id: string): boolean => !event.studentIds || event.studentIds.includes(id);
  const joined = new Map(participants.flatMap((p) => (p.joinedAt ? [[p.personId, +p.joinedAt]] : [])));
  const since = (r: PlanRecipient): PlanRecipient => ({ ...r, joinedAt: joined.get(r.aboutId ?? r.personId) ?? null });
  const named = (role: Attending['role']): PersonRow[] =>
    participants.filter((p) => p.role === role).map((p) => people.find((q) => q.id === p.personId)!);
  const students = named('student').filter((p) => wanted(p.id));
  const recipients = [
    ...students.map((p) => since(asRecipient(p, 'student'))),
    ...named('instructor').map((p) => since(asRecipient(p, 'instructor'))),
    ...named('former-instructor').map((p) => asRecipient(p, 'former-instructor')),
    ...guardians.filter((g) => wanted(g.studentId)).map((g) => since(asRecipient(g, 'guardian', g.studentId))),
    ...coordinators.map((p) => asRecipient(p, 'coordinator')),
    ...(event.reviewers ?? []).map((p) => asRecipient(p, 'reviewer')),
    ...(event.substitutes ?? []).map((p) => asRecipient(p, 'substitute')),
  ];
  return event.onlyFor ? recipients.filter((r) => event.onlyFor!.includes(r.personId)) : recipients;
}

function question(session: Plannable, participants: Attending[], event: PlanEvent): Question {
  return {
    point: 'obligations',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq: `${event.event}:${(event.eventAt ?? event.asOf).toISOString()}:${event.heldStepId ?? ''}`,
    facts: {
      event: event.event,
      isTrial: session.isTrial,
      students: participants.filter((p) => p.role === 'student').length,
      notice: +session.startsAt - +(event.noticeAt ?? event.asOf),
      ...(event.moved && { movedBy: +event.moved.to - +event.moved.from, previousNotice: +event.moved.from - +event.asOf }),
    },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf: event.asOf,
  };
}

/** What an event owes by its decision; `held` is the decision of which a fact is missing, so that a person has to say. */
export interface Owed {
  steps: PlanStep[];
  held: string | null;
}

/** One that a missing fact has held owes nothing for certain, but what its policy declares for that case. */
function owedBy(decision: Decision): Owed {
  const held = isLeftOpen(decision) ? decision.id : null;
  const outcomes = held !== null && Object.keys(decision.outcome).length === 0 ? [] : decision.outcomes;
  return { steps: outcomes.map((outcome) => ({ ...(outcome as unknown as PlanStep), decisionId: decision.id })), held };
}

/** The rows of the message plan for an event. */
export const stepsFor = async (tx: Tx, session: Plannable, participants: Attending[], event: PlanEvent, ask: Ask): Promise<Owed> =>
  owedBy(await ask(tx, question(session, participants, event)));

export const instantsOf = (session: Plannable, event: PlanEvent): PlanInput['instants'] => ({
  bookedAt: +session.bookedAt,
  roomAt: +session.roomAt,
  startsAt: +session.startsAt,
  endsAt: +session.endsAt,
  eventAt: +(event.eventAt ?? event.asOf),
});

const planSteps = (
  session: Plannable,
  event: PlanEvent,
  steps: PlanStep[],
  { participants, audience }: { participants: Attending[]; audience: Audience },
): PlannedObligation[] =>
  planObligations({
    steps,
    instants: instantsOf(session, event),
    recipients: recipientsOf(audience, participants, event),
    asOf: +event.asOf,
  });

/** What an event makes people be owed, and the decision of which a fact is missing; written by nobody yet. */
async function layOut(
  tx: Tx,
  session: SessionRow,
  event: PlanEvent,
  { participants, audience, ask }: { participants: Attending[]; audience: Audience; ask: Ask },
): Promise<{ planned: PlannedObligation[]; held: string | null }> {
  const { steps, held } = await stepsFor(tx, session, participants, event, ask);
  return { planned: planSteps(session, event, steps, { participants, audience }), held };
}

/** What an event would make people be owed. */
export async function previewEvent(tx: Tx, session: SessionRow, event: PlanEvent): Promise<PlannedObligation[]> {
  return (await owedFor(tx, session, event, { attending: event.attending ?? (await participantsOf(tx, session.id)), ask: preview })).planned;
}

/** What an event on a session makes those who attend it be owed, by `ask`; nothing of it is written. */
export async function owedFor(
  tx: Tx,
  session: SessionRow,
  event: PlanEvent,
  { attending, ask }: { attending: Attending[]; ask: Ask },
): Promise<{ planned: PlannedObligation[]; held: string | null }> {
  return layOut(tx, session, event, { participants: attending, audience: await audienceOf(tx, attending), ask });
}

export const asRow =
  (session: Pick<SessionRow, 'id' | 'rev'>, event: PlanEvent) =>
  (p: PlannedObligation): NewObligation => ({
    id: newId(),
    sessionId: session.id,
    rev: session.rev,
    personId: p.personId,
    aboutId: p.aboutId,
    kind: p.kind,
    step: p.step,
    anchorAt: new Date(p.anchorAt),
    channel: p.channel,
    fallback: p.fallback,
    template: p.template,
    dueAt: new Date(p.dueAt),
    deadlineAt: new Date(p.deadlineAt),
    state: p.state,
    reason: p.reason,
    endedAt: p.state === 'suppressed' ? event.asOf : null,
    heldStepId: event.heldStepId ?? null,
    documentId: event.documentId ?? null,
    decisionId: p.decisionId,
  });

/**
 * What a booking that is not stored yet makes people be owed, decided by the set in force: the decision, its rows, and when the
 * first of them is due. A way in is not due before there is one.
 */
export function planBooking(
  set: LoadedSet,
  session: Plannable,
  participants: Attending[],
  audience: Audience & { paused: readonly string[] },
): { decision: DecisionRow; obligations: NewObligation[]; nextDueAt: Date | null } {
  const event: PlanEvent = { event: 'booked', asOf: session.bookedAt };
  const { decision, row } = answer(set, question(session, participants, event), audience.paused);
  const planned = planSteps(session, event, owedBy(decision).steps, { participants, audience });
  const obligations = planned.map(asRow(session, event));
  return { decision: row, obligations, nextDueAt: firstDue(obligations) };
}

/**
 * Lays down what events on a session make each person be owed, inside the transaction that they are part of; the session as it is
 * written, and locked.
 */
export async function planEvents(tx: Tx, session: SessionRow, ...events: PlanEvent[]): Promise<void> {
  const participants = await participantsOf(tx, session.id);
  const audience = await audienceOf(tx, participants);
  const laidOut = await Promise.all(
    events.map(async (event) => ({ event, ...(await layOut(tx, session, event, { participants, audience, ask: decide })) })),
  );
  await insertObligations(
    tx,
    laidOut.flatMap(({ event, planned }) => planned.map(asRow(session, event))),
  );
  for (const { event, held } of laidOut) if (held) await holdPlan(tx, session, event, held);
  await refreshNextDue(tx, session.id);
}

/** Lays down what an event makes people be owed who do not take part; in its transaction, on the locked session. */
export async function planBeside(tx: Tx, session: SessionRow, event: PlanEvent & { attending: Attending[] }): Promise<void> {
  const { steps, held } = await stepsFor(tx, session, await participantsOf(tx, session.id), event, decide);
  const planned = planSteps(session, event, steps, { participants: event.attending, audience: await audienceOf(tx, event.attending) });
  await insertObligations(tx, planned.map(asRow(session, event)));
  if (held) await holdPlan(tx, session, event, held);
  await refreshNextDue(tx, session.id);
}

/** Lays down what a person chose of a held plan; rows that are there already stay as they are. */
export async function layDown(tx: Tx, session: SessionRow, { event, steps }: { event: PlanEvent; steps: PlanStep[] }): Promise<void> {
  const participants = event.attending ?? (await participantsOf(tx, session.id));
  const planned = planSteps(session, event, steps, { participants, audience: await audienceOf(tx, participants) });
  await insertObligations(tx, planned.map(asRow(session, event)));
  await refreshNextDue(tx, session.id);
}
