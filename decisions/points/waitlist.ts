import type { DecisionPointSpec } from '../../policy/types';

export const waitlist: DecisionPointSpec = {
  point: 'waitlist',
  meaning:
    'Asked when a group has a free place and somebody waits for one: whether it is offered, to how many at once, in which order, and how long an offer stands.',
  binding: 'current',
  hit: 'first',
  demands: [{ field: 'next', values: ['offer'], needs: ['offers', 'stand', 'order'] }],
  facts: {
    notice: { type: 'duration', runs: 'down', meaning: 'Time left until the start', example: '2d' },
    free: { type: 'integer', unit: 'places', meaning: 'Places that nobody has, whether they are offered to somebody or not', example: 1 },
    waiting: { type: 'integer', unit: 'students', meaning: 'How many wait for a place and have no offer', example: 3 },
    standing: { type: 'integer', unit: 'offers', meaning: 'Offers that wait for an answer', example: 0 },
    students: { type: 'integer', unit: 'students', meaning: 'How many students take part', example: 5 },
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
  },
  outcome: {
    next: {
      type: 'enum',
      values: ['offer', 'wait'],
      meaning: 'offer: those who wait are offered a place, until so many offers stand; wait: nobody is offered one now',
      example: 'offer',
    },
    offers: {
      type: 'integer',
      unit: 'offers',
      meaning: 'How many offers stand at once; with more than there are places, whoever answers first has one, and the others go on waiting',
      example: 1,
      optional: true,
    },
    stand: { type: 'duration', positive: true, meaning: 'How long an offer stands, at most until the start', example: '12h', optional: true },
    order: {
      type: 'enum',
      values: ['first-come', 'siblings-first'],
      meaning: 'Who is offered a place first: who has waited longest; or who has a brother or sister in the group, and then who has waited longest',
      example: 'first-come',
      optional: true,
    },
  },
};
