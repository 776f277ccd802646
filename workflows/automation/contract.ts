import { defineSignal } from '@temporalio/workflow';
import type { BusinessClock } from '../../domain/clock';

/** What starts the run of an automation: ids and the installation's clock. */
export interface AutomationRunInput {
  organisationId: string;
  runId: string;
  clock: BusinessClock;
}

/** Something may have come that the run waits for. It has no content: the rows have. */
export const runWoken = defineSignal('woken');
export const AUTOMATION_WORKFLOW = 'automationRun';
export const automationWorkflowIdFor = (runId: string): string => `automation/${runId}`;
