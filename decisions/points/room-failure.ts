import type { DecisionPointSpec } from '../../policy/types';
import { ROOM_ANSWERS } from '../provider';

export const roomFailure: DecisionPointSpec = {
  point: 'room-failure',
  meaning:
    'Asked when the room of a lesson is said to have failed, and again when what was decided could not be done: a second room, a person, or the end?',
  binding: 'current',
  hit: 'first',
  facts: {
    reportedBy: {
      type: 'enum',
      values: ['coordinator', 'provider', 'lectern'],
      meaning:
        'Who says so: a coordinator, the provider by webhook, or Lectern because the provider said so when it was asked, or could not open the room',
      example: 'provider',
    },
    providerSays: {
      type: 'enum',
      values: ROOM_ANSWERS,
      meaning: 'What the provider answered when it was asked about the room now; no-answer when it was asked in vain',
      example: 'gone',
    },
    hasBegun: { type: 'boolean', meaning: 'The lesson has begun', example: true },
    timeLeft: { type: 'duration', said: '# left of the lesson', meaning: 'Time left until the end of the lesson', example: '20m' },
    present: { type: 'integer', unit: 'people', meaning: 'How many participants were in the room just before it failed, by its events', example: 2 },
    roomsOpened: { type: 'integer', unit: 'rooms', meaning: 'How many rooms this lesson has had, this one included', example: 1 },
  },
  demands: [
    { field: 'next', values: ['second-room'], needs: ['provider'] },
    { field: 'next', values: ['hold'], needs: ['provider', 'answerWithin', 'default'] },
  ],
  outcome: {
    next: {
      type: 'enum',
      values: ['second-room', 'hold', 'end', 'dismiss'],
      meaning:
        'second-room: another room at once, with new ways in; hold: a coordinator says; end: the lesson ends here and what was taught is documented; dismiss: the room is well',
      example: 'second-room',
    },
    provider: {
      type: 'enum',
      values: ['same', 'link', 'test', 'livekit'],
      meaning: 'Who gives the second room: the same provider, or one to fall back on',
      example: 'same',
      optional: true,
    },
    answerWithin: { type: 'duration', positive: true, meaning: 'When held: how long a coordinator has', example: '3m', optional: true },
    default: {
      type: 'enum',
      values: ['second-room', 'end-lesson', 'dismiss'],
      meaning: 'When held: what happens when nobody answers',
      example: 'second-room',
      optional: true,
    },
  },
};
