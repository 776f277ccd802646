import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { businessNow } from '../../domain/clock';
import type { AdoptInput } from './contract';

/** Some sessions at a time, each a transaction of its own. */
const { adoptSome } = proxyActivities<Pick<Activities, 'adoptSome'>>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m', backoffCoefficient: 2 },
});

/** Lets booked sessions follow the rules in force, as fast as those say. What is done is read from its rows. */
export async function adopt(input: AdoptInput): Promise<void> {
  const { organisationId, adoptionId, clock } = input;
  for (;;) {
    const restMs = await adoptSome({ organisationId, adoptionId, asOf: businessNow(clock, Date.now()) });
    if (restMs === null) return;
    await sleep(restMs);
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof adopt>(input);
  }
}
