import { allHandlersFinished, condition, continueAsNew, proxyLocalActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { businessNow, realDelay } from '../../domain/clock';
import { runWoken, type AutomationRunInput } from './contract';

/** Transactions of milliseconds, retried for ever: a database that is away must not end a run. */
const { goOnWithAutomation } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', maximumInterval: '10s', backoffCoefficient: 2 },
  localRetryThreshold: '1m',
});

/** One run of any automation: what it is to do stands in its rows. A step is a transaction; between them it waits for a time or a wake. */
export async function automationRun(input: AutomationRunInput): Promise<void> {
  const { organisationId, runId, clock } = input;
  let isWoken = false;
  setHandler(runWoken, () => {
    isWoken = true;
  });
  let dueMs = 0;
  for (;;) {
    isWoken = false;
    const run = await goOnWithAutomation({ organisationId, runId, asOf: Math.max(businessNow(clock, Date.now()), dueMs) });
    dueMs = 0;
    if (run.isOver) break;
    if (run.lookAt === null) continue;
    const delay = Math.max(1, Math.ceil(realDelay(clock, run.lookAt - businessNow(clock, Date.now()))));
    // A timer may fire a little early: what it was set for is due all the same.
    if (!(await condition(() => isWoken, delay))) dueMs = run.lookAt;
    if (workflowInfo().continueAsNewSuggested && !isWoken) await continueAsNew<typeof automationRun>(input);
  }
  await condition(allHandlersFinished);
}
