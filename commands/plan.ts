import { insertObligations, moveObligations, obligationsOf, suppressObligations, type NewObligation, type ObligationRow } from '../db/obligations';
import { coordinatorsOnDuty, notifiedGuardians, peopleById, type PersonRow } from '../db/people';
import { refreshNextDue } from '../db/dispatch';
import { findSession, participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { decide, preview, type Decision, type Question } from '../decisions/decide';
import { notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import { holdPlan } from './held-plan';
import type { PlanEvent } from './plan-event';
import { matchPlan, planObligations, type PlannedObligation, type PlanRecipient, type PlanStep } from '../domain/plan';

/** The people of a session by what the message plan calls them; a guardian stands once for each student. */
async function recipientsOf(tx: Tx, participants: ParticipantRow[], event: PlanEvent): Promise<PlanRecipient[]> {
  const about = (p: PersonRow, role: PlanRecipient['role'], aboutId: string | null = null): PlanRecipient => ({
    personId: p.id,
    role,
    aboutId,
    zone: p.zone,
    quiet: p.quietFrom && p.quietTo ? { from: p.quietFrom, to: p.quietTo } : null,
  });
  const wanted = (id: string): boolean => !event.studentIds || event.studentIds.includes(id);
  const students = participants.filter((p) => p.role === 'student' && wanted(p.personId)).map((p) => p.personId);
  const people = new Map(
    (
      await peopleById(
        tx,
        participants.map((p) => p.personId),
      )
    ).map((p) => [p.id, p]),
  );
  const guardians = students.length > 0 ? await notifiedGuardians(tx, students) : [];
  return [
    ...students.map((id) => about(people.get(id)!, 'student')),
    ...participants.filter((p) => p.role === 'instructor').map((p) => about(people.get(p.personId)!, 'instructor')),
    ...guardians.map((g) => about(g, 'guardian', g.studentId)),
    ...(await coordinatorsOnDuty(tx)).map((p) => about(p, 'coordinator')),
    ...(event.reviewers ?? []).map((p) => about(p, 'reviewer')),
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
      notice: +session.startsAt - +event.asOf,
      ...(event.moved && { movedBy: +event.moved.to - +event.moved.from, previousNotice: +event.moved.from - +event.asOf }),
    },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf: event.asOf,
  };
}

async function layOut(
  tx: Tx,
  session: SessionRow,
  event: PlanEvent,
  participants: ParticipantRow[],
  steps: PlanStep[],
): Promise<PlannedObligation[]> {
  return planObligations({
    steps,
    instants: {
      bookedAt: +session.bookedAt,
      roomAt: +session.roomAt,
      startsAt: +session.startsAt,
      endsAt: +session.endsAt,
      eventAt: +(event.eventAt ?? event.asOf),
    },
    recipients: await recipientsOf(tx, participants, event),
    asOf: +event.asOf,
  });
}

/** What is owed by a decision. One that a missing fact has held owes nothing for certain, but what its policy declares for that case. */
const stepsOf = (decision: Decision): PlanStep[] =>
  (decision.rule === 'onMissing' && Object.keys(decision.outcome).length === 0 ? [] : decision.outcomes) as unknown as PlanStep[];

/** What an event would make people be owed, without writing anything. */
export async function previewPlan(tx: Tx, session: SessionRow, event: PlanEvent): Promise<PlannedObligation[]> {
  const participants = await participantsOf(tx, session.id);
  return layOut(tx, session, event, participants, stepsOf(await preview(tx, question(session, participants, event))));
}

const asRow =
  (session: SessionRow, event: PlanEvent, decisionId: string) =>
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
    decisionId,
  });

/** Lays down what an event on a session makes each person be owed, inside the transaction that the event is part of. */
export async function planEvent(tx: Tx, sessionId: string, event: PlanEvent): Promise<void> {
  const session = await findSession(tx, sessionId);
  if (!session) throw notFound('session', sessionId);
  const participants = await participantsOf(tx, sessionId);
  const decision = await decide(tx, question(session, participants, event));
  const planned = await layOut(tx, session, event, participants, stepsOf(decision));
  await insertObligations(tx, planned.map(asRow(session, event, decision.id)));
  if (decision.rule === 'onMissing') await holdPlan(tx, session, event, decision.id);
  await refreshNextDue(tx, sessionId);
}

/** Lays down what a person chose of a held plan; rows that are there already stay as they are. */
export async function layDown(tx: Tx, session: SessionRow, held: { event: PlanEvent; decisionId: string; steps: PlanStep[] }): Promise<void> {
  const planned = await layOut(tx, session, held.event, await participantsOf(tx, session.id), held.steps);
  await insertObligations(tx, planned.map(asRow(session, held.event, held.decisionId)));
  await refreshNextDue(tx, session.id);
}

const countsFrom = (s: SessionRow, o: ObligationRow): boolean => [s.bookedAt, s.roomAt, s.startsAt, s.endsAt].some((at) => +at === +o.anchorAt);

/** The rows that the plan of a booking lays down; only these are matched again when a session moves. */
export const BOOKED_KINDS: readonly string[] = ['confirmation', 'assignment', 'credential', 'briefing', 'reminder'];

/** After a move: what was planned for the old time is suppressed, what counts from the new one is laid down, the delivered stays. */
export async function replan(tx: Tx, session: SessionRow, asOf: Date, reason: string): Promise<void> {
  const event: PlanEvent = { event: 'booked', asOf };
  const participants = await participantsOf(tx, session.id);
  const decision = await decide(tx, question(session, participants, event));
  const planned = await layOut(tx, session, event, participants, stepsOf(decision));
  const existing = (await obligationsOf(tx, session.id)).filter((o) => BOOKED_KINDS.includes(o.kind));
  const isHeld = decision.rule === 'onMissing';
  // While a person has to say what is owed, only what counts from the old time goes; the rest still holds.
  const standing = isHeld ? existing.filter((o) => countsFrom(session, o)) : [];
  const matched = matchPlan<ObligationRow>(
    existing.filter((o) => !standing.includes(o)),
    planned,
  );
  if (isHeld) await holdPlan(tx, session, event, decision.id);
  await suppressObligations(
    tx,
    matched.suppress.map((o) => o.id),
    reason,
    asOf,
  );
  await moveObligations(
    tx,
    matched.update.map(({ existing: o, planned: p }) => ({
      id: o.id,
      dueAt: new Date(p.dueAt),
      deadlineAt: new Date(p.deadlineAt),
      template: p.template,
      channel: p.channel,
    })),
  );
  await insertObligations(tx, matched.insert.map(asRow(session, event, decision.id)));
  await refreshNextDue(tx, session.id);
}

/** Ends everything that is still planned. */
export async function suppressPlanned(
  tx: Tx,
  sessionId: string,
  reason: string,
  asOf: Date,
  keep: (o: ObligationRow) => boolean = () => false,
): Promise<ObligationRow[]> {
  const planned = (await obligationsOf(tx, sessionId)).filter((o) => o.state === 'planned' && !keep(o));
  await suppressObligations(
    tx,
    planned.map((o) => o.id),
    reason,
    asOf,
  );
  await refreshNextDue(tx, sessionId);
  return planned;
}
