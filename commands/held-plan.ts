import type { SessionRow } from '../db/sessions';
import { peopleById } from '../db/people';
import type { Tx } from '../db/database';
import { explainDecision } from '../decisions/explain';
import { openRowsOf } from '../decisions/open-rows';
import type { SortedRow } from '../policy/evaluate';
import type { PlanStep } from '../domain/plan';
import { HAPPENED, planReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import type { Attending, PlanEvent } from './plan-event';

/** What the person may say: send what may be owed as well, only what is owed for certain, or nothing. */
const OPTIONS = ['plan-all', 'plan-certain', 'leave'];

/** The event as the held step keeps it, so that the answer can lay the plan down later. */
interface HeldEvent {
  event: PlanEvent['event'];
  eventAt: string;
  studentIds: string[] | null;
  reviewerIds: string[];
  substituteIds?: string[];
  heldStepId: string | null;
  documentId: string | null;
  /** Not there in steps that were held before people could leave a session. */
  attending?: { personId: string; role: Attending['role'] }[];
}

/** A plan of which a fact is missing waits for a person: nobody is missed silently. */
export async function holdPlan(
  tx: Tx,
  session: Pick<SessionRow, 'id' | 'rev' | 'title' | 'startsAt' | 'anchorZone'>,
  event: PlanEvent,
  decisionId: string,
): Promise<void> {
  const { missing } = await explainDecision(tx, decisionId);
  const rows = await openRowsOf(tx, decisionId);
  const ids = (list: SortedRow[]): string[] => list.map((r) => r.rule);
  const held: HeldEvent = {
    event: event.event,
    eventAt: (event.eventAt ?? event.asOf).toISOString(),
    studentIds: event.studentIds ?? null,
    reviewerIds: (event.reviewers ?? []).map((p) => p.id),
    ...(event.substitutes && { substituteIds: event.substitutes.map((p) => p.id) }),
    heldStepId: event.heldStepId ?? null,
    documentId: event.documentId ?? null,
    ...(event.attending && { attending: event.attending.map(({ personId, role }) => ({ personId, role })) }),
  };
  await openHeldStep(tx, {
    session,
    kind: 'plan',
    subject: decisionId,
    audience: 'coordinator',
    reason: await planReason(tx, session, event.event, decisionId),
    shown: {
      question: `${missing.length > 0 ? 'A fact is missing, so it is not known' : 'The message plan is paused, so a person says'} which messages are owed now that ${HAPPENED[event.event]}. Which are sent?`,
      missing,
      certain: ids(rows.certain),
      open: ids(rows.open),
      held: held as never,
    },
    options: OPTIONS,
    decisionId,
    asOf: event.asOf,
  });
}

/** What a person's answer to a held plan lays down; null when nothing. */
export async function chosenPlan(
  tx: Tx,
  step: { shown: unknown; decisionId: string | null },
  option: string,
  asOf: Date,
): Promise<{ event: PlanEvent; steps: PlanStep[] } | null> {
  const { decisionId } = step;
  if (option === 'leave' || !decisionId) return null;
  const { held } = step.shown as { held: HeldEvent };
  const { certain, open } = await openRowsOf(tx, decisionId);
  const chosen = option === 'plan-all' ? [...certain, ...open] : certain;
  return {
    steps: chosen.flatMap((r) => (r.outcome === null ? [] : [{ ...(r.outcome as unknown as PlanStep), decisionId }])),
    event: {
      event: held.event,
      asOf,
      eventAt: new Date(held.eventAt),
      ...(held.studentIds && { studentIds: held.studentIds }),
      reviewers: held.reviewerIds.length > 0 ? await peopleById(tx, held.reviewerIds) : [],
      ...(held.substituteIds && { substitutes: await peopleById(tx, held.substituteIds) }),
      ...(held.heldStepId && { heldStepId: held.heldStepId }),
      ...(held.documentId && { documentId: held.documentId }),
      ...(held.attending && { attending: held.attending }),
    },
  };
}
