import type { EventType } from '../domain/vocabulary';

const STUDENT = '0d6b2f4e-1d2a-4a52-8a3c-6a0f7f1f2c11';
const INSTRUCTOR = '5b1f8c52-3a60-4c6f-9d0f-2e7f6b0a9d22';
const SESSION = '6f1c2f0e-7d0a-4b57-9d6e-0a8f4c1b2d3e';
const DRAFT = '2a9c7d10-6b3e-4f58-8d21-0c5e9b7a4f33';
const LINES = [
  { start: '00:01.00', stop: '00:05.00', speaker: 'Instructor', dialogue: 'What is a denominator?' },
  { start: '00:06.00', stop: '00:09.00', speaker: 'Student', dialogue: 'The number below the line.' },
];
const FILES = {
  policies: [{ file: 'admission.json', text: '{ "policy": "admission", "title": "Which bookings are taken", "rules": [] }' }],
  messages: [{ file: 'reminder.md', text: '---\ntitle: Reminder\nsubject: "{{ session.title }}"\n---\nHello {{ person.givenName }}' }],
};
const BOOKING = {
  title: 'Fractions',
  startsAt: '2026-12-01T16:00:00+01:00',
  endsAt: '2026-12-01T17:00:00+01:00',
  studentIds: [STUDENT],
  instructorId: INSTRUCTOR,
  programme: 'regular',
  externalId: 'booking-4711',
};
const CLOSURE = { from: '2026-12-21T00:00:00+01:00', to: '2027-01-04T00:00:00+01:00', reason: 'winter break' };
const SERIES = {
  title: 'Fractions',
  firstLesson: '2026-12-01T16:00',
  lengthMinutes: 60,
  rrule: 'FREQ=WEEKLY;BYDAY=TU;UNTIL=20270630',
  exdates: ['2026-12-29T16:00'],
  studentIds: [STUDENT],
  instructorId: INSTRUCTOR,
  anchorZone: 'Europe/Berlin',
};
const MOVE = { kind: 'reschedule', reason: 'school trip', startsAt: '2026-12-02T16:00:00+01:00', endsAt: '2026-12-02T17:00:00+01:00' };

