import type { DecisionPointSpec } from '../../policy/types';

export const recording: DecisionPointSpec = {
  point: 'recording',
  meaning: 'Asked when the lesson starts (is a recording expected?), when it should have started, and when it should be ready.',
  binding: 'current',
  hit: 'first',
  facts: {
    stage: { type: 'enum', values: ['lesson', 'start', 'ready'], meaning: 'Which of the three moments it is', example: 'lesson' },
    everyoneConsents: { type: 'boolean', meaning: 'Each participant, or a guardian, has agreed to be recorded', example: true },
    providerSays: {
      type: 'enum',
      values: ['recording', 'not-recording', 'unknown'],
      meaning: 'What the room provider answered when it was asked',
      example: 'unknown',
    },
    failed: { type: 'boolean', meaning: 'The provider reported that the recording failed', example: false },
    transcriptPresent: { type: 'boolean', meaning: 'A transcript has come, by event or upload', example: false },
  },
  outcome: {
    next: {
      type: 'enum',
      values: ['expect', 'skip', 'hold'],
      meaning: 'expect: wait for it, with the times below; skip: do without; hold: a coordinator decides',
      example: 'expect',
    },
    startWithin: { type: 'duration', meaning: 'How long after the start of the lesson the recording has to run', example: '5m', optional: true },
    readyWithin: { type: 'duration', meaning: 'How long after the end recording and transcript have to be there', example: '60m', optional: true },
  },
};
