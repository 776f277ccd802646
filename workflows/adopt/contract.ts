import type { BusinessClock } from '../../domain/clock';

export interface AdoptInput {
  organisationId: string;
  adoptionId: string;
  clock: BusinessClock;
}

export const ADOPT_WORKFLOW = 'adopt';
export const adoptWorkflowIdFor = (adoptionId: string): string => `adopt/${adoptionId}`;
