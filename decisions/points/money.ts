import type { DecisionPointSpec, FieldSpec } from '../../policy/types';
import { strikesThisTerm } from './strike';
import { VERDICTS } from '../../domain/vocabulary';
import { ROUNDINGS } from '../../domain/money';

const cancelled: FieldSpec = { type: 'boolean', meaning: 'The session was cancelled, or the student was taken off it', example: false };
const moved: FieldSpec = {
  type: 'boolean',
  meaning: 'This is about a move or another change that was to cost something, not about the lesson, which is asked about by itself',
  example: false,
};
const changePercent: FieldSpec = {
  type: 'percent',
  meaning: 'The share that the change decision named, when the session was cancelled or changed',
  example: 50,
};
const isTrial: FieldSpec = { type: 'boolean', meaning: 'It is a trial lesson', example: false };
const instructorVerdict: FieldSpec = { type: 'enum', values: VERDICTS, meaning: 'What was said of the instructor', example: 'arrived' };
const rounding: FieldSpec = { type: 'enum', values: ROUNDINGS, meaning: 'How a fraction of a minor unit is rounded', example: 'half-up' };

export const charge: DecisionPointSpec = {
  point: 'charge',
  meaning:
    'Asked for each student at settlement, for the lesson and for each move that costs something: which share of the agreed price is charged? The terms in force at booking apply.',
  binding: 'booked',
  hit: 'first',
  facts: {
    cancelled,
    moved,
    isTrial,
    changePercent,
    verdict: { type: 'enum', values: VERDICTS, meaning: 'What was said of the student', example: 'arrived' },
    instructorVerdict,
    againstFault: {
      type: 'boolean',
      meaning: 'The student did not come, and one of the five facts below speaks against their fault',
      example: false,
    },
    linkOpened: { type: 'boolean', meaning: 'The student opened their link and did not get into the room', example: false },
    unmatchedInRoom: { type: 'boolean', meaning: 'Somebody was in the room whom nobody has matched to a person', example: false },
    credentialProven: {
      type: 'boolean',
      meaning: 'It is known that the way in reached them: its message was accepted for them or a guardian, or they have come by one before',
      example: true,
    },
    incidentOverlapped: { type: 'boolean', meaning: 'A technical incident overlapped the lesson', example: false },
    instructorPresent: { type: 'boolean', meaning: 'The instructor was there', example: true },
    strikesThisTerm,
    providerSaid: {
      type: 'enum',
      values: ['present', 'absent', 'unknown'],
      meaning: 'What the room provider answered when the no-show was declared; unknown when it could not be asked, and then it proves nothing',
      example: 'absent',
    },
  },
  outcome: {
    verdict: { type: 'enum', values: ['post', 'hold'], meaning: 'Post the charge, or hold it for a coordinator', example: 'post' },
    percent: { type: 'percent', meaning: 'Share of the price', example: 100 },
    rounding,
  },
};

export const settlement: DecisionPointSpec = {
  point: 'settlement',
  meaning:
    'Asked at settlement, for the lesson and for each move that costs something: which share of the agreed pay does the instructor get? The terms in force at booking apply.',
  binding: 'booked',
  hit: 'first',
  facts: {
    cancelled,
    moved,
    isTrial,
    changePercent,
    instructorVerdict,
    arrived: { type: 'integer', unit: 'students', meaning: 'How many students came', example: 1 },
  },
  outcome: {
    verdict: { type: 'enum', values: ['post', 'hold'], meaning: 'Post the payout, or hold it for a coordinator', example: 'post' },
    percent: { type: 'percent', meaning: "Share of the instructor's pay", example: 100 },
    rounding,
  },
};
