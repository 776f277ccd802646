import type { DecisionPointSpec } from '../../policy/types';

export const closure: DecisionPointSpec = {
  point: 'closure',
  meaning:
    'Asked for each session that a closure or somebody’s time off falls on: is it moved, given to another instructor, cancelled, or does a person say?',
  binding: 'current',
  hit: 'first',
  facts: {
    cause: {
      type: 'enum',
      values: ['organisation', 'branch', 'instructor', 'student'],
      meaning: 'Who is away: everybody, a branch, the instructor of the session, or a student of it',
      example: 'organisation',
    },
    notice: { type: 'duration', runs: 'down', said: '# of notice', meaning: 'Time left until the start', example: '10d' },
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
    students: { type: 'integer', unit: 'students', meaning: 'How many students take part', example: 1 },
    status: {
      type: 'enum',
      values: ['held', 'booked', 'ready', 'live'],
      meaning: 'Where the session stands; `live`: it has begun, and can be cut off (`cancel`) or go on',
      example: 'booked',
    },
    freeTimes: {
      type: 'integer',
      unit: 'times',
      said: '# other times free',
      meaning: 'How many other times after it were found at which everybody is free',
      example: 3,
    },
    substitutes: {
      type: 'integer',
      unit: 'instructors',
      said: '# other instructors free',
      meaning: 'Of an instructor who is away: how many others may take the session at its time, as `substitute.eligibility` says',
      example: 0,
    },
  },
  demands: [{ field: 'verdict', values: ['move', 'cancel'], needs: ['chargePercent'] }],
  outcome: {
    verdict: {
      type: 'enum',
      values: ['move', 'reassign', 'search', 'cancel', 'hold', 'keep'],
      meaning:
        'What happens with the session: `move` takes the first of the free times, `reassign` gives it to the best of the substitutes, `search` offers it to them as any search does',
      example: 'cancel',
    },
    chargePercent: { type: 'percent', meaning: 'Share of the price that each student is charged for it', example: 0, optional: true },
  },
};
