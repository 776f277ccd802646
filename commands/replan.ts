import { insertObligations, keepForRev, obligationsOf, planAgain, suppressObligations, type ObligationRow } from '../db/obligations';
import { refreshNextDue } from '../db/dispatch';
import { lastMove } from '../db/changes';
import { participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { decide, type Ask } from '../decisions/decide';
import { channelAfter, matchPlan, REPLAN_REASONS, type MatchedPlan, type ReplanReason } from '../domain/match-plan';
import { planObligations } from '../domain/plan';
import { holdPlan } from './held-plan';
import { asRow, audienceOf, instantsOf, recipientsOf, stepsFor, type Owed } from './plan';
import type { PlanEvent } from './plan-event';

/** The rows that the plan of a booking lays down; only these are matched again when a session moves. */
export const BOOKED_KINDS: readonly string[] = ['confirmation', 'assignment', 'credential', 'briefing', 'reminder'];

/** What a change tells those concerned; a later one that says more takes back what is still unsent. */
export const NOTICE_KINDS: readonly string[] = ['change', 'second-room'];

export interface ReplanCause {
  reason: ReplanReason;
  asOf: Date;
  /** The start that a move left behind. */
  movedFrom?: Date;
  /** Only what these rows owe is laid out again; all of them when left out. */
  concerns?: (o: { personId: string; aboutId: string | null }) => boolean;
  /** Who takes part, where a change is about to say so; who does now when left out. */
  participants?: ParticipantRow[];
  /** When those concerned were given notice, where that was not the booking or the last move. */
  noticeAt?: Date;
}

export interface Replanned {
  matched: MatchedPlan<ObligationRow>;
  /** Plans of which a fact is missing. */
  held: { event: PlanEvent; decisionId: string }[];
}

/** Whether a row counts from an instant that its session still has. */
export const countsFrom = (s: SessionRow, participants: Pick<ParticipantRow, 'joinedAt'>[], o: Pick<ObligationRow, 'anchorAt'>): boolean =>
  [s.bookedAt, s.roomAt, s.startsAt, s.endsAt, ...participants.map((p) => p.joinedAt)].some((at) => at !== null && +at === +o.anchorAt);

/**
 * The plan of a session as it is now, beside the rows there are; nothing is written. A move lays down its notice together with
 * the plan, so that what the notice says is not said twice, and takes back a notice of an earlier move that is still unsent.
 * While a person has to say what is owed, only what counts from the old time goes; the rest still holds.
 */
export async function matchSession(tx: Tx, session: SessionRow, cause: ReplanCause & { ask: Ask }): Promise<Replanned> {
  const { reason, asOf, movedFrom, concerns: isMeant = () => true, ask } = cause;
  const participants = cause.participants ?? (await participantsOf(tx, session.id));
  // The rules may ask how much notice a family had; that is what it was when the lesson was booked or last moved.
  const noticeAt = cause.noticeAt ?? (movedFrom ? asOf : ((await lastMove(tx, session.id))?.madeAt ?? session.bookedAt));
  const events: PlanEvent[] = [{ event: 'booked', asOf, noticeAt }];
  if (movedFrom) events.push({ event: 'rescheduled', asOf, moved: { from: movedFrom, to: session.startsAt } });
  const owed: (Owed & { event: PlanEvent })[] = [];
  for (const event of events) owed.push({ event, ...(await stepsFor(tx, session, participants, event, ask)) });
  const planned = planObligations({
    steps: owed.flatMap((o) => o.steps),
    instants: instantsOf(session, events[0]!),
    recipients: recipientsOf(await audienceOf(tx, participants), participants, events[0]!).filter(isMeant),
    asOf: +asOf,
  });
  const kinds = reason === 'session-moved' ? [...BOOKED_KINDS, ...NOTICE_KINDS] : BOOKED_KINDS;
  const held = owed.flatMap((o) => (o.held ? [{ event: o.event, decisionId: o.held }] : []));
  const standing = (o: ObligationRow): boolean => owed[0]!.held !== null && BOOKED_KINDS.includes(o.kind) && countsFrom(session, participants, o);
  const existing = (await obligationsOf(tx, session.id)).filter((o) => kinds.includes(o.kind) && o.batchId === null && isMeant(o) && !standing(o));
  return { matched: matchPlan(existing, planned), held };
}

async function suppressEach(tx: Tx, list: MatchedPlan<ObligationRow>['suppress'], reason: ReplanReason, asOf: Date): Promise<void> {
  const byReason = new Map<string, string[]>();
  for (const s of list) byReason.set(s.reason ?? reason, [...(byReason.get(s.reason ?? reason) ?? []), s.existing.id]);
  for (const [why, ids] of byReason) await suppressObligations(tx, ids, why, asOf);
}

/**
 * Lays a session's plan out again: after a move, or because the rules or the people are others now. What was planned and is not
 * wanted any more is suppressed for `reason`, what is wanted again is revived, what differs is written as the rules have it now,
 * and what is being sent or at its end stays.
 */
export async function replan(tx: Tx, session: SessionRow, cause: ReplanCause): Promise<void> {
  await writePlan(tx, session, await matchSession(tx, session, { ...cause, ask: decide }), cause);
  await refreshNextDue(tx, session.id);
}

/** Writes a matched plan; the caller sees to when the session has something to send next. */
export async function writePlan(tx: Tx, session: SessionRow, { matched, held }: Replanned, { reason, asOf }: ReplanCause): Promise<void> {
  for (const plan of held) await holdPlan(tx, session, plan.event, plan.decisionId);
  await suppressEach(tx, matched.suppress, reason, asOf);
  await planAgain(
    tx,
    matched.update.map(({ existing, planned: p }) => ({
      id: existing.id,
      rev: session.rev,
      channel: channelAfter(existing, p),
      fallback: p.fallback,
      template: p.template,
      dueAt: new Date(p.dueAt),
      deadlineAt: new Date(p.deadlineAt),
      decisionId: p.decisionId,
    })),
    REPLAN_REASONS,
  );
  const onTheirWay = matched.keep.filter((o) => ['planned', 'claimed', 'in-doubt'].includes(o.state));
  await keepForRev(
    tx,
    onTheirWay.map((o) => o.id),
    session.rev,
  );
  await insertObligations(tx, matched.insert.map(asRow(session, { event: 'booked', asOf })));
}

/** Ends everything that is still planned, but for what `keep` names. */
export async function suppressPlanned(
  tx: Tx,
  sessionId: string,
  reason: string,
  asOf: Date,
  keep: (o: ObligationRow) => boolean = () => false,
): Promise<ObligationRow[]> {
  const planned = (await obligationsOf(tx, sessionId)).filter((o) => o.state === 'planned' && o.batchId === null && !keep(o));
  await suppressObligations(
    tx,
    planned.map((o) => o.id),
    reason,
    asOf,
  );
  await refreshNextDue(tx, sessionId);
  return planned;
}
