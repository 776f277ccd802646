/** The closed word lists that tables, policies and the API share. */
export const ROLES = ['admin', 'coordinator', 'instructor', 'integrator'] as const;
export type Role = (typeof ROLES)[number];

export const PERSON_KINDS = ['student', 'instructor', 'guardian', 'coordinator', 'admin'] as const;
export type PersonKind = (typeof PERSON_KINDS)[number];

export const PARTICIPANT_ROLES = ['student', 'instructor'] as const;
export type ParticipantRole = (typeof PARTICIPANT_ROLES)[number];

export const CHANNELS = ['email', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

/** `planned` and `claimed` are on their way; every other state is an end, but `in-doubt` (looked up at the lease's end). */
export const OBLIGATION_STATES = ['planned', 'claimed', 'in-doubt', 'delivered', 'failed-over', 'suppressed', 'held', 'missed'] as const;
export type ObligationState = (typeof OBLIGATION_STATES)[number];

export const VERDICTS = ['waiting', 'arrived', 'late', 'no-show', 'undecided'] as const;
export type AttendanceVerdict = (typeof VERDICTS)[number];

export const CHANGE_KINDS = ['cancel', 'reschedule', 'reassign', 'swap', 'add', 'drop', 'room', 'convert'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export const HELD_STEP_KINDS = [
  'booking',
  'coverage',
  'no-show',
  'recording',
  'room',
  'consent',
  'documentation.review',
  'change',
  'message',
  'charge',
  'payout',
  'plan',
  'correction',
  'series-occurrence',
  'closure',
  'zone',
  'clock-change',
  'substitute',
  'viability',
  'webhook',
  'automation',
] as const;
export type HeldStepKind = (typeof HELD_STEP_KINDS)[number];

/** Why a substitute is searched. */
export const SEARCH_CAUSES = ['asked', 'unacknowledged', 'no-show'] as const;
export type SearchCause = (typeof SEARCH_CAUSES)[number];

/** `released`: somebody else accepted, or nobody is needed any more; `withdrawn`: it could not be accepted after all. */
export const OFFER_STATES = ['open', 'accepted', 'declined', 'expired', 'released', 'withdrawn'] as const;
export type OfferState = (typeof OFFER_STATES)[number];

/** `closed`: the lesson was cancelled, or has begun, before there was a place. */
export const WAITLIST_STATES = ['waiting', 'offered', 'joined', 'declined', 'expired', 'removed', 'closed'] as const;
export type WaitlistState = (typeof WAITLIST_STATES)[number];

export const EVENT_TYPES = [
  'participant.joined',
  'participant.left',
  'room.failed',
  'recording.started',
  'recording.ready',
  'recording.failed',
  'transcript.ready',
  'poll.answered',
  'payment.succeeded',
  'payment.failed',
  'payment.action-required',
  'payment.refunded',
  'payment.disputed',
  'session.booked',
  'session.changed',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What can be wrong with a lesson as such. A failed room is asked about; whatever else speaks against fault while it lasts. */
export const INCIDENT_KINDS = ['room-failed', 'technical'] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

export const STRIKE_KINDS = ['no-show', 'late-cancellation'] as const;
/** Counted; forgiven by a person; or reversed, because what it rested on was decided anew. */
export const STRIKE_STATES = ['counted', 'forgiven', 'reversed'] as const;

/** What can be put right after a session was closed. */
export const CORRECTION_KINDS = ['attendance', 'charge', 'payout', 'strike', 'minutes', 'document', 'transcript'] as const;
export type CorrectionKind = (typeof CORRECTION_KINDS)[number];
