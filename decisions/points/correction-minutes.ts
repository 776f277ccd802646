import type { DecisionPointSpec } from '../../policy/types';

export const correctionMinutes: DecisionPointSpec = {
  point: 'correction.minutes',
  meaning:
    'Asked when it is said after close that a lesson was shorter or longer than agreed: of what the terms say, which share is charged to each student who came, and paid?',
  binding: 'current',
  hit: 'first',
  facts: {
    agreed: { type: 'duration', meaning: 'How long the lesson was to be', example: '60m' },
    delivered: { type: 'duration', meaning: 'How long it was', example: '45m' },
    deliveredPercent: { type: 'percent', meaning: 'Which share of what was agreed was delivered, at most 100', example: 75 },
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
  },
  outcome: {
    chargePercent: { type: 'percent', meaning: 'Share of what a student would be charged for the whole lesson', example: 75 },
    payPercent: { type: 'percent', meaning: 'Share of what the instructor would be paid for the whole lesson', example: 75 },
  },
};
