import type { DecisionPointSpec } from '../../policy/types';
import { CHANGE_KINDS } from '../../domain/vocabulary';
import { admission } from './admission';

const { studentSessionsThatDay, studentSessionsThatWeek, instructorSessionsThatDay, instructorSessionsThatWeek, instructorOverOwnCap } =
  admission.facts;
const none = (meaning: string): string => `${meaning}; 0 when the change gives no such person a session more`;

export const load: DecisionPointSpec = {
  point: 'load',
  meaning:
    'Asked when a change gives somebody a session more in a day or week: a student joins, somebody else teaches, or a session moves to another day. Of a booking `admission` asks the same.',
  binding: 'current',
  hit: 'first',
  facts: {
    kind: { type: 'enum', values: CHANGE_KINDS, meaning: 'What is asked for', example: 'add' },
    by: {
      type: 'enum',
      values: ['admin', 'coordinator', 'instructor', 'integrator'],
      meaning: 'The role of whoever asks',
      example: 'coordinator',
    },
    studentSessionsThatDay: { ...studentSessionsThatDay!, meaning: none(studentSessionsThatDay!.meaning) },
    studentSessionsThatWeek: { ...studentSessionsThatWeek!, meaning: none(studentSessionsThatWeek!.meaning) },
    instructorSessionsThatDay: { ...instructorSessionsThatDay!, meaning: none(instructorSessionsThatDay!.meaning) },
    instructorSessionsThatWeek: { ...instructorSessionsThatWeek!, meaning: none(instructorSessionsThatWeek!.meaning) },
    instructorOverOwnCap: instructorOverOwnCap!,
  },
  outcome: {
    verdict: { type: 'enum', values: ['allow', 'hold', 'refuse'], meaning: 'What happens with the change', example: 'allow' },
  },
};
