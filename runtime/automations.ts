import { lookForDaily } from '../commands/automations/daily';
import { askedRuns, askForStuckRuns, markTold, organisationsWithRunsAsked } from '../db/automation-runs';
import { organisationIds } from '../db/organisations';
import { businessNow } from '../domain/clock';
import { AUTOMATION_WORKFLOW, automationWorkflowIdFor, runWoken } from '../workflows/automation/contract';
import { TASK_QUEUE } from '../workflows/session/contract';
import { systemContext } from './organisation';
import { eachOrganisation, type RelayDeps } from './relay';

const CALL_MS = 5_000;
const BATCH = 100;
/** How often it is looked whether it is time for what comes with the calendar, and for runs whose workflow is lost. */
export const CALENDAR_MS = 15_000;

/** Starts the workflow of a run, or wakes it. Repeating is harmless: it reads what is true. */
async function deliver({ client, clock }: RelayDeps, organisationId: string, runId: string): Promise<void> {
  await client.withDeadline(Date.now() + CALL_MS, () =>
    client.workflow.signalWithStart(AUTOMATION_WORKFLOW, {
      workflowId: automationWorkflowIdFor(runId),
      taskQueue: TASK_QUEUE,
      args: [{ organisationId, runId, clock }],
      signal: runWoken,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  );
}

/** Turns what the rows ask for into signals. What failed stays asked for, and is tried again. */
export async function relayRuns(deps: RelayDeps): Promise<void> {
  await eachOrganisation(deps, await organisationsWithRunsAsked(deps.db.crossing), async (organisationId) => {
    for (const { id, asked } of await deps.db.inOrganisation(organisationId, (tx) => askedRuns(tx, BATCH))) {
      await deliver(deps, organisationId, id);
      await deps.db.inOrganisation(organisationId, (tx) => markTold(tx, id, asked));
    }
  });
}

/** What comes with the calendar, and runs that nobody looks after any more. */
export async function followCalendar(deps: RelayDeps): Promise<void> {
  const { db, clock, secret } = deps;
  await eachOrganisation(deps, await organisationIds(db.crossing), async (organisationId) => {
    const asOf = new Date(businessNow(clock, Date.now()));
    await db.inOrganisation(organisationId, (tx) => askForStuckRuns(tx, asOf));
    await lookForDaily(systemContext(db, organisationId, { secret, asOf }));
  });
}
