import { checkPolicies } from '../../policy/check';
import type { CompiledPolicy } from '../../policy/compile';
import type { DecisionPointSpec, Fault, Json } from '../../policy/types';

/** An invented decision point and policy, so that these tests stand apart from the shipped rules. */
export const NO_SHOW: DecisionPointSpec = {
  point: 'no-show.student',
  meaning: 'Asked for a student who has not arrived',
  binding: 'current',
  hit: 'first',
  facts: {
    lateBy: { type: 'duration', said: '# late', meaning: 'Time since the start', example: '16m' },
    isTrial: { type: 'boolean', meaning: 'A trial lesson', example: false },
    incidentOverlapped: { type: 'boolean', meaning: 'An incident overlapped', example: false },
    programme: { type: 'enum', values: ['school', 'music'], meaning: 'The programme', example: 'school' },
    price: { type: 'money', meaning: 'The price', example: 4500 },
    share: { type: 'percent', meaning: 'A share', example: 50 },
    startsAt: { type: 'clockTime', meaning: 'Start', example: '16:00' },
    bookedAt: { type: 'instant', meaning: 'Booked', example: '2027-03-01T08:00:00Z' },
    strikes: { type: 'list', of: 'integer', maxItems: 100, meaning: 'Strikes a month', example: [1, 0] },
  },
  outcome: {
    verdict: { type: 'enum', values: ['waiting', 'no-show', 'undecided'], meaning: 'The verdict', example: 'no-show' },
    next: { type: 'enum', values: ['nudge', 'close', 'hold'], meaning: 'What follows', example: 'close' },
    again: { type: 'duration', meaning: 'When to look again', example: '5m', optional: true },
    charge: { type: 'percent', meaning: 'Share to charge', example: 50, optional: true },
    due: { type: 'money', meaning: 'Amount', example: 100, optional: true },
  },
};

export const OWED: DecisionPointSpec = {
  point: 'owed',
  meaning: 'What is owed',
  binding: 'current',
  hit: 'collect',
  facts: { event: { type: 'enum', values: ['booked', 'cancelled'], meaning: 'What happened', example: 'booked' }, isTrial: NO_SHOW.facts.isTrial! },
  outcome: {
    kind: { type: 'text', meaning: 'What', example: 'reminder' },
    after: { type: 'duration', meaning: 'When', example: '1h', optional: true },
  },
};

export const POINTS = { [NO_SHOW.point]: NO_SHOW, [OWED.point]: OWED };

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Draft = any;
/** By way of JSON, so that nothing in it is shared. */
const copy = (draft: Draft): Draft => JSON.parse(JSON.stringify(draft));
const HOLD = { verdict: 'undecided', next: 'hold' };

/** A fresh copy each time: tests edit it. */
export const policy = (): Draft =>
  copy({
    policy: 'no-show.student',
    title: 'When a student has not arrived',
    description: 'Grace first, then a no-show',
    binding: 'current',
    hit: 'first',
    params: { grace: '15m', trialGrace: '20m', nudgeEvery: '5m' },
    rules: [
      { id: 'room-was-down', when: { var: 'incidentOverlapped' }, then: HOLD, say: { en: 'The room had a problem.' } },
      {
        id: 'trial-grace',
        when: { and: [{ var: 'isTrial' }, { '<': [{ var: 'lateBy' }, { var: 'params.trialGrace' }] }] },
        then: { verdict: 'waiting', next: 'nudge', again: { calc: { var: 'params.nudgeEvery' } } },
      },
      { id: 'past-grace', when: { '>=': [{ var: 'lateBy' }, { var: 'params.grace' }] }, then: { verdict: 'no-show', next: 'close' } },
    ],
    otherwise: { verdict: 'waiting', next: 'nudge', again: '5m' },
    onMissing: HOLD,
    examples: {
      base: { incidentOverlapped: false, isTrial: false, lateBy: '0m' },
      cases: [{ id: 'sixteen minutes', given: { lateBy: '16m' }, expect: { verdict: 'no-show' } }],
    },
  });

export const owed = (): Draft =>
  copy({
    policy: 'owed',
    title: 'What is owed',
    description: 'Each true row adds one',
    binding: 'current',
    hit: 'collect',
    rules: [
      { id: 'confirmation', when: { '==': [{ var: 'event' }, 'booked'] }, then: { kind: 'confirmation' } },
      { id: 'welcome', when: { var: 'isTrial' }, then: { kind: 'welcome', after: '1h' } },
    ],
    otherwise: null,
    examples: { base: { event: 'booked', isTrial: false }, cases: [{ id: 'booked', given: {}, expect: [{ kind: 'confirmation' }] }] },
  });

export const fileOf = (document: Json): { file: string; text: string } => ({ file: 'x.json', text: JSON.stringify(document) });

/** The faults of the invented policy after an edit. */
export function faultsOf(edit: (draft: Draft) => void, base: () => Draft = policy): Fault[] {
  const draft = base();
  edit(draft);
  return checkPolicies([fileOf(draft)], POINTS).faults;
}

/** The faults of one condition, set into an otherwise good policy. */
export const faultsOfWhen = (when: Json): Fault[] => faultsOf((d) => d.rules.push({ id: 'probe', when, then: HOLD }));

/** The faults of one outcome field, set into an otherwise good policy. */
export const faultsOfThen = (fields: Record<string, Json>): Fault[] =>
  faultsOf((d) => d.rules.push({ id: 'probe', when: { var: 'isTrial' }, then: { ...HOLD, ...fields } }));

export function compiled(edit: (draft: Draft) => void = () => undefined, base: () => Draft = policy): CompiledPolicy {
  const draft = base();
  edit(draft);
  const { faults, policies } = checkPolicies([fileOf(draft)], POINTS);
  if (faults.length > 0) throw new Error(JSON.stringify(faults, null, 1));
  return policies[0]!;
}
