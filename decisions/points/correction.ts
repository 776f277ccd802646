import type { DecisionPointSpec } from '../../policy/types';
import { CORRECTION_KINDS } from '../../domain/vocabulary';

export const correction: DecisionPointSpec = {
  point: 'correction',
  meaning: 'Asked when something about a closed session is to be put right, by a person or by evidence that came late: may it be?',
  binding: 'current',
  hit: 'first',
  facts: {
    kind: { type: 'enum', values: CORRECTION_KINDS, meaning: 'What is to be put right', example: 'attendance' },
    by: {
      type: 'enum',
      values: ['admin', 'coordinator', 'evidence'],
      meaning: 'Who asks; evidence: an event or a transcript that came after the session was closed',
      example: 'coordinator',
    },
    closedFor: { type: 'duration', runs: 'up', said: 'closed for #', meaning: 'How long the session has been closed', example: '3d' },
    costsMore: { type: 'boolean', meaning: 'A family would be charged more than before', example: false },
    paysLess: { type: 'boolean', meaning: 'The instructor would be paid less than before', example: false },
  },
  outcome: {
    verdict: { type: 'enum', values: ['allow', 'hold', 'refuse'], meaning: 'Do it, hold it for a coordinator, or refuse it', example: 'allow' },
  },
};
