import type { DecisionPointSpec, FieldSpec } from '../../policy/types';
import { strikesThisTerm } from './strike';
import { VERDICTS } from '../../domain/vocabulary';

const shared: Record<string, FieldSpec> = {
  lateBy: {
    type: 'duration',
    runs: 'up',
    said: '# late',
    meaning: 'Time without an arrival since the start, or since they came onto the session later',
    example: '12m',
  },
  isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
  linkOpened: { type: 'boolean', meaning: 'The participant opened the join page but did not get into the room', example: false },
  credentialProven: {
    type: 'boolean',
    meaning: 'The participant has used their own way into the lesson, so that it is known to work',
    example: true,
  },
  wayInProven: {
    type: 'boolean',
    meaning: 'It is known that the way in reached them: its message was accepted for them or a guardian, or they have come by one before',
    example: true,
  },
  unmatchedInRoom: { type: 'boolean', meaning: 'Somebody is in the room whom nobody has matched to a person', example: false },
  incidentOverlapped: { type: 'boolean', meaning: 'A technical incident overlapped the lesson', example: false },
  providerSays: {
    type: 'enum',
    values: ['present', 'absent', 'unknown'],
    meaning: 'What the room provider answered when it was asked; unknown when it cannot be asked',
    example: 'absent',
  },
};
const outcome: Record<string, FieldSpec> = {
  verdict: {
    type: 'enum',
    values: ['waiting', 'no-show', 'undecided'],
    meaning: 'What is said of the participant; undecided until a person has looked',
    example: 'no-show',
  },
  next: {
    type: 'enum',
    values: ['wait', 'close', 'hold'],
    meaning:
      'wait: look again; close: this is final and those concerned are told; hold: a coordinator decides (of students not, while the instructor is missing: that is the one question of the lesson then)',
    example: 'wait',
  },
  again: { type: 'duration', positive: true, meaning: 'After how long to look again, when waiting', example: '5m', optional: true },
};

const demands: DecisionPointSpec['demands'] = [{ field: 'next', values: ['wait'], needs: ['again'] }];

export const noShowStudent: DecisionPointSpec = {
  point: 'no-show.student',
  meaning: 'Asked for each student who has not arrived: is this a no-show?',
  binding: 'current',
  hit: 'first',
  demands,
  facts: {
    ...shared,
    instructorPresent: { type: 'boolean', meaning: 'The instructor is there (a student is not at fault in an empty room)', example: true },
    instructorVerdict: { type: 'enum', values: VERDICTS, meaning: 'What is said of the instructor so far', example: 'arrived' },
    strikesThisTerm,
    instructorThereFor: {
      type: 'duration',
      runs: 'up',
      meaning: 'How long the instructor has been there since the start; no time ("0m") while they have not come',
      example: '12m',
    },
  },
  outcome,
};

export const noShowInstructor: DecisionPointSpec = {
  point: 'no-show.instructor',
  meaning: 'Asked when the instructor has not arrived.',
  binding: 'current',
  hit: 'first',
  demands,
  facts: {
    ...shared,
    remaining: {
      type: 'duration',
      runs: 'down',
      said: '# left of the lesson',
      meaning: 'How long it is until the end of the lesson',
      example: '45m',
    },
    studentsPresent: { type: 'integer', unit: 'students', meaning: 'How many students have arrived', example: 1 },
  },
  outcome: {
    ...outcome,
    next: {
      ...outcome.next!,
      values: ['wait', 'close', 'hold', 'reassign'],
      meaning:
        'wait: look again; close: this is final and those concerned are told; hold: a coordinator decides; reassign: a substitute is searched at once (substitute.search with the cause no-show), and a coordinator decides when none is found',
    },
  },
};
