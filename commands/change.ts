import { conflictsOf, lockPeople, lockSession, moveStatus, participantsOf, findSession, type SessionRow } from '../db/sessions';
import { obligationsOf } from '../db/obligations';
import { insertChange, moveSession } from '../db/changes';
import { addToTimeline, wake } from '../db/timeline';
import { withdrawHeldSteps } from '../db/held-steps';
import { pgCode, type Tx } from '../db/database';
import { decide, preview, type Decision, type Question } from '../decisions/decide';
import { POINTS } from '../decisions/points';
import { loadSet, loadActiveSet } from '../decisions/rule-sets';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import { percentOf } from '../domain/money';
import { CHANGEABLE } from '../domain/status';
import { wallTimeOf } from '../domain/time';
import { explain } from '../policy/explain';
import { selectPolicy } from '../policy/select';
import { roleOf } from './book';
import { openHeldStep } from './held-steps';
import { planEvent, previewPlan, replan, suppressPlanned } from './plan';
import type { PlanEvent } from './plan-event';
import type { Context } from './context';
import type { ChangeInput, ChangePreview, ChangeResult } from './types';

function checkInput(input: ChangeInput, asOf: Date): void {
  if (input.kind !== 'reschedule') return;
  const faults: { path: string; message: string }[] = [];
  if (!input.startsAt || !input.endsAt) faults.push({ path: 'startsAt', message: 'a reschedule names startsAt and endsAt' });
  else if (input.endsAt <= input.startsAt) faults.push({ path: 'endsAt', message: 'must be after startsAt' });
  else if (input.startsAt <= asOf) faults.push({ path: 'startsAt', message: 'is in the past' });
  else if (+input.endsAt - +input.startsAt > 24 * 3_600_000) faults.push({ path: 'endsAt', message: 'a session lasts at most 24 hours' });
  if (faults.length > 0) throw new LecternError('invalid-request', 'The times of this change are not valid.', faults);
}

function question(ctx: Context, session: SessionRow, input: ChangeInput): Question {
  return {
    point: 'change',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq: `${input.kind}:${ctx.asOf.toISOString()}`,
    facts: {
      kind: input.kind,
      notice: +session.startsAt - +ctx.asOf,
      ...(input.startsAt && { newNotice: +input.startsAt - +ctx.asOf }),
      by: roleOf(ctx),
      isTrial: session.isTrial,
      status: session.status,
    },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf: ctx.asOf,
  };
}

/** The decision in words, for one that may not be stored (a preview). */
async function inWords(tx: Tx, q: Question, decision: Decision): Promise<string> {
  const set = POINTS[q.point]!.binding === 'booked' && q.bookedSetId ? await loadSet(tx, q.bookedSetId) : await loadActiveSet(tx);
  const policy = selectPolicy(set.compiled.policies, q.point, q.labels);
  return explain(policy, q.facts, { outcome: decision.outcome, rule: decision.rule, missing: decision.missing, say: decision.say }).sentence;
}

/** The session as it will be after the change. */
function after(session: SessionRow, input: ChangeInput, asOf: Date): SessionRow {
  if (input.kind === 'cancel') return { ...session, rev: session.rev + 1, status: 'cancelled' };
  const shift = +input.startsAt! - +session.startsAt;
  const moved = (d: Date): Date => new Date(Math.max(+asOf, +d + shift));
  return {
    ...session,
    rev: session.rev + 1,
    startsAt: input.startsAt!,
    endsAt: input.endsAt!,
    roomAt: moved(session.roomAt),
    coverageAt: moved(session.coverageAt),
    agreedWallTime: wallTimeOf(+input.startsAt!, session.anchorZone),
    status: session.status === 'held' ? 'held' : 'booked',
  };
}

/** The event by which everybody concerned learns of the change. */
const noticeOf = (input: ChangeInput, from: Date, to: Date, asOf: Date): PlanEvent =>
  input.kind === 'cancel' ? { event: 'cancelled', asOf } : { event: 'rescheduled', asOf, moved: { from, to } };

const ENDS_WITH_CANCEL = (session: SessionRow, kind: string): boolean => kind === 'cancel' || session.status !== 'held';

async function describe(ctx: Context, tx: Tx, session: SessionRow, input: ChangeInput, decision: Decision, why: string): Promise<ChangePreview> {
  const participants = await participantsOf(tx, session.id);
  const students = participants.filter((p) => p.role === 'student');
  const percent = Number(decision.outcome.chargePercent ?? 0);
  const next = after(session, input, ctx.asOf);
  const messages = await previewPlan(tx, next, noticeOf(input, session.startsAt, next.startsAt, ctx.asOf));
  const planned = input.kind === 'cancel' || session.status === 'held' ? [] : await previewPlan(tx, next, { event: 'booked', asOf: ctx.asOf });
  const open = (await obligationsOf(tx, session.id)).filter((o) => o.state === 'planned');
  const keys = participants.map((p) => p.personKey);
  return {
    verdict: decision.outcome.verdict as ChangePreview['verdict'],
    why,
    say: decision.say,
    rule: decision.rule,
    charges: students.map((s) => ({
      studentId: s.personId,
      percent,
      amountMinor: percentOf(session.priceMinor, percent),
      currency: session.currency,
    })),
    messages: [...messages, ...planned.filter((p) => ['reminder', 'credential', 'briefing'].includes(p.kind))]
      .filter((p) => p.state === 'planned')
      .map((p) => ({ personId: p.personId, kind: p.kind, step: p.step, channel: p.channel, dueAt: new Date(p.dueAt) })),
    dropped: ENDS_WITH_CANCEL(session, input.kind)
      ? open.map((o) => ({ personId: o.personId, kind: o.kind, step: o.step, channel: o.channel, dueAt: o.dueAt }))
      : [],
    conflicts: input.kind === 'reschedule' ? await conflictsOf(tx, keys, input.startsAt!, input.endsAt!, session.id) : [],
  };
}

