import type { Tone } from '../ui/pill';

/** In the order that somebody at work wants to see them. */
export const STATUSES: Record<string, { title: string; means: string; tone: Tone }> = {
  held: { title: 'Held', means: 'booking waits for a person', tone: 'warn' },
  live: { title: 'Live', means: 'lesson under way', tone: 'good' },
  ready: { title: 'Ready', means: 'room open, everyone has a way in', tone: 'info' },
  booked: { title: 'Booked', means: 'still to come', tone: 'info' },
  documenting: { title: 'Documenting', means: 'recording, transcript, summary and update', tone: 'warn' },
  settling: { title: 'Settling', means: 'charges and pay', tone: 'info' },
  settled: { title: 'Settled', means: 'done', tone: 'neutral' },
  cancelled: { title: 'Cancelled', means: 'will not take place', tone: 'neutral' },
  refused: { title: 'Refused', means: 'booking not taken', tone: 'bad' },
  expired: { title: 'Expired', means: 'nobody decided in time', tone: 'bad' },
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

export const STEP_KINDS: Record<string, string> = {
  booking: 'Booking to decide',
  coverage: 'Somebody lacks what they need',
  'no-show': 'Somebody has not come',
  recording: 'The recording',
  'documentation.review': 'Summary and parent update to review',
  change: 'Change to decide',
  message: 'Message to decide',
  charge: 'Charge to decide',
};

export const TOPICS: Record<string, string> = {
  covered: 'Covered',
  'went-well': 'Went well',
  'to-practise': 'To practise',
  homework: 'Homework',
};

const EVENTS: Record<string, string> = {
  'session.booked': 'Booked',
  'session.held': 'Booking held for a person',
  'message.sent': 'Message sent',
  'room.opened': 'The room is open',
  'credentials.issued': 'Everyone has a way in',
  'participant.arrived': 'Arrived',
  'coverage.complete': 'Everyone holds what they need',
  'lesson.started': 'The lesson starts',
  'lesson.ended': 'The lesson ends',
  'no-show': 'No-show',
  held: 'Waits for a person',
  'held-step.decided': 'A person decided',
};
export const eventTitle = (kind: string): string => EVENTS[kind] ?? phrase(kind);

/** "no-show.student" as "No show student". */
export function phrase(word: string): string {
  const text = word.replace(/[-._]+/g, ' ').replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
