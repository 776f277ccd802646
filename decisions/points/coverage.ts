import type { DecisionPointSpec } from '../../policy/types';

export const coverage: DecisionPointSpec = {
  point: 'coverage',
  meaning: 'Asked before the start: does everyone hold what they need to come in?',
  binding: 'current',
  hit: 'first',
  facts: {
    roomOpen: { type: 'boolean', meaning: 'The room is open', example: true },
    withoutCredential: { type: 'integer', unit: 'participants', meaning: 'How many participants have no credential', example: 0 },
    undelivered: {
      type: 'integer',
      unit: 'participants',
      said: '# participants without a message',
      meaning: 'For how many participants no message with their way in was accepted, nor to a guardian of theirs',
      example: 0,
    },
    untilStart: { type: 'duration', runs: 'down', said: '# until the start', meaning: 'Time left until the start', example: '15m' },
  },
  outcome: {
    verdict: { type: 'enum', values: ['covered', 'hold'], meaning: 'Whether a coordinator has to act', example: 'covered' },
  },
};
