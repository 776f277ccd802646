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
    lateBy: {
      type: 'duration',
      meaning: 'How late it is: time since the start of the lesson ("lesson", "start") or since its end ("ready")',
      example: '5m',
    },
    failed: { type: 'boolean', meaning: 'The provider reported that the recording failed', example: false },
    transcriptPresent: { type: 'boolean', meaning: 'A transcript has come, by event or upload', example: false },
    hasToBeStarted: { type: 'boolean', meaning: 'The provider records nothing that Lectern does not start', example: false },
    canStart: { type: 'boolean', meaning: 'The provider can be told to record', example: true },
    starts: { type: 'integer', unit: 'times', said: 'told # times', meaning: 'How often it has been told to', example: 1 },
    secondRecorder: { type: 'boolean', meaning: 'The provider declares a second recorder that runs beside the first', example: false },
    secondTried: { type: 'boolean', meaning: 'The second recorder has been started already', example: false },
  },
  demands: [
    { field: 'next', values: ['expect'], needs: ['readyWithin'] },
    { field: 'next', values: ['start', 'second-recorder'], needs: ['startWithin', 'readyWithin'] },
    { field: 'next', values: ['notes'], needs: ['answerWithin'] },
    { field: 'next', values: ['hold'], needs: ['waitFor'] },
  ],
  outcome: {
    next: {
      type: 'enum',
      values: ['expect', 'start', 'second-recorder', 'skip', 'hold', 'notes'],
      meaning:
        'expect: wait for it, with the times below; start: tell the provider to record (again), and wait for it; second-recorder: start that one; skip: do without; hold: a coordinator decides; notes: the instructor is asked three questions, and the documents are written from the answers',
      example: 'expect',
    },
    startWithin: {
      type: 'duration',
      positive: true,
      meaning: 'How long after the start of the lesson the recording has to run; at "start", how long from now until it is asked again',
      example: '5m',
      optional: true,
    },
    readyWithin: {
      type: 'duration',
      positive: true,
      meaning: 'How long after the end recording and transcript have to be there; at "ready", how long from now',
      example: '60m',
      optional: true,
    },
    answerWithin: {
      type: 'duration',
      positive: true,
      meaning: 'For notes: how long the instructor has; after that the lesson goes on without documents',
      example: '24h',
      optional: true,
    },
    waitFor: {
      type: 'duration',
      positive: true,
      meaning: 'When held: how much longer recording and transcript are waited for if the coordinator chooses to wait',
      example: '60m',
      optional: true,
    },
  },
};
