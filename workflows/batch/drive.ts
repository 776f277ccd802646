import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { businessNow } from '../../domain/clock';
import type { DriveBatchInput } from './contract';

/** Some items at a time, each a transaction of its own. */
const { changeSome } = proxyActivities<Pick<Activities, 'changeSome'>>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m', backoffCoefficient: 2 },
});

/** Makes the changes of a batch one after the other, and tells everybody once at its end. What is done is read from its rows. */
export async function driveBatch({ organisationId, batchId, clock }: DriveBatchInput): Promise<void> {
  while (!(await changeSome({ organisationId, batchId, asOf: businessNow(clock, Date.now()) })));
}
