import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities, DraftingActivities } from '../../activities';
import { DRAFTING_TASK_QUEUE } from './contract';

/**
 * Steps are transactions of milliseconds: local activities, so that a step costs one event. They are retried for ever; a bug or
 * a database that is away must not end a session.
 */
export const { takeStep, expireHeldSteps } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', maximumInterval: '10s', backoffCoefficient: 2 },
  localRetryThreshold: '1m',
});

/** Effects outside: client deadline 10 s < heartbeat 30 s; a lost worker is noticed by its missing heartbeat. */
export const { dispatchDue, prepareRoom, tendRoom, compensate } = proxyActivities<Activities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m', backoffCoefficient: 2 },
});

/** A model takes its time (at most 100 s inside); the draft falls back to an extract by itself, so retries are for crashes. */
export const { draftSession } = proxyActivities<DraftingActivities>({
  taskQueue: DRAFTING_TASK_QUEUE,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '2m',
  retry: { initialInterval: '1s', maximumInterval: '1m', backoffCoefficient: 2 },
});
