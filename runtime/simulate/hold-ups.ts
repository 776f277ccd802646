import type { Client } from '@temporalio/client';
import { businessNow, type BusinessClock } from '../../domain/clock';
import { BATCH_WORKFLOW } from '../../workflows/batch/contract';
import { SESSION_WORKFLOW } from '../../workflows/session/contract';
import type { Outage } from './outages';

const AT_ONCE = 16;

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/** An instant of Temporal's, epoch ms. */
const atOf = ({ eventTime }: HistoryEvent): number => Number(eventTime!.seconds) * 1000 + Number(eventTime!.nanos) / 1e6;

/**
 * When a session, or a batch, could not go on because what it waited for was with a process that was gone: an activity that was given out again once
 * its heartbeat had ended, a workflow task that timed out. Temporal writes both down; of a task that timed out several times only the first
 * time, and how often, with the one that was done.
 */
export function holdUpsIn(events: readonly HistoryEvent[], clock: BusinessClock): Outage[] {
  const at = new Map(events.map((e) => [String(e.eventId), atOf(e)]));
  let timedOutAt: number | undefined;
  return events.flatMap((e) => {
    const {
      activityTaskStartedEventAttributes: started,
      workflowTaskTimedOutEventAttributes: timedOut,
      workflowTaskScheduledEventAttributes: scheduled,
      workflowTaskCompletedEventAttributes: completed,
    } = e;
    const isAgain = started && Number(started.attempt) > 1;
    if (timedOut) timedOutAt = atOf(e);
    if (completed) timedOutAt = undefined;
    const sinceTimeOut = scheduled && Number(scheduled.attempt) > 1 ? timedOutAt : undefined;
    const since = isAgain ? started.scheduledEventId : timedOut?.scheduledEventId;
    const from = since == null ? sinceTimeOut : at.get(String(since));
    return from === undefined ? [] : [{ from: businessNow(clock, from), to: businessNow(clock, atOf(e)) }];
  });
}

const TYPES = [SESSION_WORKFLOW, BATCH_WORKFLOW].map((type) => `'${type}'`).join(', ');

/** By workflow id, over all runs of each: of sessions, and of the batches that change several of them. */
export async function holdUpsOf(client: Client, clock: BusinessClock): Promise<Map<string, Outage[]>> {
  const runs: { workflowId: string; runId: string }[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `WorkflowType IN (${TYPES})` })) runs.push({ workflowId, runId });
  const found = new Map<string, Outage[]>();
  const work = async (): Promise<void> => {
    for (let run = runs.pop(); run; run = runs.pop()) {
      const { events } = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
      found.set(run.workflowId, [...(found.get(run.workflowId) ?? []), ...holdUpsIn(events ?? [], clock)]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}
