import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import { organisationsWithAdoptions, runningAdoptionIds } from '../db/adoptions';
import { runningBatchIds } from '../db/batches';
import { organisationIds } from '../db/organisations';
import { hasActiveSeries, organisationsWithSeriesWork, seriesToFill } from '../db/series';
import { realDelay } from '../domain/clock';
import { ADOPT_WORKFLOW, adoptWorkflowIdFor } from '../workflows/adopt/contract';
import { BATCH_WORKFLOW, batchWorkflowIdFor } from '../workflows/batch/contract';
import { FILL_WORKFLOW, fillWorkflowIdFor, scheduleIdFor, type FillSeriesInput } from '../workflows/series/contract';
import { TASK_QUEUE } from '../workflows/session/contract';
import { eachOrganisation, type RelayDeps } from './relay';

const CALL_MS = 5_000;
/** How often a schedule looks whether a horizon has moved on, in business time: several times a day, whatever the day began with. */
const LOOK_MS = 6 * 3_600_000;
/** A business clock that runs fast would look without pause. */
const LEAST_REAL_MS = 5_000;

async function start(deps: RelayDeps, workflowType: string, workflowId: string, input: object): Promise<void> {
  await deps.client.withDeadline(Date.now() + CALL_MS, () =>
    deps.client.workflow.start(workflowType, {
      workflowId,
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  );
}

/**
 * Drives what the rows ask for: series to be filled, batches under way. The rows are the outbox, and stay so until the work is done: to
 * start what runs already does nothing, and what was lost is started again.
 */
export async function relaySeries(deps: RelayDeps): Promise<void> {
  const { clock } = deps;
  await eachOrganisation(deps, await organisationsWithSeriesWork(deps.db), async (organisationId) => {
    const { asked, batches } = await deps.db.inOrganisation(organisationId, async (tx) => ({
      asked: await seriesToFill(tx, 'asked', null, 1),
      batches: await runningBatchIds(tx),
    }));
    const input: FillSeriesInput = { organisationId, clock, which: 'asked' };
    if (asked.length > 0) await start(deps, FILL_WORKFLOW, fillWorkflowIdFor(organisationId, 'asked'), input);
    for (const batchId of batches) await start(deps, BATCH_WORKFLOW, batchWorkflowIdFor(batchId), { organisationId, batchId, clock });
  });
}

/** Sees to it that every adoption under way has its workflow, which reads its rows: one that was lost goes on where they stand. */
export async function relayAdoptions(deps: RelayDeps): Promise<void> {
  const { clock } = deps;
  await eachOrganisation(deps, await organisationsWithAdoptions(deps.db.crossing), async (organisationId) => {
    const ids = await deps.db.inOrganisation(organisationId, runningAdoptionIds);
    for (const adoptionId of ids) await start(deps, ADOPT_WORKFLOW, adoptWorkflowIdFor(adoptionId), { organisationId, adoptionId, clock });
  });
}

async function createSchedule(deps: RelayDeps, organisationId: string): Promise<void> {
  const { client, clock } = deps;
  const input: FillSeriesInput = { organisationId, clock, which: 'all' };
  await client.schedule.create({
    scheduleId: scheduleIdFor(organisationId),
    spec: { intervals: [{ every: Math.max(LEAST_REAL_MS, Math.ceil(realDelay(clock, LOOK_MS))) }] },
    policies: { overlap: 'SKIP', catchupWindow: '1m' },
    action: {
      type: 'startWorkflow',
      workflowType: FILL_WORKFLOW,
      workflowId: fillWorkflowIdFor(organisationId, 'all'),
      taskQueue: TASK_QUEUE,
      args: [input],
    },
  });
}

/** Sees to it that every organisation with an active series has its schedule: creates what was never there, or is gone. */
export async function reconcileSchedules(deps: RelayDeps): Promise<void> {
  await eachOrganisation(deps, await organisationIds(deps.db.crossing), async (organisationId) => {
    if (!(await deps.db.inOrganisation(organisationId, hasActiveSeries))) return;
    try {
      await deps.client.schedule.getHandle(scheduleIdFor(organisationId)).describe();
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      await createSchedule(deps, organisationId).catch((failure: unknown) => {
        if (!(failure instanceof ScheduleAlreadyRunning)) throw failure;
      });
    }
  });
}
