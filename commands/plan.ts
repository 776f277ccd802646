import { insertObligations, type NewObligation } from '../db/obligations';
import { coordinatorsOnDuty, notifiedGuardians, peopleById, type PersonRow } from '../db/people';
import { refreshNextDue } from '../db/dispatch';
import { findSession, participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { decide, type Decision, type Question } from '../decisions/decide';
import { notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import { holdPlan } from './held-plan';
import type { PlanEvent } from './plan-event';
import { planObligations, type PlanInput, type PlannedObligation, type PlanRecipient, type PlanStep } from '../domain/plan';

/** `decide`, or `preview` where nothing may be stored. */
export type Ask = (tx: Tx, question: Question) => Promise<Decision>;

export const asRecipient = (p: PersonRow, role: PlanRecipient['role'], aboutId: string | null = null): PlanRecipient => ({
  personId: p.id,
  role,
  aboutId,
  zone: p.zone,
  quiet: p.quietFrom && p.quietTo ? { from: p.quietFrom, to: p.quietTo } : null,
  channels: p.channels,
});

/** The people of a session by what the message plan calls them; a guardian stands once for each student. */
export async function recipientsOf(tx: Tx, participants: ParticipantRow[], event: PlanEvent): Promise<PlanRecipient[]> {
  const wanted = (id: string): boolean => !event.studentIds || event.studentIds.includes(id);
  const students = participants.filter((p) => p.role === 'student' && wanted(p.personId)).map((p) => p.personId);
  const found = await peopleById(
    tx,
    participants.map((p) => p.personId),
  );
  const people = new Map(found.map((p) => [p.id, p]));
  const guardians = students.length > 0 ? await notifiedGuardians(tx, students) : [];
  return [
    ...students.map((id) => asRecipient(people.get(id)!, 'student')),
    ...participants.filter((p) => p.role === 'instructor').map((p) => asRecipient(people.get(p.personId)!, 'instructor')),
    ...guardians.map((g) => asRecipient(g, 'guardian', g.studentId)),
    ...(await coordinatorsOnDuty(tx)).map((p) => asRecipient(p, 'coordinator')),
    ...(event.reviewers ?? []).map((p) => asRecipient(p, 'reviewer')),
  ];
}

function question(session: SessionRow, participants: ParticipantRow[], event: PlanEvent): Question {
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

/**
 * The rows of the message plan for an event. One that a missing fact has held owes nothing for certain, but what its policy declares
 * for that case.
 */
export async function stepsFor(tx: Tx, session: SessionRow, participants: ParticipantRow[], event: PlanEvent, ask: Ask): Promise<Owed> {
  const decision = await ask(tx, question(session, participants, event));
  const held = decision.rule === 'onMissing' ? decision.id : null;
  const outcomes = held !== null && Object.keys(decision.outcome).length === 0 ? [] : decision.outcomes;
  return { steps: outcomes.map((outcome) => ({ ...(outcome as unknown as PlanStep), decisionId: decision.id })), held };
}

export const instantsOf = (session: SessionRow, event: PlanEvent): PlanInput['instants'] => ({
  bookedAt: +session.bookedAt,
  roomAt: +session.roomAt,
  startsAt: +session.startsAt,
  endsAt: +session.endsAt,
  eventAt: +(event.eventAt ?? event.asOf),
});

/** What an event makes people be owed; written by nobody yet. */
export async function layOut(
  tx: Tx,
  session: SessionRow,
  event: PlanEvent,
  ask: Ask,
): Promise<{ planned: PlannedObligation[]; held: string | null }> {
  const participants = await participantsOf(tx, session.id);
  const { steps, held } = await stepsFor(tx, session, participants, event, ask);
  return { planned: await planSteps(tx, session, participants, event, steps), held };
}

const planSteps = async (
  tx: Tx,
  session: SessionRow,
  participants: ParticipantRow[],
  event: PlanEvent,
  steps: PlanStep[],
): Promise<PlannedObligation[]> =>
  planObligations({
    steps,
    instants: instantsOf(session, event),
    recipients: await recipientsOf(tx, participants, event),
    asOf: +event.asOf,
  });

export const asRow =
  (session: SessionRow, event: PlanEvent) =>
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

/** Lays down what an event on a session makes each person be owed, inside the transaction that the event is part of. */
export async function planEvent(tx: Tx, sessionId: string, event: PlanEvent): Promise<void> {
  const session = await findSession(tx, sessionId);
  if (!session) throw notFound('session', sessionId);
  const { planned, held } = await layOut(tx, session, event, decide);
  await insertObligations(tx, planned.map(asRow(session, event)));
  if (held) await holdPlan(tx, session, event, held);
  await refreshNextDue(tx, sessionId);
}

/** Lays down what a person chose of a held plan; rows that are there already stay as they are. */
export async function layDown(tx: Tx, session: SessionRow, { event, steps }: { event: PlanEvent; steps: PlanStep[] }): Promise<void> {
  const planned = await planSteps(tx, session, await participantsOf(tx, session.id), event, steps);
  await insertObligations(tx, planned.map(asRow(session, event)));
  await refreshNextDue(tx, session.id);
}
