import type { DecisionPointSpec } from '../../policy/types';

export const clockChange: DecisionPointSpec = {
  point: 'clock-change',
  meaning:
    'Asked when a new version of the time zone rules gives a lesson’s agreed time on the wall another moment: does the lesson follow the wall by itself, or does a person say?',
  binding: 'current',
  hit: 'first',
  facts: {
    notice: { type: 'duration', runs: 'down', said: '# of notice', meaning: 'Time left until the earlier of the two moments', example: '30d' },
    movedBy: { type: 'duration', said: 'moved by #', meaning: 'How much later the lesson would start, negative when earlier', example: '1h' },
    isFree: { type: 'boolean', meaning: 'Nobody on the lesson has another one at its new moment', example: true },
  },
  outcome: {
    verdict: {
      type: 'enum',
      values: ['move', 'hold'],
      meaning: 'Keep the agreed time on the wall and tell everybody, or ask a coordinator',
      example: 'move',
    },
  },
};
