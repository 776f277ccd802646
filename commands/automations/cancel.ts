import { addAudit } from '../../db/audit';
import { askForRun, endRun, findRun, lockRun, stepsOf, type RunRow } from '../../db/automation-runs';
import { withdrawHeldStep } from '../../db/held-steps';
import { lockSession } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import { OPEN_RUNS } from '../../domain/automation';
import { LecternError, notFound } from '../../domain/errors';
import type { Context } from '../context';

/**
 * Ends a run: what is done stays done, what it asks somebody is withdrawn, what it owes and has not left yet leaves all the same. Errors:
 * `not-found`, `stale`, `illegal-move` when it has its end.
 */
export const cancelRun = (ctx: Context, id: string, version: number): Promise<RunRow> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const found = await findRun(tx, id);
    if (!found) throw notFound('run', id);
    const session = await lockSession(tx, found.sessionId);
    const run = (await lockRun(tx, id))!;
    if (!OPEN_RUNS.includes(run.state)) throw new LecternError('illegal-move', `Run ${id} has its end: ${run.state}.`);
    if (run.version !== version) throw new LecternError('stale', `Run ${id} has changed; look at it again.`, { version: run.version });
    const asking = (await stepsOf(tx, id)).find((s) => s.state === 'waiting' && s.heldStepId !== null);
    if (asking) await withdrawHeldStep(tx, session.id, 'automation', `${id}/${asking.step}`, ctx.asOf);
    await endRun(tx, run, { state: 'cancelled', reason: null, at: ctx.asOf, by: ctx.principal.id });
    await askForRun(tx, id);
    await addToTimeline(tx, {
      ...{ sessionId: session.id, rev: session.rev, at: ctx.asOf, kind: 'automation.cancelled', actor: ctx.principal.id },
      data: { runId: id, automation: run.automation },
    });
    await addAudit(tx, ctx, 'automation.cancel', 'automation-run', id, { automation: run.automation });
    return (await findRun(tx, id))!;
  });
