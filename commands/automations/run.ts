import { answerRun, endRun, endStep, findRun, hasHappened, lockRun, setWaiting, stepsOf, type RunRow, type StepRow } from '../../db/automation-runs';
import { findHeldStep } from '../../db/held-steps';
import { lockSession, type SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { considerRun } from '../../decisions/automation';
import { decide } from '../../decisions/decide';
import { loadSet } from '../../decisions/rule-sets';
import { HAPPENED, OPEN_RUNS, TIMED_OUT } from '../../domain/automation';
import type { CompiledAutomation } from '../../policy/automations/types';
import { nextStep } from '../../policy/automations/walk';
import type { Context } from '../context';
import { expireHeldStep } from '../decide-held-step';
import { takeAutomationStep } from './steps';

/** How a run stands after a step. `lookAt`: when there is something to do again, in business ms; null: at once. */
export type Stands = { isOver: true } | { isOver: false; lookAt: number | null };

const LEAST_LOOK_MS = 60_000;

const automationOf = async (tx: Tx, run: RunRow): Promise<CompiledAutomation> =>
  (await loadSet(tx, run.setId)).compiled.automations.find((a) => a.name === run.automation)!;

async function begin(tx: Tx, session: SessionRow, run: RunRow, asOf: Date): Promise<Stands> {
  const set = await loadSet(tx, run.setId);
  const automation = await automationOf(tx, run);
  const { facts, answer, reason, decision } = await considerRun(tx, { set, automation, run, session, ask: decide, asOf });
  const isRunning = answer === 'run';
  const state = isRunning ? 'running' : answer;
  await answerRun(tx, run, {
    ...{ state, reason, facts, decisionId: decision?.id ?? null },
    ...{ begunAt: isRunning ? asOf : null, endedAt: isRunning ? null : asOf },
  });
  if (answer === 'not-met') return { isOver: true };
  await addToTimeline(tx, {
    ...{ sessionId: session.id, rev: session.rev, at: asOf, kind: isRunning ? 'automation.began' : 'automation.stopped', actor: 'lectern' },
    data: { runId: run.id, automation: run.automation, ...(run.personId && { personId: run.personId }), ...(reason !== null && { reason }) },
    decisionId: decision?.id ?? null,
  });
  return isRunning ? { isOver: false, lookAt: null } : { isOver: true };
}

/**
 * Looks again at its due time, and where it waits for an event now and then before, ever more rarely: whoever brought it about may
 * have passed it over while this run was held.
 */
function lookAtOf(step: StepRow, run: RunRow, asOf: Date): number {
  const due = +step.dueAt!;
  return run.awaits === null ? due : Math.min(due, +asOf + Math.max(LEAST_LOOK_MS, +asOf - +step.begunAt));
}

/** What a step that waits has come to; null while it waits on. */
async function endOf(tx: Tx, run: RunRow, step: StepRow, asOf: Date): Promise<{ answer: string | null } | null> {
  if (run.awaits && (await hasHappened(tx, run, run.awaits, step.begunAt))) return { answer: HAPPENED };
  if (asOf < step.dueAt!) return null;
  return { answer: run.awaits ? TIMED_OUT : null };
}

async function goOnWaiting(tx: Tx, run: RunRow, step: StepRow, asOf: Date): Promise<Stands> {
  const end = step.heldStepId === null ? await endOf(tx, run, step, asOf) : null;
  if (!end) return { isOver: false, lookAt: lookAtOf(step, run, asOf) };
  await endStep(tx, step, end.answer, asOf);
  await setWaiting(tx, run, null);
  return { isOver: false, lookAt: null };
}

async function goOn(tx: Tx, session: SessionRow, run: RunRow, asOf: Date): Promise<Stands> {
  if (!OPEN_RUNS.includes(run.state)) return { isOver: true };
  if (run.state === 'new') return begin(tx, session, run, asOf);
  const steps = await stepsOf(tx, run.id);
  const waiting = steps.find((s) => s.state === 'waiting');
  if (waiting) return goOnWaiting(tx, run, waiting, asOf);
  const automation = await automationOf(tx, run);
  const step = nextStep(automation.document.do, new Map(steps.map((s) => [s.step, s.answer])));
  if (step) {
    await takeAutomationStep({ tx, session, run, automation, step, asOf });
    return { isOver: false, lookAt: null };
  }
  await endRun(tx, run, { state: 'done', reason: null, at: asOf, by: null });
  return { isOver: true };
}

/** The deadline of what the run asks somebody has passed: the default is taken as everywhere, and the run goes on with it. */
async function expire(ctx: Context, runId: string): Promise<void> {
  const step = await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const waiting = (await stepsOf(tx, runId)).find((s) => s.state === 'waiting' && s.heldStepId !== null && s.dueAt! <= ctx.asOf);
    return waiting && findHeldStep(tx, waiting.heldStepId!);
  });
  if (step?.state === 'open') await expireHeldStep(ctx, step);
}

/**
 * Does the next thing of a run, in one transaction: asks its condition, takes a step, or looks whether what it waits for has come. Safe
 * to repeat because what is done stands in the rows of the run, written with what the step does. The order of locks: session, held step, run.
 */
export async function goOnWithRun(ctx: Context, runId: string): Promise<Stands> {
  await expire(ctx, runId);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const found = await findRun(tx, runId);
    if (!found) return { isOver: true };
    const session = await lockSession(tx, found.sessionId);
    return goOn(tx, session, (await lockRun(tx, runId))!, ctx.asOf);
  });
}
