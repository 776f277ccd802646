import type { Tone } from '../ui/pill';

interface Status {
  title: string;
  means: string;
  tone: Tone;
  /** How many show at once where there are more: what is far off or over waits until somebody wants it. */
  first?: number;
}
/** In the order that somebody at work wants to see them. */
export const STATUSES: Record<string, Status> = {
  held: { title: 'Held', means: 'booking waits for a person', tone: 'warn' },
  live: { title: 'Live', means: 'lesson under way', tone: 'good' },
  ready: { title: 'Ready', means: 'room open, everyone has a way in', tone: 'info' },
  documenting: { title: 'Documenting', means: 'recording, transcript, summary and update', tone: 'warn' },
  settling: { title: 'Settling', means: 'charges and pay', tone: 'info' },
  booked: { title: 'Booked', means: 'still to come', tone: 'info', first: 6 },
  settled: { title: 'Settled', means: 'done', tone: 'neutral', first: 0 },
  cancelled: { title: 'Cancelled', means: 'will not take place', tone: 'neutral', first: 0 },
  refused: { title: 'Refused', means: 'booking not taken', tone: 'bad', first: 0 },
  expired: { title: 'Expired', means: 'nobody decided in time', tone: 'bad', first: 0 },
};

/** Of lessons with these statuses nobody is awaited: they are still to come, or will not take place. */
export const UNAWAITED = ['held', 'booked', 'ready', 'cancelled', 'refused', 'expired'];

/** Who waits for a place, and who waited. */
export const WAITLIST: Record<string, string> = {
  waiting: 'waits',
  offered: 'has an offer',
  joined: 'has a place',
  declined: 'said no',
  expired: 'did not answer in time',
  removed: 'waits no longer',
  closed: 'found no place',
};

export const VERDICTS: Record<string, { says: string; tone: Tone }> = {
  waiting: { says: 'not here yet', tone: 'neutral' },
  arrived: { says: 'arrived', tone: 'good' },
  late: { says: 'late', tone: 'warn' },
  'no-show': { says: 'no-show', tone: 'bad' },
  undecided: { says: 'undecided', tone: 'warn' },
};

export const OBLIGATIONS: Record<string, Tone> = {
  planned: 'neutral',
  claimed: 'info',
  'in-doubt': 'warn',
  delivered: 'good',
  'failed-over': 'warn',
  suppressed: 'neutral',
  held: 'warn',
  missed: 'bad',
};

/** In the order in which they cannot wait: first what concerns a lesson that is about to start or under way. */
export const STEP_KINDS: Record<string, string> = {
  coverage: 'Somebody lacks what they need',
  'no-show': 'Somebody has not come',
  substitute: 'Nobody has taken this lesson',
  viability: 'A group is too small',
  'series-occurrence': 'Lesson of a series to decide',
  booking: 'Booking to decide',
  change: 'Change to decide',
  plan: 'Messages to decide',
  message: 'Message to decide',
  room: 'The room has failed',
  recording: 'The recording',
  consent: 'Recorded without everyone’s consent',
  'documentation.review': 'Summary and parent update to review',
  charge: 'Charge to decide',
  payout: 'Payout to decide',
  correction: 'Something to put right',
  closure: 'Lessons in the way of a closure',
  zone: 'Which time zone is theirs',
  'clock-change': 'Clocks are changed by law',
  webhook: 'An integration was not told',
  automation: 'An automation asks',
};

export const TOPICS: Record<string, string> = {
  covered: 'Covered',
  'went-well': 'Went well',
  'to-practise': 'To practise',
  homework: 'Homework',
};

export const SNOOZE_EVENTS: Record<string, string> = {
  'session.started': 'the lesson starts',
  'session.ended': 'the lesson ends',
  'participant.joined': 'somebody comes',
  'session.changed': 'the lesson is moved or cancelled',
  'recording.ready': 'the recording is ready',
  'transcript.ready': 'the transcript is here',
};

export const CONTACT_CHANNELS: Record<string, string> = {
  phone: 'by phone',
  email: 'by e-mail',
  sms: 'by text',
  chat: 'by chat',
  'in-person': 'in person',
};

