/** The words of automations: what can start one, what it can do, and how a run of one stands. */

interface AutomationEvent {
  meaning: string;
  /** The entries of the timeline that are this event; none for what comes with the calendar. */
  kinds: readonly string[];
  /** It is about one participant, whom a run for each student or instructor is limited to. */
  isOfOne?: true;
  /** It comes with the calendar, at the clock time that the document names. */
  isDaily?: true;
}

const CHANGES = [
  'session.cancelled',
  'session.moved',
  'session.reassigned',
  'session.swapped',
  'session.participant-added',
  'session.participant-dropped',
  'session.room-changed',
  'session.converted',
] as const;

/** What an automation may be `on`. Closed: an event is added, never renamed, because rule sets name it. */
export const AUTOMATION_EVENTS = {
  'session.booked': { meaning: 'A session is booked.', kinds: ['session.booked'] },
  'session.changed': { meaning: 'A session is changed, in whichever way.', kinds: CHANGES },
  'session.cancelled': { meaning: 'A session is cancelled.', kinds: ['session.cancelled'] },
  'session.moved': { meaning: 'A session is moved to another time.', kinds: ['session.moved'] },
  'session.reassigned': { meaning: 'Somebody else teaches it.', kinds: ['session.reassigned', 'session.swapped'] },
  'lesson.started': { meaning: 'The time of the lesson has begun.', kinds: ['lesson.started'] },
  'lesson.ended': { meaning: 'The time of the lesson is over.', kinds: ['lesson.ended'] },
  'participant.arrived': { meaning: 'Somebody came in time.', kinds: ['participant.arrived'], isOfOne: true },
  'participant.late': { meaning: 'Somebody came late.', kinds: ['participant.arrived-late'], isOfOne: true },
  'no-show': { meaning: 'Somebody did not come.', kinds: ['no-show'], isOfOne: true },
  'no-show.retracted': { meaning: 'It is taken back that somebody did not come.', kinds: ['no-show.retracted'], isOfOne: true },
  'incident.opened': { meaning: 'Something is wrong with the lesson as such.', kinds: ['incident.opened'] },
  'recording.missing': { meaning: 'A recording that was expected has not come.', kinds: ['recording.missing'] },
  'transcript.received': { meaning: 'A transcript is here.', kinds: ['transcript.received'] },
  'documentation.finished': { meaning: 'Summary and parent update have their end.', kinds: ['documentation.finished'] },
  'charge.posted': { meaning: 'A student was charged.', kinds: ['charge.posted'], isOfOne: true },
  'substitute.found': { meaning: 'Somebody stands in.', kinds: ['substitute.found'] },
  'substitute.not-found': { meaning: 'Nobody stands in.', kinds: ['substitute.not-found'] },
  'session.settled': { meaning: 'Everything of the session has its end.', kinds: ['session.settled'] },
  'session.corrected': { meaning: 'Something was put right after the session was closed.', kinds: ['session.corrected'] },
  tagged: { meaning: 'An automation has tagged a session, or somebody on it.', kinds: ['automation.tagged'], isOfOne: true },
  'student.quiet': {
    meaning: 'A student has no lesson before them. Looked for once a day; once for each last lesson, on the first day on which the condition holds.',
    kinds: [],
    isDaily: true,
  },
} as const satisfies Record<string, AutomationEvent>;

export type AutomationEventName = keyof typeof AUTOMATION_EVENTS;
export const AUTOMATION_EVENT_NAMES = Object.keys(AUTOMATION_EVENTS) as AutomationEventName[];
export const automationEvent = (name: string): AutomationEvent | undefined =>
  Object.hasOwn(AUTOMATION_EVENTS, name) ? AUTOMATION_EVENTS[name as AutomationEventName] : undefined;

/** Of whom there is a run: of the session as such, or one of each who takes part as that. */
export const EACH = ['session', 'student', 'instructor'] as const;
export type Each = (typeof EACH)[number];

export const AUTOMATION_STEPS = ['message', 'hold', 'wait', 'webhook', 'tag', 'note'] as const;
export type AutomationStepKind = (typeof AUTOMATION_STEPS)[number];

/** Whom a step may write to. */
export const TOLD = ['guardian', 'student', 'instructor', 'coordinator'] as const;

/**
 * `new`: laid down, its condition was not asked yet. `not-met`: asked, and it does not hold. `stopped`: cut short, `reason` says by what.
 * `waiting`: for a time, an event or a person. What is not `new`, `running` or `waiting` is an end.
 */
export const RUN_STATES = ['new', 'running', 'waiting', 'done', 'not-met', 'stopped', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];
export const OPEN_RUNS: readonly RunState[] = ['new', 'running', 'waiting'];

/** What a wait for an event ends with. */
export const HAPPENED = 'happened';
export const TIMED_OUT = 'timed-out';