/** What may be sent to each route that takes a body. */
export const BODY_EXAMPLES: Record<string, unknown> = {
  'post /v1/sessions': BOOKING,
  'post /v1/series': SERIES,
  'post /v1/series/{id}/changes': {
    scope: 'following',
    original: '2026-12-15T16:00',
    wallTime: '2026-12-17T17:00',
    reason: 'football training on Tuesdays',
  },
  'post /v1/closures': CLOSURE,
  'patch /v1/closures/{id}': { version: 1, to: '2027-04-02T22:00:00Z' },
  'patch /v1/time-off/{id}': { version: 1, to: '2027-04-02T22:00:00Z' },
  'post /v1/closures/{id}/restore': { reason: 'The hall is open after all' },
  'post /v1/time-off/{id}/restore': { reason: 'Back earlier than planned' },
  'post /v1/time-off': { ...CLOSURE, personId: INSTRUCTOR, reason: 'training' },
  'post /v1/sessions/{id}/changes': { ...MOVE, rev: 1 },
  'post /v1/automations/try': { automation: 'third-no-show', sessionId: SESSION, facts: { noShowsLately: 2 }, answers: { call: 'called' } },
  'post /v1/automations/runs/{id}/cancel': { version: 3 },
  'post /v1/webhooks': { name: 'school-app', url: 'https://example.com/lectern', eventTypes: ['session.booked', 'session.changed'] },
  'patch /v1/webhooks/{id}': { version: 3, state: 'off' },
  'post /v1/webhooks/{id}/rotate-secret': { version: 3 },
  'post /v1/webhooks/{id}/redeliver': { since: '2026-12-01T00:00:00+01:00' },
  'post /v1/sessions/{id}/incidents': { kind: 'room-failed', note: 'Both say that the picture froze.' },
  'post /v1/sessions/{id}/corrections': {
    kind: 'attendance',
    personId: STUDENT,
    verdict: 'excused',
    chargePercent: 0,
    reason: 'A power cut in their street.',
  },
  'post /v1/terms': { name: 'Autumn 2026', startsOn: '2026-08-01', endsOn: '2026-12-31' },
  'patch /v1/terms/{id}': { version: 1, endsOn: '2026-12-18' },
  'post /v1/sessions/{id}/matches': { key: 'guest-17', personId: STUDENT },
  'post /v1/sessions/{id}/waitlist': { studentId: STUDENT },
  'patch /v1/sessions/{id}/places': { version: 3, minStudents: 3, capacity: 8 },
  'post /v1/sessions/{id}/substitute-search': { note: 'called in sick at seven' },
  'post /v1/held-steps/{id}/decide': {
    version: 1,
    hash: '0d1a7c4e6f2b8a3950e1d4c7b6a5f4e3d2c1b0a99887766554433221100ffeed',
    decision: 'approve',
    comment: 'The second paragraph is shorter now.',
    edited: { update: { subject: 'Fractions: how the lesson went', paragraphs: ['They added fractions with unlike denominators.'] } },
  },
  'post /v1/held-steps/{id}/claim': { takeOver: false },
  'post /v1/held-steps/{id}/comments': { text: 'The father is hard to reach before noon; the mother answers texts.' },
  'post /v1/held-steps/{id}/contacts': { personId: STUDENT, channel: 'phone', outcome: 'no-answer', at: '2026-12-01T15:50:00+01:00' },
  'post /v1/held-steps/{id}/snooze': { event: 'participant.joined', personId: STUDENT, until: '2026-12-01T16:20:00+01:00' },
  'post /v1/held-steps/decide-batch': {
    decisions: [
      {
        id: SESSION,
        version: 1,
        hash: '0d1a7c4e6f2b8a3950e1d4c7b6a5f4e3d2c1b0a99887766554433221100ffeed',
        decision: 'approve',
      },
    ],
  },
  'post /v1/duty': { personId: INSTRUCTOR, kind: 'on', weekday: 1, from: '08:00', to: '13:00' },
  'post /v1/ops/pause': { kind: 'reminder', reason: 'Half of them went out in the wrong language', until: '2026-12-01T18:00:00+01:00' },
  'post /v1/people': {
    kind: 'guardian',
    name: 'Gina Example',
    givenName: 'Gina',
    email: 'gina@example.org',
    zone: 'Europe/Berlin',
    locale: 'de',
    channels: ['email'],
    quietFrom: '21:00',
    quietTo: '07:00',
    students: [{ studentId: STUDENT, household: 'Example', canNotify: true, canDecide: true }],
  },
  'patch /v1/people/{id}': { version: 3, zone: 'America/Sao_Paulo', quietFrom: null, quietTo: null },
  'post /v1/people/{id}/opt-in': { channel: 'sms' },
  'post /v1/transcripts': { sessionId: SESSION, lines: LINES },
  'post /v1/rules/check': FILES,
  'post /v1/adoptions/preview': FILES,
  'post /v1/adoptions': { number: 7, where: { programme: 'music' } },
  'post /v1/rules/publish': { ...FILES, message: 'A longer grace for trial lessons' },
  'post /v1/rules/rollback': { number: 3, message: 'The longer grace kept instructors waiting' },
  'post /v1/decisions/{id}/what-if': { facts: { lateBy: '20m' } },
  'post /v1/rule-drafts': { ...FILES, message: 'A longer grace for trial lessons' },
  'post /v1/rule-drafts/{id}/approve': { version: 1 },
  'post /v1/rule-drafts/{id}/withdraw': { version: 1 },
  'post /v1/rule-backtests': { draftId: DRAFT, since: '2026-11-01T00:00:00+01:00', cases: 50 },
  'post /v1/rule-shadows': { draftId: DRAFT },
  'post /v1/rule-shadows/{id}/stop': { version: 1 },
  'post /v1/rule-shadows/{id}/promote': { version: 1, effectiveFrom: '2027-01-11T08:00:00+01:00' },
};

/** The data of each type of inbound event. */
export const EVENT_EXAMPLES: Record<EventType, object> = {
  'participant.joined': { sessionId: SESSION, personId: STUDENT, connection: 'laptop' },
  'participant.left': { sessionId: SESSION, personId: STUDENT, connection: 'laptop' },
  'room.failed': { sessionId: SESSION, reason: 'the media server was restarted' },
  'recording.started': { sessionId: SESSION },
  'recording.ready': { sessionId: SESSION, url: 'https://rooms.example/recordings/1' },
  'recording.failed': { sessionId: SESSION, reason: 'the disk was full' },
  'transcript.ready': { sessionId: SESSION, lines: LINES },
  'poll.answered': { sessionId: SESSION, personId: STUDENT, poll: 'How was it?', answer: 'good' },
  'payment.succeeded': { sessionId: SESSION, reference: 'pi_1', amountMinor: 4500, currency: 'EUR' },
  'payment.failed': { sessionId: SESSION, reference: 'pi_1', amountMinor: 4500, currency: 'EUR', reason: 'card declined' },
  'payment.action-required': { sessionId: SESSION, reference: 'pi_1' },
  'payment.refunded': { sessionId: SESSION, reference: 'pi_1', amountMinor: 2000, currency: 'EUR' },
  'payment.disputed': { sessionId: SESSION, reference: 'pi_1', amountMinor: 4500, currency: 'EUR', reason: 'fraudulent' },
  'session.booked': BOOKING,
  'session.changed': { sessionId: SESSION, ...MOVE },
};