export const CONTACT_OUTCOMES: Record<string, string> = {
  reached: 'reached',
  'left-message': 'a message was left',
  'no-answer': 'no answer',
  'wrong-address': 'the address is wrong',
  declined: 'did not want to talk',
};

const EVENTS: Record<string, string> = {
  'session.booked': 'Booked',
  'session.held': 'Booking held for a person',
  'session.cancelled': 'Cancelled',
  'session.moved': 'Moved',
  'session.reassigned': 'Another instructor teaches',
  'session.swapped': 'Instructors exchanged with another lesson',
  'session.participant-added': 'A student joins',
  'session.participant-dropped': 'A student leaves',
  'session.room-changed': 'Goes to another room',
  'session.described': 'Has another name or number of places',
  'session.converted': 'Becomes a 1:1 lesson',
  'viability.run': 'Takes place with fewer than it needs',
  'viability.wait': 'Too small yet; it is asked again',
  'viability.merge': 'Too small: goes together with another group',
  'viability.convert': 'Too small: becomes a 1:1 lesson',
  'viability.cancel': 'Too small: is cancelled',
  'viability.hold': 'Too small: a person decides',
  'waitlist.joined': 'Waits for a place',
  'waitlist.left': 'Waits for a place no longer',
  'waitlist.closed': 'The waiting list is closed',
  'place.offered': 'A place is offered',
  'place.declined': 'A place was declined',
  'place.offer-expired': 'The offer of a place has expired',
  'places.changed': 'Places are changed',
  'session.settled': 'Settled',
  'room.opened': 'The room is open',
  'room.closed': 'The room is closed',
  'room.replaced': 'A second room takes the place of the first',
  'room-failure.judged': 'What to do about the room is decided',
  'incident.opened': 'Something is wrong',
  'incident.closed': 'What was wrong is over',
  'participant.removed': 'Put out of the room: the way in was taken back',
  'participant.not-removed': 'Could not be put out of the room',
  'recording.start-asked': 'The provider is told to record',
  'recording.start-failed': 'The provider could not be told to record',
  'recording.stop-asked': 'The provider is told to stop recording',
  'recording.stop-failed': 'The provider could not be told to stop recording',
  'credentials.issued': 'Everyone has a way in',
  'coverage.complete': 'Everyone holds what they need',
  'coverage.gap': 'Somebody lacks what they need',
  'lesson.started': 'The lesson starts',
  'lesson.ended': 'The lesson ends',
  'participant.arrived': 'Arrived',
  'participant.arrived-late': 'Arrived late',
  'no-show': 'No-show',
  'no-show.retracted': 'The no-show is taken back',
  'person.matched': 'Somebody in the room is known now',
  'person.unmatched': 'Somebody in the room was nobody of this lesson',
  'documentation.reopened': 'There is something to document after all',
  'attendance.undecided': 'Attendance is undecided',
  'recording.expected': 'A recording is expected',
  'recording.not-expected': 'No recording is expected',
  'recording.started': 'Recording',
  'recording.ready': 'The recording is ready',
  'recording.failed': 'The recording failed',
  'recording.missing': 'The recording is missing',
  'transcript.received': 'The transcript is here',
  'transcript.ready': 'A transcript came',
  'documentation.finished': 'Documentation is finished',
  'message.accepted': 'Message sent',
  'message.delivered': 'Message arrived',
  'message.undelivered': 'Message did not arrive',
  'message.opted-out': 'Not texted: they have opted out of text messages',
  'message.missed': 'Message missed',
  'charge.posted': 'Charged',
  'charge.none': 'Nothing is charged',
  'session.corrected': 'Put right after close',
  'strike.counted': 'A strike is counted',
  'strike.reversed': 'A strike is taken back',
  'charge.reversed': 'A charge is taken back',
  'payout.reversed': 'A payout is taken back',
  'payout.posted': 'Payout',
  'payout.none': 'No payout',
  'pause.released': 'A pause is over',
  'assignment.acknowledged': 'The instructor knows of it',
  'acknowledgement.missing': 'The instructor has not said that they know of it',
  'substitute.search-started': 'A substitute is searched',
  'substitute.offered': 'Offered to a substitute',
  'substitute.offer-declined': 'Offer declined',
  'substitute.offer-expired': 'Offer expired',
  'substitute.offer-withdrawn': 'Offer could not be accepted',
  'substitute.found': 'A substitute is found',
  'substitute.not-found': 'Nobody has taken the lesson',
  'substitute.search-ended': 'The search for a substitute is over',
  held: 'Waits for a person',
  'held-step.decided': 'A person decided',
  'held-step.claimed': 'Somebody looks after it',
  'held-step.released': 'Nobody looks after it any more',
  'held-step.commented': 'A word was left',
  'held-step.contact': 'Somebody was contacted',
  'held-step.snoozed': 'It rests',
  'held-step.unsnoozed': 'It was taken up again',
  'automation.began': 'An automation runs',
  'automation.stopped': 'An automation was cut short',
  'automation.cancelled': 'An automation was ended by somebody',
  'automation.tagged': 'An automation has set a tag',
  'automation.noted': 'An automation has noted something',
};
/** What an incident is, and how one ended. */
export const INCIDENTS: Record<string, string> = { 'room-failed': 'the room failed', technical: 'something technical' };
export const INCIDENT_OUTCOMES: Record<string, string> = {
  'second-room': 'a second room was opened',
  'false-alarm': 'it was a false alarm',
  'lesson-ended': 'the lesson was ended',
  'closed-by-person': 'somebody said that it was over',
  'lesson-over': 'the lesson is over',
  dismissed: 'it goes on as it is',
};

