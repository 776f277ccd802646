import type { DecisionPointSpec } from '../../policy/types';

export const series: DecisionPointSpec = {
  point: 'series',
  meaning:
    'Asked whenever a series is filled, and whenever other times are looked for (a lesson of a series is in the way, or a closure is): how far ahead are lessons booked, and which other times are offered?',
  binding: 'current',
  hit: 'first',
  facts: {
    isTrial: { type: 'boolean', meaning: 'The lessons are trial lessons', example: false },
    students: { type: 'integer', unit: 'students', meaning: 'How many students take part', example: 1 },
  },
  outcome: {
    horizon: { type: 'duration', positive: true, meaning: 'How far ahead of today the lessons of a series are booked', example: '56d' },
    offers: { type: 'integer', unit: 'times', meaning: 'How many other times are offered at most', example: 3 },
    within: { type: 'duration', positive: true, meaning: 'How far before and after the planned time other times are looked for', example: '6d' },
    earliest: { type: 'clockTime', meaning: "No other time before this, on the clock of the instructor's zone", example: '08:00' },
    latest: { type: 'clockTime', meaning: 'Other times end by this', example: '20:00' },
    step: { type: 'duration', positive: true, meaning: 'Other times lie this far apart, in whole minutes', example: '30m' },
  },
};

export const seriesOccurrence: DecisionPointSpec = {
  point: 'series.occurrence',
  meaning:
    'Asked when one lesson of a series cannot be booked at its time: does a person choose another time, is it left out, or is the nearest free time booked?',
  binding: 'current',
  hit: 'first',
  facts: {
    obstacle: {
      type: 'enum',
      values: ['taken', 'closed', 'instructor-away', 'student-away', 'refused'],
      meaning:
        'What is in the way: somebody has a lesson then, the organisation or branch is closed, somebody has time off, or admission refuses the booking',
      example: 'taken',
    },
    notice: { type: 'duration', runs: 'down', said: '# of notice', meaning: 'Time left until the lesson would start', example: '42d' },
    alternatives: { type: 'integer', unit: 'times', said: '# other times', meaning: 'How many other times were found', example: 3 },
  },
  demands: [{ field: 'verdict', values: ['hold'], needs: ['decideBefore'] }],
  outcome: {
    verdict: { type: 'enum', values: ['hold', 'skip', 'move'], meaning: 'What happens with this lesson; the other weeks stand', example: 'hold' },
    decideBefore: {
      type: 'duration',
      meaning: 'How long before the lesson would start a person has to have chosen; after that it is left out',
      example: '48h',
      optional: true,
    },
  },
};
