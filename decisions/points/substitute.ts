import type { DecisionPointSpec, FieldSpec } from '../../policy/types';
import { SEARCH_CAUSES } from '../../domain/vocabulary';

const candidate: Record<string, FieldSpec> = {
  teachesSubject: { type: 'boolean', meaning: 'The subject is among those the instructor teaches, or the lesson names none', example: true },
  cleared: { type: 'boolean', meaning: 'A clearance to teach is on file for the instructor', example: true },
  clearedBeyond: {
    type: 'duration',
    meaning: "How long the clearance lasts beyond the lesson's end; negative when it runs out before; not known without a clearance on file",
    example: '90d',
  },
  blocked: { type: 'boolean', meaning: 'The instructor is not to teach one of the students', example: false },
  speaksLanguage: { type: 'boolean', meaning: 'The instructor speaks the language of every student', example: true },
  isFree: { type: 'boolean', meaning: 'The instructor has neither another lesson nor time off at that time', example: true },
  isAway: { type: 'boolean', meaning: 'The instructor has time off at that time', example: false },
  dayLoad: {
    type: 'integer',
    unit: 'sessions',
    said: '# sessions that day already',
    meaning: "Sessions the instructor has that day already, in the instructor's zone",
    example: 2,
  },
  weekLoad: {
    type: 'integer',
    unit: 'sessions',
    said: '# sessions that week already',
    meaning: 'Sessions the instructor has that week already, Monday to Sunday',
    example: 9,
  },
  capReached: {
    type: 'boolean',
    meaning: 'With one more the instructor would have more sessions that day or week than they take on',
    example: false,
  },
  taughtBefore: { type: 'integer', unit: 'lessons', meaning: 'Lessons the instructor has given to one of the students', example: 3 },
  reachable: { type: 'boolean', meaning: 'The instructor has an address to which an offer can go', example: true },
  alreadyOffered: { type: 'boolean', meaning: 'The instructor was offered the lesson in this search already', example: false },
  isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
  students: { type: 'integer', unit: 'students', meaning: 'How many students take part', example: 1 },
};

export const substituteEligibility: DecisionPointSpec = {
  point: 'substitute.eligibility',
  meaning: 'Asked for each instructor when a lesson needs a substitute, and again when one accepts: may they teach it?',
  binding: 'current',
  hit: 'first',
  facts: candidate,
  outcome: {
    eligible: { type: 'boolean', meaning: 'Whether the lesson may be offered to them', example: true },
    reason: { type: 'text', meaning: 'Why, for the coordinator', example: 'has another lesson at that time' },
  },
};

export const substituteRanking: DecisionPointSpec = {
  point: 'substitute.ranking',
  meaning: 'Asked for each instructor who may teach: every row that is true adds its points; who has the most is asked first.',
  binding: 'current',
  hit: 'collect',
  facts: candidate,
  outcome: {
    points: { type: 'integer', unit: 'points', meaning: 'Points for this row; negative takes away', example: 20 },
    reason: { type: 'text', meaning: 'What the points are for, for the coordinator', example: 'has taught the student before' },
  },
};

export const substituteSearch: DecisionPointSpec = {
  point: 'substitute.search',
  meaning:
    'How the search for a substitute goes on: asked when it starts, when an offer is declined or expires, and after the time that its last answer named.',
  binding: 'current',
  hit: 'first',
  demands: [
    { field: 'next', values: ['offer'], needs: ['offers', 'stand'] },
    { field: 'next', values: ['wait'], needs: ['again'] },
  ],
  facts: {
    cause: {
      type: 'enum',
      values: SEARCH_CAUSES,
      meaning: 'Why it is searched: asked for by a person, no acknowledgement came, or the instructor is not there at the start',
      example: 'asked',
    },
    notice: { type: 'duration', runs: 'down', said: '# of notice', meaning: 'Time left until the start; negative once it has begun', example: '8h' },
    left: { type: 'duration', runs: 'down', said: '# until its end', meaning: "Time left until the lesson's end", example: '9h' },
    searchedFor: { type: 'duration', runs: 'up', said: 'searched for #', meaning: 'How long it has been searched', example: '0m' },
    candidates: {
      type: 'integer',
      unit: 'instructors',
      said: '# instructors to ask',
      meaning: 'Who may teach it and has not been offered it yet',
      example: 4,
    },
    standing: {
      type: 'integer',
      unit: 'offers',
      said: '# offers waiting for an answer',
      meaning: 'Offers that still wait for an answer',
      example: 0,
    },
    offered: { type: 'integer', unit: 'offers', said: '# offers made', meaning: 'Offers made so far', example: 0 },
    isTrial: candidate.isTrial!,
    students: candidate.students!,
  },
  outcome: {
    next: {
      type: 'enum',
      values: ['offer', 'wait', 'hold', 'cancel'],
      meaning:
        'offer: the best are offered it, until so many offers stand; wait: ask again later; hold: a coordinator decides, and offers that stand can still be accepted; cancel: the lesson is cancelled without charge',
      example: 'offer',
    },
    offers: { type: 'integer', unit: 'offers', meaning: 'How many offers stand at once', example: 3, optional: true },
    stand: { type: 'duration', positive: true, meaning: 'How long an offer stands', example: '2h', optional: true },
    again: {
      type: 'duration',
      positive: true,
      meaning: 'After how long to ask again, unless something happens before',
      example: '30m',
      optional: true,
    },
    answerWithin: { type: 'duration', positive: true, meaning: 'How long a coordinator has, when it is held', example: '1h', optional: true },
    unanswered: {
      type: 'enum',
      values: ['keep', 'cancel'],
      meaning: 'What happens when the coordinator has not answered: the lesson stays as it is, or is cancelled',
      example: 'keep',
      optional: true,
    },
  },
};

export const acknowledgement: DecisionPointSpec = {
  point: 'acknowledgement',
  meaning:
    'Whether an instructor has to acknowledge a lesson: asked when they are assigned, when the lesson moves, and after the time that the last answer named, until they acknowledge.',
  binding: 'current',
  hit: 'first',
  demands: [{ field: 'next', values: ['wait', 'remind'], needs: ['again'] }],
  facts: {
    notice: { type: 'duration', runs: 'down', said: '# of notice', meaning: 'Time left until the start', example: '3d' },
    askedFor: {
      type: 'duration',
      said: 'asked for #',
      meaning: 'Time since they were first asked; none ("0m") when they are assigned',
      example: '0m',
    },
    reminders: { type: 'integer', unit: 'reminders', meaning: 'How often they were reminded', example: 0 },
    isTrial: candidate.isTrial!,
    students: candidate.students!,
  },
  outcome: {
    next: {
      type: 'enum',
      values: ['skip', 'wait', 'remind', 'search'],
      meaning:
        'skip: none is asked for (any more); wait: ask this again later; remind: remind them and ask this again later; search: a substitute is searched',
      example: 'wait',
    },
    again: { type: 'duration', positive: true, meaning: 'After how long to ask again', example: '12h', optional: true },
  },
};
