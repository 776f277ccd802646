/** What a step may be snoozed until, and what a session's timeline calls it. */
export const SNOOZE_EVENTS = {
  'session.started': ['lesson.started'],
  'session.ended': ['lesson.ended'],
  'session.changed': ['session.moved', 'session.cancelled'],
  'participant.joined': ['participant.arrived', 'participant.arrived-late', 'no-show.retracted'],
  'recording.ready': ['recording.ready'],
  'transcript.ready': ['transcript.received'],
} as const satisfies Record<string, readonly string[]>;
export type SnoozeEvent = keyof typeof SNOOZE_EVENTS;
export const SNOOZE_EVENT_NAMES = Object.keys(SNOOZE_EVENTS) as [SnoozeEvent, ...SnoozeEvent[]];
