import type { DecisionPointSpec } from '../../policy/types';

export const documentationReview: DecisionPointSpec = {
  point: 'documentation.review',
  meaning: 'Asked when summary and parent update are drafted: who reviews them, until when, and what happens when nobody does?',
  binding: 'current',
  hit: 'first',
  facts: {
    origin: {
      type: 'enum',
      values: ['model', 'extractive', 'notes'],
      meaning: 'How the draft was made: by a model, as an extract from the transcript, or from the instructor’s notes',
      example: 'model',
    },
    modelRefused: { type: 'boolean', meaning: 'A model was asked and its answer was not good enough to show', example: false },
    claims: { type: 'integer', unit: 'claims', meaning: 'How many statements the summary makes', example: 6 },
    arrived: { type: 'integer', unit: 'students', meaning: 'How many students came', example: 1 },
    isTrial: { type: 'boolean', meaning: 'It was a trial lesson', example: false },
  },
  outcome: {
    reviewer: { type: 'enum', values: ['instructor', 'coordinator'], meaning: 'Who is asked first', example: 'instructor' },
    remindAfter: { type: 'duration', positive: true, meaning: 'When the reviewer is reminded', example: '4h' },
    escalateAfter: { type: 'duration', positive: true, meaning: 'When a coordinator is told', example: '20h' },
    deadline: { type: 'duration', positive: true, meaning: 'When the default is taken', example: '24h' },
    default: { type: 'enum', values: ['approve', 'reject'], meaning: 'What happens at the deadline', example: 'reject' },
    selfApproval: { type: 'boolean', meaning: 'Whether somebody may approve what they wrote themselves', example: true },
  },
};
