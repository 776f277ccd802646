import type { DecisionPointSpec } from '../../policy/types';

export const admission: DecisionPointSpec = {
  point: 'admission',
  meaning: 'Asked once when somebody books: may this session be booked, held for a coordinator, or is it refused? Also names its price.',
  binding: 'current',
  hit: 'first',
  facts: {
    notice: { type: 'duration', runs: 'down', said: '# of notice', meaning: 'Time from the booking to the start of the lesson', example: '3d' },
    length: { type: 'duration', said: '# long', meaning: 'Length of the lesson', example: '60m' },
    students: { type: 'integer', unit: 'students', meaning: 'How many students are booked', example: 1 },
    isTrial: { type: 'boolean', meaning: 'The booking is a trial lesson', example: false },
    startsAtClock: { type: 'clockTime', meaning: "Clock time of the start in the session's own zone", example: '16:00' },
    everyoneReachable: {
      type: 'boolean',
      meaning: 'Each student, or a guardian who is to be notified, has an e-mail address or phone number',
      example: true,
    },
    away: {
      type: 'enum',
      values: ['nobody', 'organisation', 'instructor', 'student'],
      meaning: 'Who is not there at that time: the organisation or the branch has a closure, or somebody on the booking has time off',
      example: 'nobody',
    },
    studentSessionsThatDay: {
      type: 'integer',
      unit: 'sessions',
      meaning: 'How many sessions the student who has most of them has that day, this one included; the day as the student has it',
      example: 1,
    },
    studentSessionsThatWeek: {
      type: 'integer',
      unit: 'sessions',
      meaning: 'How many sessions the student who has most of them has that week (Monday to Sunday), this one included',
      example: 3,
    },
    instructorSessionsThatDay: {
      type: 'integer',
      unit: 'sessions',
      meaning: 'How many sessions the instructor has that day, this one included; the day as the instructor has it',
      example: 5,
    },
    instructorSessionsThatWeek: {
      type: 'integer',
      unit: 'sessions',
      meaning: 'How many sessions the instructor has that week (Monday to Sunday), this one included',
      example: 20,
    },
    instructorOverOwnCap: {
      type: 'boolean',
      meaning: 'With this session the instructor would have more in that day or week than they take on by their own word',
      example: false,
    },
    bookedBy: {
      type: 'enum',
      values: ['admin', 'coordinator', 'instructor', 'integrator'],
      meaning: 'The role of whoever books',
      example: 'coordinator',
    },
  },
  demands: [
    { field: 'verdict', values: ['book', 'hold'], needs: ['price', 'pay', 'currency'] },
    { field: 'verdict', values: ['hold'], needs: ['holdFor'] },
  ],
  outcome: {
    verdict: { type: 'enum', values: ['book', 'hold', 'refuse'], meaning: 'What happens with the booking', example: 'book' },
    holdFor: { type: 'duration', positive: true, meaning: 'How long a held booking keeps its slot', example: '24h', optional: true },
    price: { type: 'money', meaning: 'Price for each student, in minor units', example: 4500, optional: true },
    pay: { type: 'money', meaning: "The instructor's pay for the lesson, in minor units", example: 3000, optional: true },
    currency: { type: 'enum', values: Intl.supportedValuesOf('currency'), meaning: 'ISO 4217 code of both', example: 'EUR', optional: true },
  },
};