/** What an event says of itself, by what it says it under. */
const SAID: Record<string, Record<string, string>> = {
  incident: INCIDENTS,
  outcome: INCIDENT_OUTCOMES,
  next: { 'second-room': 'a second room is opened', hold: 'a person decides', wait: 'it is asked again' },
  cause: {
    asked: 'somebody asked for it',
    unacknowledged: 'the instructor has not said that they know of it',
    'no-show': 'the instructor has not come',
  },
  channel: { email: 'by e-mail', sms: 'by text' },
  reason: {
    covered: 'somebody teaches it',
    'handed-over': 'a person decides',
    acknowledged: 'the instructor knows of it',
    arrived: 'the instructor has come',
    stopped: 'the instructor teaches after all',
    'lesson-over': 'the lesson is over',
  },
};
/** A word of Lectern's own as a reader has it; what somebody wrote stands as it is. */
export function said(key: string, value: string): string {
  return SAID[key]?.[value] ?? (/^[a-z0-9]+([-.][a-z0-9]+)+$/.test(value) ? phrase(value).toLowerCase() : value);
}

export const eventTitle = (kind: string): string => EVENTS[kind] ?? phrase(kind);

/** What is owed, or would be: "Reminder, 24h". */
export const owedTitle = ({ kind, step }: { kind: string; step: string }): string =>
  kind === step ? phrase(kind) : `${phrase(kind)}, ${phrase(step).toLowerCase()}`;

/** What a button does that decides a held step. */
const OPTIONS: Record<string, string> = {
  'no-show': 'It was a no-show',
  arrived: 'They came',
  excused: 'They are excused',
  'proceed-without': 'Go on without',
  'second-room': 'Open a second room',
  'end-lesson': 'End the lesson here',
  dismiss: 'Go on as it is',
  notes: 'Send these answers',
  proceed: 'Go on',
  wait: 'Wait longer',
  resend: 'Send again',
  'plan-all': 'Send all of them',
  'plan-certain': 'Send those that are certain',
  leave: 'Send nothing',
  waive: 'Charge nothing',
  'seen-to': 'It is seen to',
  skip: 'Leave it out',
  keep: 'Keep it as it is',
  'take-1': 'Take the first time',
  'take-2': 'Take the second time',
  'take-3': 'Take the third time',
  'keep-wall-time': 'Keep the time on the wall',
  'keep-moment': 'Keep the moment',
  'search-again': 'Search again',
  cancel: 'Cancel the lesson',
  run: 'Let it take place',
  merge: 'Put it together with the other group',
  convert: 'Make it a 1:1 lesson',
};
export const optionTitle = (option: string): string => OPTIONS[option] ?? phrase(option);

/** "no-show.student" as "No show student". */
export function phrase(word: string): string {
  const text = word.replace(/[-._]+/g, ' ').replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A message names what it is about by its id, which tells a reader nothing. */
export const withoutIds = (message: string): string => message.replace(/( with id| as session)? \b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '');
