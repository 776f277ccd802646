import type { DecisionPointSpec, FieldSpec } from '../../policy/types';
import { STRIKE_KINDS } from '../../domain/vocabulary';

export const strikesThisTerm: FieldSpec = {
  type: 'integer',
  unit: 'strikes',
  meaning: 'How many strikes are counted for the student in the term of this lesson, without this one; outside any term those that lie in none',
  example: 1,
};

export const strike: DecisionPointSpec = {
  point: 'strike',
  meaning:
    'Asked when a session is settled, or corrected, for each student who did not come and for each of a lesson that was cancelled: is it a strike?',
  binding: 'current',
  hit: 'first',
  facts: {
    kind: { type: 'enum', values: STRIKE_KINDS, meaning: 'Whether the student did not come or the lesson was cancelled', example: 'no-show' },
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
    againstFault: { type: 'boolean', meaning: 'A fact speaks against the fault of a student who did not come', example: false },
    changePercent: { type: 'percent', meaning: 'The share that the change decision named, when the lesson was cancelled; 0 otherwise', example: 50 },
    waived: { type: 'boolean', meaning: 'A person has said that nothing is charged', example: false },
    strikesThisTerm,
  },
  outcome: { verdict: { type: 'enum', values: ['count', 'none'], meaning: 'Whether it counts', example: 'count' } },
};
