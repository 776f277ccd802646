import type { DecisionPointSpec } from '../../policy/types';
import { LESSON_IS } from '../../domain/pauses';
import { MESSAGE_KINDS } from './obligations';

export const release: DecisionPointSpec = {
  point: 'release',
  meaning:
    'Asked when a pause is released, once for each kind of message that waited and each state of its lesson: does it still leave? What came too late by its own deadline does not, whatever is said here.',
  binding: 'current',
  hit: 'first',
  facts: {
    kind: { type: 'enum', values: MESSAGE_KINDS, meaning: 'What the message is about', example: 'reminder' },
    lesson: { type: 'enum', values: LESSON_IS, meaning: 'Whether the lesson is still to begin, under way, or over', example: 'over' },
    pausedFor: { type: 'duration', meaning: 'How long it was paused', example: '2h' },
  },
  outcome: { verdict: { type: 'enum', values: ['send', 'drop'], meaning: 'Whether it leaves, or ends as suppressed', example: 'drop' } },
};
