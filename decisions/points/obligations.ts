import type { DecisionPointSpec } from '../../policy/types';

export const PLAN_EVENTS = [
  'booked',
  'cancelled',
  'rescheduled',
  'reassigned',
  'added',
  'dropped',
  'room-changed',
  'converted',
  'merged',
  'place-offered',
  'waitlist-closed',
  'clocks-changed',
  'no-show',
  'no-show-retracted',
  'coverage-gap',
  'review-opened',
  'review-reminder',
  'review-escalated',
  'update-approved',
  'update-corrected',
  'incident-opened',
  'room-replaced',
  'incident-closed',
  'notes-asked',
  'changed-together',
  'corrected',
  'pay-corrected',
  'acknowledgement-due',
  'substitute-offered',
  'substitute-released',
  'substitute-not-found',
] as const;

/** What a message is about: a word of the message plan. */
export const MESSAGE_KINDS = [
  'confirmation',
  'assignment',
  'credential',
  'briefing',
  'reminder',
  'change',
  'no-show',
  'coverage',
  'review',
  'update',
  'correction',
  'incident',
  'second-room',
  'notes',
  'acknowledgement',
  'offer',
  'substitute',
  'place',
] as const;

type PlanEventName = (typeof PLAN_EVENTS)[number];

/**
 * What a message can say besides `organisation`, `person` and `session`, which it can always say. A row's message has what its
 * event brings, what its kind carries, and what there is for whom it goes to. `rules check` refuses a message that says more.
 */
export const CARRIED: {
  event: Record<PlanEventName, readonly string[]>;
  kind: Readonly<Record<string, readonly string[]>>;
  to: Readonly<Record<string, readonly string[]>>;
  /** There at any event or not: what only a condition may ask for. */
  perhaps: readonly string[];
} = {
  event: {
    booked: [],
    cancelled: ['change'],
    rescheduled: ['change'],
    reassigned: ['change'],
    added: ['change'],
    dropped: ['change'],
    'room-changed': ['change'],
    converted: ['change'],
    merged: ['change', 'merged'],
    'place-offered': ['place'],
    'waitlist-closed': ['place'],
    'clocks-changed': [],
    'no-show': [],
    'no-show-retracted': [],
    'coverage-gap': ['review'],
    'review-opened': ['review'],
    'review-reminder': ['review'],
    'review-escalated': ['review'],
    'update-approved': ['review'],
    'update-corrected': ['correction'],
    'incident-opened': [],
    'room-replaced': [],
    'incident-closed': [],
    'notes-asked': ['review'],
    'changed-together': ['batch'],
    corrected: ['correction'],
    'pay-corrected': ['correction'],
    'acknowledgement-due': ['acknowledge'],
    'substitute-offered': ['offer'],
    'substitute-released': ['offer'],
    'substitute-not-found': ['review'],
  },
  kind: { briefing: ['briefing'], update: ['update'] },
  to: { guardian: ['about'] },
  perhaps: ['change', 'acknowledge'],
};

export const obligations: DecisionPointSpec = {
  point: 'obligations',
  meaning: 'The message plan: asked when something happens on a session; every row that is true adds one thing that each named recipient is owed.',
  binding: 'current',
  hit: 'collect',
  facts: {
    event: { type: 'enum', values: PLAN_EVENTS, meaning: 'What has happened', example: 'booked' },
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
    students: { type: 'integer', unit: 'students', meaning: 'How many students take part', example: 1 },
    notice: { type: 'duration', runs: 'down', said: '# of notice', meaning: 'Time left until the start', example: '3d' },
    movedBy: {
      type: 'duration',
      meaning: 'How much later the lesson now starts, negative when earlier; known for "rescheduled" only, so name the event first',
      example: '24h',
    },
    previousNotice: {
      type: 'duration',
      meaning: 'Time that was left until the old start when the lesson was moved; known for "rescheduled" only, so name the event first',
      example: '2d',
    },
  },
  identity: ['kind', 'step', 'to', 'anchor'],
  outcome: {
    kind: {
      type: 'enum',
      values: MESSAGE_KINDS,
      meaning: 'What is owed; credential and second-room are a way in, and leave once there is one',
      example: 'reminder',
    },
    step: { type: 'text', meaning: 'Tells apart several of one kind; part of what makes a message the same message', example: 'day-before' },
    to: {
      type: 'enum',
      values: ['student', 'guardian', 'instructor', 'former-instructor', 'coordinator', 'reviewer', 'substitute'],
      meaning:
        'Who is owed it; a guardian for each student with the right to be notified; the former instructor is the one who was taken off; a substitute is whom the lesson is or was offered to',
      example: 'guardian',
    },
    channel: { type: 'enum', values: ['email', 'sms'], meaning: 'The channel tried first', example: 'email' },
    fallback: {
      type: 'enum',
      values: ['email', 'sms'],
      meaning: 'The channel tried when the first has failed for good',
      example: 'sms',
      optional: true,
    },
    anchor: {
      type: 'enum',
      values: ['booking', 'room', 'start', 'end', 'event'],
      meaning: 'The instant from which the offset counts',
      example: 'start',
    },
    offset: { type: 'duration', meaning: 'Time after the anchor; negative is before it', example: '-24h' },
    deadline: { type: 'duration', positive: true, meaning: 'How long after it was due the message still makes sense', example: '2h' },
    quiet: { type: 'enum', values: ['respect', 'ignore'], meaning: "Whether the recipient's quiet hours move it", example: 'respect' },
    template: { type: 'text', meaning: 'A file of rules/messages, without .md', example: 'reminder' },
    collapse: {
      type: 'text',
      meaning: 'Steps with the same word collapse into one when a late booking makes several due at once',
      example: 'reminder',
      optional: true,
    },
  },
};