function refuseUnchangeable(session: SessionRow, input: ChangeInput): void {
  if (!CHANGEABLE.includes(session.status) || (input.kind === 'reschedule' && session.status === 'live')) {
    throw new LecternError(
      'illegal-move',
      `Session ${session.id} is ${session.status}; it can no longer be ${input.kind === 'cancel' ? 'cancelled' : 'moved'}.`,
    );
  }
  if (input.rev !== undefined && input.rev !== session.rev) {
    throw new LecternError('stale', `Session ${session.id} has changed since you looked at it.`, {
      difference: { rev: { shown: input.rev, now: session.rev } },
    });
  }
}

/** What a change would do: verdict, charge and messages. Writes nothing. */
export function previewChange(ctx: Context, sessionId: string, input: ChangeInput): Promise<ChangePreview> {
  checkInput(input, ctx.asOf);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await findSession(tx, sessionId);
    if (!session) throw notFound('session', sessionId);
    refuseUnchangeable(session, input);
    const q = question(ctx, session, input);
    const decision = await preview(tx, q);
    return describe(ctx, tx, session, input, decision, await inWords(tx, q, decision));
  });
}

/**
 * Cancels or moves a session in one transaction: lock, decide, write, replan, wake. The compensation that the change names
 * (room, credentials) is the workflow's. Errors: `illegal-move`, `stale`, `refused-by-policy`, `slot-clash`, `not-found`.
 */
export async function makeChange(ctx: Context, sessionId: string, input: ChangeInput): Promise<ChangeResult> {
  checkInput(input, ctx.asOf);
  let conflicts: unknown = [];
  try {
    return await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const session = await lockSession(tx, sessionId);
      refuseUnchangeable(session, input);
      const q = question(ctx, session, input);
      const decision = await decide(tx, q);
      const result = await describe(ctx, tx, session, input, decision, await inWords(tx, q, decision));
      conflicts = result.conflicts;
      if (result.verdict === 'refuse') throw new LecternError('refused-by-policy', result.why, { rule: decision.rule, say: decision.say });
      if (result.verdict === 'hold') return holdChange(ctx, tx, session, input, decision, result);
      await applyChange(tx, session, input, { decisionId: decision.id, actor: ctx.principal.id, asOf: ctx.asOf });
      return { ...result, sessionId, rev: session.rev, status: session.status, heldStepId: null };
    });
  } catch (error) {
    if (pgCode(error) === '23P01') throw new LecternError('slot-clash', 'Somebody on this session already has a lesson at that time.', { conflicts });
    throw error;
  }
}

async function holdChange(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  input: ChangeInput,
  decision: Decision,
  result: ChangePreview,
): Promise<ChangeResult> {
  const step = await openHeldStep(tx, {
    session,
    kind: 'change',
    subject: session.id,
    audience: 'coordinator',
    reason: result.why,
    shown: {
      question: input.kind === 'cancel' ? 'May this session be cancelled?' : 'May this session be moved?',
      kind: input.kind,
      reason: input.reason ?? null,
      from: session.startsAt.toISOString(),
      startsAt: input.startsAt?.toISOString() ?? null,
      endsAt: input.endsAt?.toISOString() ?? null,
    },
    options: ['approve', 'reject'],
    defaultOption: 'reject',
    deadlineAt: session.startsAt,
    decisionId: decision.id,
    asOf: ctx.asOf,
  });
  await wake(tx, session.id);
  return { ...result, sessionId: session.id, rev: session.rev, status: session.status, heldStepId: step.id };
}

/** Writes the change to the locked session: slots, status, plan, notices, one timeline line, one wake. */
export async function applyChange(
  tx: Tx,
  session: SessionRow,
  input: ChangeInput,
  by: { decisionId: string; actor: string; asOf: Date },
): Promise<void> {
  const before = { startsAt: session.startsAt.toISOString(), endsAt: session.endsAt.toISOString(), status: session.status };
  const next = after(session, input, by.asOf);
  if (input.kind === 'reschedule')
    await lockPeople(
      tx,
      (await participantsOf(tx, session.id)).map((p) => p.personKey),
    );
  await insertChange(tx, {
    id: newId(),
    sessionId: session.id,
    rev: next.rev,
    kind: input.kind,
    reason: input.reason ?? null,
    before,
    after: { startsAt: next.startsAt.toISOString(), endsAt: next.endsAt.toISOString(), status: next.status },
    compensates: ['room', 'credentials'],
    decisionId: by.decisionId,
    madeBy: by.actor,
    madeAt: by.asOf,
  });
  if (input.kind === 'cancel') await moveStatus(tx, session, 'cancelled', { cancelledAt: by.asOf, reason: input.reason ?? null });
  await moveSession(tx, next);
  Object.assign(session, next);
  await withdrawHeldSteps(tx, session.id, by.asOf);
  if (input.kind === 'cancel') await suppressPlanned(tx, session.id, 'session-cancelled', by.asOf);
  else if (session.status !== 'held') await replan(tx, session, by.asOf, 'session-moved');
  await planEvent(tx, session.id, noticeOf(input, new Date(before.startsAt), session.startsAt, by.asOf));
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: by.asOf,
    kind: input.kind === 'cancel' ? 'session.cancelled' : 'session.moved',
    actor: by.actor,
    decisionId: by.decisionId,
    data: { from: before.startsAt, to: session.startsAt.toISOString() },
  });
  await wake(tx, session.id);
}
