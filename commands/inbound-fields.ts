import type { EventField, EventSpecs } from '../policy/inbound/types';
import { CHANGE_KINDS, type EventType } from '../domain/vocabulary';

const ID = '0d6b2f4e-1d2a-4a52-8a3c-6a0f7f1f2c11';
const text = (meaning: string, most: number, example: string): EventField => ({ type: 'text', meaning, most, example, optional: true });
const needed = (field: EventField): EventField => {
  const { optional: _optional, ...rest } = field;
  return rest;
};
const id = (meaning: string): EventField => ({ type: 'text', meaning, example: ID, optional: true });
const instant = (meaning: string): EventField => ({ type: 'instant', meaning, example: '2026-12-01T16:00:00Z', optional: true });

const lesson = {
  sessionId: needed(id('The lesson, by our id')),
  externalId: text('The lesson, by a reference of the sender: where no sessionId is given', 200, 'booking-4711'),
};
const person = {
  personId: id('The participant, by our id'),
  identity: text('What the sender calls the participant; also an externalId of ours', 200, 'guest-17'),
};
const connection = text('One way in of a participant: each device, and each return, has its own', 200, 'PA_aB3');
const payment = {
  ...lesson,
  reference: needed(text("The provider's own id of the payment", 200, 'pi_3N')),
  amountMinor: { type: 'integer', meaning: 'How much, in minor units', example: 4500, optional: true },
  currency: text('ISO 4217 code', 3, 'EUR'),
  reason: text('Why, in the words of the provider', 500, 'card declined'),
} satisfies Record<string, EventField>;

/** What a row of a mapping may fill of each of our events. `EVENT_SCHEMAS` says the same more strictly, and looks at what came out. */
export const EVENT_FIELDS: EventSpecs & Record<EventType, Record<string, EventField>> = {
  'participant.joined': { ...lesson, ...person, connection, name: text('What the participant is called there', 200, 'Maya') },
  'participant.left': { ...lesson, ...person, connection },
  'room.failed': { ...lesson, roomId: id('Which room, by our id'), reason: text('What happened', 500, 'the server was restarted') },
  'recording.started': lesson,
  'recording.ready': { ...lesson, url: { type: 'text', meaning: 'Where it is', example: 'https://rooms.example/1', optional: true } },
  'recording.failed': { ...lesson, reason: text('What happened', 500, 'the disk was full') },
  'transcript.ready': { ...lesson, lines: { type: 'list', of: 'text', meaning: 'Its lines', example: [] } },
  'poll.answered': {
    ...lesson,
    personId: needed(person.personId),
    poll: needed(text('The question', 200, 'How was it?')),
    answer: needed(text('The answer', 2000, 'good')),
  },
  'payment.succeeded': payment,
  'payment.failed': payment,
  'payment.action-required': payment,
  'payment.refunded': payment,
  'payment.disputed': payment,
  'session.booked': {
    externalId: needed(lesson.externalId),
    title: needed(text('What the lesson is called', 200, 'Fractions')),
    startsAt: needed(instant('When it starts')),
    endsAt: needed(instant('When it ends')),
    studentIds: { type: 'list', of: 'text', meaning: 'The students, by our ids', example: [ID], optional: true },
    studentEmails: {
      type: 'list',
      of: 'text',
      meaning: 'The students or a guardian of each, by address',
      example: ['gil@example.org'],
      optional: true,
    },
    instructorId: id('The instructor, by our id'),
    instructorEmail: text('The instructor, by address', 254, 'ines@example.org'),
    programme: text('Its programme', 100, 'regular'),
    branch: text('Its branch', 100, 'north'),
    subject: text('Its subject', 100, 'mathematics'),
    anchorZone: text('The zone whose clock it keeps', 100, 'Europe/Berlin'),
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false, optional: true },
  },
  'session.changed': {
    ...lesson,
    kind: { type: 'enum', values: CHANGE_KINDS, meaning: 'What changes', example: 'cancel' },
    reason: text('Why', 500, 'ill'),
    startsAt: instant('When it starts now'),
    endsAt: instant('When it ends now'),
    instructorId: id('The other instructor'),
    withSessionId: id('The lesson to exchange instructors with'),
    studentId: id('The student who comes or goes'),
    provider: text('The other provider of the room', 100, 'link'),
    newExternalId: text('A further reference of the sender for the same lesson, from now on', 200, 'booking-4712'),
  },
};
