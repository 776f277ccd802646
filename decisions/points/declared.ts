import type { FactPoints } from '../../policy/facts/types';

/**
 * The decision points that can have facts which a rule set declares by itself: those that ask about a session that is there. Booking
 * and the message plan answer many questions at once and read nothing in between.
 */
export const FACT_POINTS: FactPoints = {
  change: { deadline: true },
  charge: { subject: 'student' },
  settlement: {},
  strike: { subject: 'student' },
  correction: {},
  'no-show.student': { subject: 'student' },
  'no-show.instructor': { subject: 'instructor' },
  recording: {},
  'room-failure': {},
  coverage: { deadline: true },
  'documentation.review': {},
  viability: { deadline: true },
  waitlist: { deadline: true },
  'substitute.search': { deadline: true },
  'substitute.eligibility': { subject: 'instructor', deadline: true },
  'substitute.ranking': { subject: 'instructor', deadline: true },
  automation: {},
};
