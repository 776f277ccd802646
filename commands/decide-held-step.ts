import { findHeldStep, lockHeldStep, reshow, swapDecided, type HeldStepRow, type LockedHeldStep } from '../db/held-steps';
import { addAudit } from '../db/audit';
import { addToTimeline, wake } from '../db/timeline';
import { lockSession } from '../db/sessions';
import type { Tx } from '../db/database';
import { LecternError, notFound } from '../domain/errors';
import { hashOf } from '../domain/ids';
import type { Json } from '../policy/types';
import { CONSEQUENCES } from './consequences';
import { shownForReview, storeEdits, wroteIt } from './review';
import { SYSTEM, type Context } from './context';
import type { DecideInput, DecideResult } from './types';

export function refuseStranger(ctx: Context, step: HeldStepRow): void {
  const { roles, personId, kind } = ctx.principal;
  if (kind === 'system' || roles.includes('admin') || roles.includes('coordinator')) return;
  if (roles.includes('instructor') && step.audience === 'instructor' && step.assigneeId === personId) return;
  throw notFound('held step', step.id);
}

export function refuseEnded(step: HeldStepRow): void {
  if (step.state === 'open') return;
  const who = step.chosenByName ?? 'Lectern';
  const when = step.chosenAt?.toISOString() ?? null;
  const what = step.state === 'withdrawn' ? 'was withdrawn because the session changed' : `was already decided by ${who} at ${when}`;
  throw new LecternError('already-decided', `Held step ${step.id} ${what}.`, {
    decidedBy: who,
    decidedAt: when,
    decision: step.chosen,
    state: step.state,
  });
}

/** The paths at which two shown values differ, with both values: what the decider has to look at again. */
export function differenceOf(before: Json, now: Json, path = ''): { path: string; shown: Json; now: Json }[] {
  if (hashOf(before) === hashOf(now)) return [];
  const isObject = (v: Json): v is { [key: string]: Json } => v !== null && typeof v === 'object' && !Array.isArray(v);
  if (!isObject(before) || !isObject(now)) return [{ path: path || '/', shown: before, now }];
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((key) =>
    differenceOf(before[key] ?? null, now[key] ?? null, `${path}/${key}`),
  );
}

/** What the step would show now; only a review rests on facts that move. */
const shownNow = async (tx: Tx, step: HeldStepRow): Promise<Json> =>
  step.kind === 'documentation.review' ? shownForReview(tx, step.sessionId) : step.shown;

type Answer = { result: DecideResult } | { stale: { path: string; shown: Json; now: Json }[]; version: number };

/**
 * A person's decision, or the deadline's: one compare-and-swap for the API, the console and the timer alike. The first wins;
 * the second is told who and when (`already-decided`); whoever looked at something older is told the difference (`stale`).
 * Errors besides: `not-found`, `self-approval`, `invalid-request`.
 */
export async function decideHeldStep(ctx: Context, stepId: string, input: DecideInput): Promise<DecideResult> {
  const answer = await ctx.db.inOrganisation<Answer>(ctx.organisationId, async (tx) => {
    const found = await findHeldStep(tx, stepId);
    if (!found) throw notFound('held step', stepId);
    refuseStranger(ctx, found);
    const session = await lockSession(tx, found.sessionId);
    const step = (await lockHeldStep(tx, stepId))!;
    refuseEnded(step);
    const now = await shownNow(tx, step);
    const difference = differenceOf(step.shown, now);
    if (difference.length > 0) {
      await reshow(tx, step.id, now, hashOf(now));
      return { stale: difference, version: step.version + 1 };
    }
    if (step.version !== input.version || step.shownHash !== input.hash) {
      return { stale: [{ path: '/version', shown: input.version, now: step.version }], version: step.version };
    }
    return { result: await swap(ctx, tx, session, step, input) };
  });
  if ('result' in answer) return answer.result;
  throw new LecternError('stale', `Held step ${stepId} has changed since it was shown; look at it again.`, {
    difference: answer.stale,
    version: answer.version,
  });
}

async function swap(
  ctx: Context,
  tx: Tx,
  session: Awaited<ReturnType<typeof lockSession>>,
  step: LockedHeldStep,
  input: DecideInput,
): Promise<DecideResult> {
  const byDeadline = ctx.principal.kind === 'system';
  if (!step.options.includes(input.decision) && !(byDeadline && input.decision === step.defaultOption)) {
    throw new LecternError('invalid-request', `"${input.decision}" is not an option of this step.`, [
      { path: 'decision', message: `must be one of: ${step.options.join(', ')}` },
    ]);
  }
  if (input.edited) await storeEdits(ctx, tx, step, input.edited);
  if (!step.selfApproval && input.decision === 'approve' && (await wroteIt(tx, step.sessionId, ctx.principal.id))) {
    throw new LecternError('self-approval', 'The policy does not allow you to approve what you wrote yourself.');
  }
  const byName = byDeadline ? 'the deadline' : ctx.principal.name;
  const decided = await swapDecided(tx, step, {
    state: byDeadline ? 'expired' : 'decided',
    chosen: input.decision,
    by: byDeadline ? null : ctx.principal.id,
    byName,
    at: ctx.asOf,
    comment: input.comment ?? null,
  });
  if (!decided) throw new LecternError('stale', `Held step ${step.id} has changed; look at it again.`);
  await addToTimeline(tx, {
    sessionId: step.sessionId,
    rev: session.rev,
    at: ctx.asOf,
    kind: 'held-step.decided',
    actor: byDeadline ? 'deadline' : ctx.principal.id,
    decisionId: step.decisionId,
    data: { heldStepId: step.id, step: step.kind, decision: input.decision, edited: input.edited !== undefined },
  });
  await CONSEQUENCES[step.kind]({ ctx, tx, session, step, decision: input.decision, answers: input.answers });
  const isTheirs = !byDeadline && step.claimedBy !== null && step.claimedBy !== ctx.principal.id;
  await addAudit(tx, ctx, 'held-step.decide', 'held-step', step.id, {
    decision: input.decision,
    ...(isTheirs && { claimedBy: step.claimedBy }),
  });
  await wake(tx, step.sessionId);
  return {
    heldStepId: step.id,
    state: 'decided',
    kind: step.kind,
    decision: input.decision,
    decidedBy: byName,
    decidedAt: ctx.asOf,
    sessionId: step.sessionId,
    claimedBy: isTheirs ? { name: step.claimedByName!, since: step.claimedAt! } : null,
  };
}

/** The expired deadline of a step: takes the default its policy declares, through the same compare-and-swap. */
export async function expireHeldStep(ctx: Omit<Context, 'principal'>, step: HeldStepRow): Promise<void> {
  const system = { ...ctx, principal: SYSTEM };
  const attempt = (s: HeldStepRow): Promise<DecideResult> =>
    decideHeldStep(system, s.id, { version: s.version, hash: s.shownHash, decision: s.defaultOption! });
  try {
    await attempt(step);
  } catch (error) {
    if (!(error instanceof LecternError)) throw error;
    if (error.code === 'already-decided') return;
    if (error.code !== 'stale') throw error;
    const fresh = await ctx.db.inOrganisation(ctx.organisationId, (tx) => findHeldStep(tx, step.id));
    if (fresh?.state === 'open') await attempt(fresh);
  }
}
