import { findSession, lockSession, type SessionRow } from '../db/sessions';
import { strikesThisTerm } from '../db/strikes';
import { wake } from '../db/timeline';
import { pgCode, type Tx } from '../db/database';
import { decide, preview, type Ask, type Decision, type Question } from '../decisions/decide';
import { LecternError, notFound } from '../domain/errors';
import { CHANGEABLE, isTerminal } from '../domain/status';
import { LONGEST_LESSON_MS } from '../domain/time';
import { roleOf } from './admission';
import { applyChange, sessionAfter } from './apply-change';
import { describeChange, inWords } from './change-preview';
import { changeReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import type { Context } from './context';
import type { ChangeInput, ChangePreview, ChangeResult } from './types';

/** Refuses times that no policy could make sense of. Asked again when a held change is approved: its time may have passed. */
export function refuseImpossibleTimes(input: ChangeInput, asOf: Date): void {
  if (input.kind !== 'reschedule') return;
  const faults: { path: string; message: string }[] = [];
  if (!input.startsAt || !input.endsAt) faults.push({ path: 'startsAt', message: 'a reschedule names startsAt and endsAt' });
  else if (input.endsAt <= input.startsAt) faults.push({ path: 'endsAt', message: 'must be after startsAt' });
  else if (input.startsAt <= asOf) faults.push({ path: 'startsAt', message: 'is in the past' });
  else if (+input.endsAt - +input.startsAt > LONGEST_LESSON_MS) faults.push({ path: 'endsAt', message: 'a session lasts at most 24 hours' });
  if (faults.length > 0) throw new LecternError('invalid-request', 'The times of this change are not valid.', faults);
}

const INSTEAD: Partial<Record<SessionRow['status'], string>> = {
  live: 'The lesson has begun: cancel it, and book another time',
  documenting: 'The lesson has taken place: answer its held steps, and book another time as a session of its own',
  settling: 'The lesson has taken place and is being charged: answer its held steps, and book another time as a session of its own',
  settled: 'The lesson has taken place and is charged: book another time as a session of its own',
};

/** Refuses, in words and with what to do instead, what cannot be changed any more, and what the caller saw otherwise. */
export function refuseUnchangeable(session: SessionRow, input: ChangeInput): void {
  const { id, status } = session;
  if (!CHANGEABLE.includes(status) || (input.kind === 'reschedule' && status === 'live')) {
    const instead = INSTEAD[status] ?? (isTerminal(status) ? 'Book a new session' : 'Read it again');
    throw new LecternError(
      'illegal-move',
      `Session ${id} is ${status}; it can no longer be ${input.kind === 'cancel' ? 'cancelled' : 'moved'}. ${instead}.`,
    );
  }
  if (session.withoutSlot && input.kind !== 'cancel') {
    throw new LecternError('illegal-move', `Session ${id} has no slot yet: answer its held step, which offers other times, or cancel it.`);
  }
  if (input.rev !== undefined && input.rev !== session.rev) {
    throw new LecternError('stale', `Session ${id} has changed since you looked at it.`, {
      difference: { rev: { shown: input.rev, now: session.rev } },
    });
  }
}

function question(ctx: Context, session: SessionRow, input: ChangeInput, strikes: number): Question {
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
      strikesThisTerm: strikes,
    },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf: ctx.asOf,
  };
}

/** Asks whether the change may be, and for a held booking whether it could be admitted at its new time; what it would do besides. */
async function consider(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  input: ChangeInput,
  ask: Ask,
): Promise<{ decision: Decision; described: ChangePreview }> {
  const q = question(ctx, session, input, Math.max(0, ...(await strikesThisTerm(tx, session.id)).values()));
  const allowed = await ask(tx, q);
  const after = await sessionAfter(ctx, tx, session, input, preview);
  const isUnadmitted = after.admission?.outcome.verdict === 'refuse';
  const decision = isUnadmitted ? after.admission! : allowed;
  const why = await inWords(tx, isUnadmitted ? { ...q, point: 'admission' } : q, decision);
  return { decision, described: await describeChange(ctx, tx, session, input, { decision, why, after }) };
}

/** What a change would do: verdict, charge and messages. Writes nothing. */
export function previewChange(ctx: Context, sessionId: string, input: ChangeInput): Promise<ChangePreview> {
  refuseImpossibleTimes(input, ctx.asOf);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await findSession(tx, sessionId);
    if (!session) throw notFound('session', sessionId);
    refuseUnchangeable(session, input);
    return (await consider(ctx, tx, session, input, preview)).described;
  });
}

/**
 * Cancels or moves a session in one transaction: lock, decide, write, replan, wake. The compensation that the change names
 * (room, credentials) is the workflow's. Errors: `illegal-move`, `stale`, `refused-by-policy`, `slot-clash`, `not-found`.
 */
export async function makeChange(ctx: Context, sessionId: string, input: ChangeInput): Promise<ChangeResult> {
  refuseImpossibleTimes(input, ctx.asOf);
  try {
    return await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const session = await lockSession(tx, sessionId);
      refuseUnchangeable(session, input);
      const { decision, described } = await consider(ctx, tx, session, input, decide);
      if (described.verdict === 'refuse') throw new LecternError('refused-by-policy', described.why, { rule: decision.rule, say: decision.say });
      if (described.verdict === 'hold') return holdChange(ctx, tx, session, input, { decision, described });
      await applyChange(ctx, tx, session, input, decision.id);
      return { ...described, sessionId, rev: session.rev, status: session.status, heldStepId: null };
    });
  } catch (error) {
    if (pgCode(error) === '23P01') throw new LecternError('slot-clash', 'Somebody on this session already has a lesson at that time.');
    throw error;
  }
}

async function holdChange(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  input: ChangeInput,
  { decision, described }: { decision: Decision; described: ChangePreview },
): Promise<ChangeResult> {
  const step = await openHeldStep(tx, {
    session,
    kind: 'change',
    subject: session.id,
    audience: 'coordinator',
    reason: await changeReason(tx, session, { input, decisionId: decision.id }),
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
  return { ...described, sessionId: session.id, rev: session.rev, status: session.status, heldStepId: step.id };
}
