import type { BusinessClock } from '../../domain/clock';

export interface DriveBatchInput {
  organisationId: string;
  batchId: string;
  clock: BusinessClock;
}

export const BATCH_WORKFLOW = 'driveBatch';
export const batchWorkflowIdFor = (batchId: string): string => `batch/${batchId}`;
