import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { businessNow } from '../../domain/clock';
import type { FillSeriesInput } from './contract';

/** Long with many series, so it beats between lessons; a worker that is lost in the middle is noticed, and the rest is filled by another. */
const { fillSomeSeries } = proxyActivities<Pick<Activities, 'fillSomeSeries'>>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m', backoffCoefficient: 2 },
});

/** Books what series lack up to their horizon, some series at a time. Level-triggered: run twice, it finds nothing left to do. */
export async function fillSeries({ organisationId, clock, which }: FillSeriesInput): Promise<void> {
  let after: string | null = null;
  do after = await fillSomeSeries({ organisationId, which, after, asOf: businessNow(clock, Date.now()) });
  while (after !== null);
}
