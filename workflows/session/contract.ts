import { defineSignal } from '@temporalio/workflow';
import type { SessionView } from '../../activities';
import type { BusinessClock } from '../../domain/clock';

/** What starts a session's workflow: ids and the installation's clock, nothing about a person. */
export interface SessionLifecycleInput {
  organisationId: string;
  sessionId: string;
  clock: BusinessClock;
  /** Set by the run before this one: how far the chain has come, and what it saw last when nobody has called since. */
  resume?: { prepared: boolean; view?: SessionView };
}

export type SessionLifecycleOutcome = 'settled' | 'cancelled' | 'refused' | 'expired';

/** Something changed in Postgres; what it was is read from there, so a lost, doubled or reordered signal changes nothing. */
export const woken = defineSignal('woken');

export const workflowIdFor = (sessionId: string): string => `session/${sessionId}`;
export const SESSION_WORKFLOW = 'sessionLifecycle';
export const TASK_QUEUE = 'lifecycle';
/** Drafting has a queue of its own: a model takes its time, and no reminder waits behind it. */
export const DRAFTING_TASK_QUEUE = 'drafting';
