import type { DecisionPointSpec } from '../../policy/types';

export const publish: DecisionPointSpec = {
  point: 'publish',
  meaning:
    'Asked when somebody publishes rules, takes an earlier set back into force, or lets a set come into force later: may they by themselves? The set in force answers, never the one that is to be published.',
  binding: 'current',
  hit: 'first',
  facts: {
    by: {
      type: 'enum',
      values: ['person', 'service', 'command-line'],
      meaning: 'Who publishes: somebody signed in, somebody or something with a key, or the command line without a key',
      example: 'person',
    },
    bookedDifferences: {
      type: 'integer',
      unit: 'differences',
      meaning: 'How many of the differences are in policies that bind what is booked (prices, terms, pay)',
      example: 1,
    },
    currentDifferences: {
      type: 'integer',
      unit: 'differences',
      meaning: 'How many of the differences are in force for every lesson at once',
      example: 2,
    },
    isRollback: { type: 'boolean', meaning: 'An earlier set is taken back into force', example: false },
  },
  outcome: {
    verdict: {
      type: 'enum',
      values: ['publish', 'second-person'],
      meaning: 'publish: at once, or at the time that was named; second-person: somebody else has to approve it first',
      example: 'publish',
    },
  },
};
