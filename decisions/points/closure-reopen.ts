import type { DecisionPointSpec } from '../../policy/types';

export const closureReopen: DecisionPointSpec = {
  point: 'closure.reopen',
  meaning:
    'Asked for each session that a closure or time off moved, gave to somebody else or cancelled, when its time is opened again: is it offered to be put back, or booked anew?',
  binding: 'current',
  hit: 'first',
  facts: {
    was: { type: 'enum', values: ['moved', 'reassigned', 'cancelled'], meaning: 'What the closure did with it', example: 'moved' },
    notice: { type: 'duration', runs: 'down', said: '# of notice', meaning: 'Time left until it would start again as it was', example: '10d' },
    isFree: { type: 'boolean', meaning: 'Everybody on it is free at the time, and the instructor, that it had', example: true },
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
    students: { type: 'integer', unit: 'students', meaning: 'How many students take part', example: 1 },
  },
  outcome: {
    verdict: {
      type: 'enum',
      values: ['restore', 'leave'],
      meaning: 'Whether it is put back (one that was cancelled: booked anew) when whoever opens the time asks for that; `leave`: it stays as it is',
      example: 'restore',
    },
  },
};
