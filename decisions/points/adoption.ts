import type { DecisionPointSpec } from '../../policy/types';

export const adoption: DecisionPointSpec = {
  point: 'adoption',
  meaning:
    'Asked when rules have come into force that lay out messages otherwise, or when lessons that are booked are to take the terms in force: how fast do those that are booked follow? The set that has come into force answers.',
  binding: 'current',
  hit: 'first',
  facts: {
    sessions: { type: 'integer', unit: 'sessions', meaning: 'How many sessions are looked at', example: 2000 },
    withTerms: { type: 'boolean', meaning: 'They take the terms in force as well, not their messages alone', example: false },
  },
  outcome: {
    batch: { type: 'integer', unit: 'sessions', meaning: 'How many are done one after the other before the next pause; 1 to 500', example: 20 },
    perMinute: {
      type: 'integer',
      unit: 'sessions',
      meaning: 'How many are done in a minute at most, so that lessons that go on are not kept waiting; 1 to 100000',
      example: 1200,
    },
  },
};
