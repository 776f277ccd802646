import type { DecisionPointSpec } from '../../policy/types';

export const viability: DecisionPointSpec = {
  point: 'viability',
  meaning:
    'Asked of a group that has fewer students than it needs: at its deadline (`viabilityBefore` of `preparation`), after the time that the last answer named, and from then on whenever somebody leaves it. Does it take place, go together with another group, become a 1:1 lesson, or is it cancelled?',
  binding: 'current',
  hit: 'first',
  demands: [
    { field: 'verdict', values: ['wait'], needs: ['again'] },
    { field: 'verdict', values: ['convert'], needs: ['terms'] },
    { field: 'verdict', values: ['hold'], needs: ['answerWithin', 'unanswered'] },
  ],
  facts: {
    students: { type: 'integer', unit: 'students', meaning: 'How many students take part', example: 2 },
    minimum: { type: 'integer', unit: 'students', meaning: 'From how many students the group takes place', example: 3 },
    capacity: { type: 'integer', unit: 'places', meaning: 'How many places the group has; not known when there is no limit', example: 6 },
    waiting: { type: 'integer', unit: 'students', meaning: 'How many wait for a place and have no offer', example: 0 },
    offered: { type: 'integer', unit: 'offers', meaning: 'How many offers of a place wait for an answer', example: 0 },
    siblings: {
      type: 'integer',
      unit: 'groups',
      meaning:
        'How many other groups of the same programme, branch, subject and price have places for all of these students, at a time at which each of them is free',
      example: 1,
    },
    siblingApart: {
      type: 'duration',
      meaning: 'How far the start of the nearest of those groups is from the start of this one; known when there is one, so ask for `siblings` first',
      example: '0m',
    },
    siblingWouldRun: {
      type: 'boolean',
      meaning: 'Together with these students the nearest of those groups has as many as it needs',
      example: true,
    },
    notice: { type: 'duration', runs: 'down', meaning: 'Time left until the start', example: '48h' },
    asked: { type: 'boolean', meaning: 'It was asked before: the group has become too small again, or the last answer was to wait', example: false },
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
    status: { type: 'enum', values: ['booked', 'ready'], meaning: 'Where the session stands', example: 'booked' },
  },
  outcome: {
    verdict: {
      type: 'enum',
      values: ['run', 'wait', 'merge', 'convert', 'cancel', 'hold'],
      meaning:
        'run: it takes place all the same; wait: ask again later; merge: its students go to the nearest of the other groups, and it is cancelled; convert: it becomes a 1:1 lesson; cancel: it is cancelled; hold: a coordinator decides',
      example: 'run',
    },
    again: { type: 'duration', positive: true, meaning: 'After how long to ask again', example: '6h', optional: true },
    terms: {
      type: 'enum',
      values: ['agreed', 'admission'],
      meaning: 'What a 1:1 lesson costs: what was agreed for the group, or what admission names for a lesson of one student',
      example: 'agreed',
      optional: true,
    },
    chargePercent: {
      type: 'percent',
      meaning: 'Share of the price that each student is charged when it is cancelled or goes together with another',
      example: 0,
      optional: true,
    },
    answerWithin: { type: 'duration', positive: true, meaning: 'How long a coordinator has, when it is held', example: '6h', optional: true },
    unanswered: {
      type: 'enum',
      values: ['run', 'cancel'],
      meaning: 'What happens when the coordinator has not answered',
      example: 'run',
      optional: true,
    },
  },
};
