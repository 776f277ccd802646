import type { DecisionPointSpec } from '../../policy/types';

export const preparation: DecisionPointSpec = {
  point: 'preparation',
  meaning: 'Asked when a session is booked or moved: when does its room open, when is coverage checked, which provider gives the room?',
  binding: 'current',
  hit: 'first',
  facts: {
    notice: { type: 'duration', runs: 'down', said: '# of notice', meaning: 'Time left until the start', example: '3d' },
    students: { type: 'integer', unit: 'students', meaning: 'How many students take part', example: 1 },
    isTrial: { type: 'boolean', meaning: 'It is a trial lesson', example: false },
  },
  outcome: {
    roomBefore: { type: 'duration', meaning: 'How long before the start the room is opened and credentials are made', example: '24h' },
    doorsBefore: {
      type: 'duration',
      meaning: 'How long before the start the way in leads into the room; whoever is earlier has not arrived',
      example: '30m',
    },
    coverageBefore: { type: 'duration', meaning: 'How long before the start the coverage gate is checked', example: '15m' },
    viabilityBefore: {
      type: 'duration',
      meaning: 'Of a session that needs so many students: how long before the start it is asked whether it takes place; left out, never',
      example: '48h',
      optional: true,
    },
    buffer: { type: 'duration', meaning: 'Free time kept after the lesson for each participant, in whole minutes', example: '5m' },
    provider: { type: 'enum', values: ['link', 'test', 'livekit'], meaning: 'Which room provider is used', example: 'link' },
  },
};
