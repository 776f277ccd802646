import type { DecisionPointSpec } from '../../policy/types';
import { strikesThisTerm } from './strike';
import { CHANGE_KINDS } from '../../domain/vocabulary';

export const change: DecisionPointSpec = {
  point: 'change',
  meaning: 'Asked when somebody wants to change a session: is it allowed, and what does it cost? The terms in force at booking apply.',
  binding: 'booked',
  hit: 'first',
  facts: {
    kind: { type: 'enum', values: CHANGE_KINDS, meaning: 'What is asked for', example: 'cancel' },
    notice: { type: 'duration', runs: 'down', said: '# of notice', meaning: 'Time left until the start; negative once it has begun', example: '30h' },
    newNotice: {
      type: 'duration',
      runs: 'down',
      meaning: 'Time left until the new start; known when the lesson is moved only, so name the kind first',
      example: '3d',
    },
    by: {
      type: 'enum',
      values: ['admin', 'coordinator', 'instructor', 'integrator'],
      meaning: 'The role of whoever asks',
      example: 'coordinator',
    },
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
    strikesThisTerm: { ...strikesThisTerm, meaning: 'How many strikes are counted in the term of this lesson for the student who has most' },
    students: { type: 'integer', unit: 'students', meaning: 'How many students take part after the change', example: 1 },
    status: { type: 'enum', values: ['held', 'booked', 'ready', 'live'], meaning: 'Where the session stands', example: 'booked' },
  },
  outcome: {
    verdict: { type: 'enum', values: ['allow', 'hold', 'refuse'], meaning: 'What happens with the change', example: 'allow' },
    chargePercent: {
      type: 'percent',
      meaning: 'Share of the price that each student is charged for the change; of a change that is about one student, that student alone',
      example: 50,
    },
  },
};
