import { sha256 } from './ids';
import type { AttendanceVerdict } from './vocabulary';

/** What is told outside by webhook: each type, what it means, and what it says beside the session as it is. */
interface OutboundEvent {
  meaning: string;
  /** What is taken from the entry of the timeline, by its name there; nothing else of it leaves. */
  facts: readonly string[];
}

const MONEY = ['subjectId', 'amountMinor', 'currency'] as const;

/** A type is never renamed; receivers know it. */
export const OUTBOUND_EVENTS = {
  'session.booked': { meaning: 'A session is booked: at once, or because a held booking was approved.', facts: [] },
  'session.held': { meaning: 'A booking waits for a person; `session.booked` or `session.refused` follows.', facts: [] },
  'session.refused': { meaning: 'A held booking was rejected, or nobody decided in time.', facts: [] },
  'session.changed': {
    meaning: 'A session was changed: cancelled, moved, given to somebody else, with other students, in another room, or with other words or places.',
    facts: ['change', 'from', 'to', 'joined', 'left'],
  },
  'session.started': { meaning: 'The time of the lesson has begun.', facts: [] },
  'session.ended': { meaning: 'The time of the lesson is over.', facts: [] },
  'session.settled': { meaning: 'Everything of the session has its end.', facts: [] },
  'session.corrected': { meaning: 'Something was put right after the session was closed.', facts: ['correctionId', 'kind', 'personId'] },
  'attendance.decided': {
    meaning: 'It is said of a participant that they came, came late, or did not come, or that nobody knows; it can be said anew.',
    facts: ['personId', 'role', 'verdict'],
  },
  'room.opened': { meaning: 'The room of the lesson exists.', facts: [] },
  'incident.opened': { meaning: 'Something is wrong with the lesson as such.', facts: ['incidentId', 'incident'] },
  'incident.closed': { meaning: 'It is over.', facts: ['incidentId', 'incident'] },
  'recording.ready': { meaning: 'The recording can be had.', facts: [] },
  'recording.failed': { meaning: 'The provider says that there is no recording.', facts: [] },
  'recording.missing': { meaning: 'A recording that was expected has not come.', facts: [] },
  'transcript.received': { meaning: 'A transcript is here.', facts: ['lines'] },
  'documentation.finished': { meaning: 'Summary and parent update have their end.', facts: ['documents'] },
  'charge.posted': { meaning: 'A student was charged.', facts: MONEY },
  'charge.reversed': { meaning: 'A charge was taken back; the amount is what it changes.', facts: MONEY },
  'payout.posted': { meaning: 'An instructor is paid.', facts: MONEY },
  'payout.reversed': { meaning: 'A payout was taken back; the amount is what it changes.', facts: MONEY },
  'substitute.found': { meaning: 'Somebody else teaches the lesson.', facts: [] },
  'substitute.not-found': { meaning: 'Nobody has taken it.', facts: [] },
  'message.missed': { meaning: 'Somebody was not told in time.', facts: ['obligationId', 'kind', 'step', 'personId'] },
  'held-step.opened': { meaning: 'A step waits for a person.', facts: ['heldStepId', 'step'] },
  'held-step.decided': { meaning: 'A person, or a deadline, has decided it.', facts: ['heldStepId', 'step', 'decision'] },
} as const satisfies Record<string, OutboundEvent>;

export type OutboundType = keyof typeof OUTBOUND_EVENTS;
export const OUTBOUND_TYPES = Object.keys(OUTBOUND_EVENTS) as OutboundType[];
/** Sent when somebody asks for it, to try an address; to nobody else. */
export const TEST_TYPE = 'webhook.test';
/** Sent by a step of an automation, to the address that it names and to no other. */
export const AUTOMATION_TYPE = 'automation.told';

/** The kinds of change, by the kind of their entry; as in POST /v1/sessions/{id}/changes, and two that have no address of their own there. */
export const CHANGE_WORDS: Readonly<Record<string, string>> = {
  'session.cancelled': 'cancel',
  'session.moved': 'reschedule',
  'session.reassigned': 'reassign',
  'session.swapped': 'swap',
  'session.participant-added': 'add',
  'session.participant-dropped': 'drop',
  'session.room-changed': 'room',
  'session.converted': 'convert',
  'session.described': 'details',
  'places.changed': 'places',
};
/** What an entry says of attendance, by its kind. */
const VERDICTS_SAID: Readonly<Record<string, AttendanceVerdict>> = {
  'participant.arrived': 'arrived',
  'participant.arrived-late': 'late',
  'no-show': 'no-show',
  'no-show.retracted': 'arrived',
  'attendance.undecided': 'undecided',
};
const OTHERS: Readonly<Record<string, OutboundType>> = {
  'lesson.started': 'session.started',
  'lesson.ended': 'session.ended',
  held: 'held-step.opened',
};

interface Entry {
  kind: string;
  data?: Record<string, unknown>;
}

const isType = (kind: string): kind is OutboundType => kind in OUTBOUND_EVENTS;

/** What an entry of the timeline is called outside; null for what concerns nobody there. */
export function outboundTypeOf({ kind, data }: Entry): OutboundType | null {
  if (kind in CHANGE_WORDS) return 'session.changed';
  if (kind in VERDICTS_SAID) return 'attendance.decided';
  if (kind === 'held-step.decided' && data?.step === 'booking') return data.decision === 'approve' ? 'session.booked' : 'session.refused';
  return OTHERS[kind] ?? (isType(kind) ? kind : null);
}

/** What is said of an entry beside the session. */
export function factsOf(type: string, { kind, data = {} }: Entry): Record<string, unknown> {
  const known: Record<string, unknown> = { ...data, change: CHANGE_WORDS[kind], verdict: VERDICTS_SAID[kind] };
  const names: readonly string[] = isType(type) ? OUTBOUND_EVENTS[type].facts : [];
  return Object.fromEntries(names.filter((name) => known[name] !== undefined).map((name) => [name, known[name]]));
}

/** What can come of a webhook that was not taken. */
export const WEBHOOK_ANSWERS = ['refused', 'gone', 'busy', 'failed', 'redirected', 'no-answer', 'unreachable', 'forbidden'] as const;
export type WebhookAnswer = (typeof WEBHOOK_ANSWERS)[number];

/** The id under which an address gets a delivery, however often it is sent. */
export const webhookIdOf = (deliveryId: string, webhookId: string): string => `msg_${sha256(`${deliveryId}:${webhookId}`).slice(0, 40)}`;
