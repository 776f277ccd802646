import { defineSignal } from '@temporalio/workflow';

/** What the bare workflow is told: when each thing is due, in real milliseconds from its start. */
export interface BareInput {
  sessionId: string;
  roomMs: number;
  remindMs: number;
  coverMs: number;
  startMs: number;
  checkMs: number;
  endMs: number;
  transcriptMs: number;
  reviewMs: number;
}
export const arrived = defineSignal('arrived');
export const transcriptCame = defineSignal('transcriptCame');
export const decided = defineSignal('decided');
export const BARE_WORKFLOW = 'bareLifecycle';
export const BARE_QUEUE = 'bare';
export const bareIdFor = (sessionId: string): string => `bare/${sessionId}`;
