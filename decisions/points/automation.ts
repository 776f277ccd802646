import { AUTOMATION_EVENT_NAMES } from '../../domain/automation';
import { SESSION_STATUSES } from '../../domain/status';
import { PARTICIPANT_ROLES, VERDICTS } from '../../domain/vocabulary';
import type { DecisionPointSpec } from '../../policy/types';

export const automation: DecisionPointSpec = {
  point: 'automation',
  meaning:
    'Asked when an event meets an automation whose condition holds: does it run, or is it cut short, because automations set each other off or one runs too often? What is cut short stands in the list of runs with the rule that did it. Its facts are those that the conditions of automations name.',
  binding: 'current',
  hit: 'first',
  facts: {
    depth: {
      type: 'integer',
      unit: 'automations',
      meaning: 'How many automations lie between this one and what people or the calendar did',
      example: 0,
    },
    runsOfEvent: {
      type: 'integer',
      unit: 'runs',
      meaning: 'How many runs have begun already from what people or the calendar did, through others too',
      example: 2,
    },
    runsToday: {
      type: 'integer',
      unit: 'runs',
      meaning: 'How many runs of this automation have begun in the last 24 hours, without this one',
      example: 12,
    },
    event: { type: 'enum', values: AUTOMATION_EVENT_NAMES, meaning: 'What has happened', example: 'no-show' },
    status: { type: 'enum', values: SESSION_STATUSES, meaning: 'Where the session stands', example: 'live' },
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
    subject: { type: 'text', meaning: 'The subject of the session', example: 'piano' },
    programme: { type: 'text', meaning: 'The programme of the session', example: 'regular' },
    branch: { type: 'text', meaning: 'The branch of the session', example: 'Berlin' },
    students: { type: 'integer', unit: 'students', meaning: 'How many students take part', example: 1 },
    role: {
      type: 'enum',
      values: PARTICIPANT_ROLES,
      meaning: 'As what the person takes part; like what follows, known where a run is about one',
      example: 'student',
    },
    verdict: { type: 'enum', values: VERDICTS, meaning: 'What is said of their attendance', example: 'arrived' },
    lessonsTaken: { type: 'integer', unit: 'lessons', meaning: 'To how many lessons they have come, this one included', example: 1 },
    lessonsAhead: { type: 'integer', unit: 'lessons', meaning: 'How many lessons they have before them', example: 3 },
    sinceLastLesson: { type: 'duration', runs: 'up', meaning: 'How long ago the last lesson began to which they came', example: '21d' },
    creditLessons: {
      type: 'number',
      unit: 'lessons',
      meaning:
        'How many lessons at the price of this one their credit is good for, rounded down; below nothing where they owe. Not known where the lesson costs nothing',
      example: 2,
    },
    creditLessonsBefore: { type: 'number', unit: 'lessons', meaning: 'The same before the charge that is the event', example: 3 },
    personTags: { type: 'list', of: 'text', meaning: 'The tags that automations have set on the person', example: ['at-risk'] },
    sessionTags: { type: 'list', of: 'text', meaning: 'The tags that automations have set on the session', example: ['look-at'] },
  },
  outcome: {
    verdict: { type: 'enum', values: ['run', 'stop'], meaning: 'run: its steps are done; stop: none is', example: 'run' },
  },
};
