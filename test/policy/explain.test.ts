import { evaluate } from '../../policy/evaluate';
import { explain } from '../../policy/explain';
import { statement } from '../../policy/statement';
import type { Facts, FieldSpec, Json } from '../../policy/types';
import { compiled } from './invented';

const explained = (facts: Facts) => explain(compiled(), facts, evaluate(compiled(), facts));
const facts: Facts = { incidentOverlapped: false, isTrial: false, lateBy: 16 * 60_000 };

test('a decision is told with the values it saw and the parameter it met', () =>
  expect(explained(facts).sentence).toBe('verdict no-show, next close: rule “past-grace”, because late by 16 minutes is at least grace 15 minutes.'));
test('the rows before it are told, and why not', () =>
  expect(explained(facts).rows).toEqual([
    { rule: 'room-was-down', result: 'false', conditions: [{ text: 'incident overlapped: no', holds: 'false' }] },
    {
      rule: 'trial-grace',
      result: 'false',
      conditions: [
        { text: 'is trial: no', holds: 'false' },
        { text: 'late by 16 minutes is less than trial grace 20 minutes', holds: 'true' },
      ],
    },
    { rule: 'past-grace', result: 'true', conditions: [{ text: 'late by 16 minutes is at least grace 15 minutes', holds: 'true' }] },
  ]));
test('rows after it are not told', () =>
  expect(explained({ ...facts, incidentOverlapped: true }).rows.map((r) => r.rule)).toEqual(['room-was-down']));
test('what was missing is told', () => {
  const { sentence, missing, rows } = explained({ ...facts, lateBy: undefined });
  expect(missing).toEqual(['lateBy']);
  expect(sentence).toContain('not known is late by');
  expect(rows.at(-1)).toMatchObject({ rule: 'past-grace', result: 'unknown' });
});
test('that no rule applied is told', () => expect(explained({ ...facts, lateBy: 0 }).sentence).toContain('no rule applied'));

test('why is told in the words of the rules, or by what is not known', () => {
  const { document } = compiled();
  const held = document.rules.find((r) => r.id === 'room-was-down')!;
  expect(explained({ ...facts, incidentOverlapped: true }).because).toBe((held.description ?? held.say!.en!).replace(/\.?$/, '.'));
  expect(explained({ ...facts, lateBy: undefined }).because).toMatch(/^It is not known [a-z]/);
  expect(explained({ ...facts, incidentOverlapped: undefined }).because).toMatch(/^It is not known whether [a-z]/);
  expect(explained({ ...facts, lateBy: 0 }).because).toBeNull();
});

const spec = (type: FieldSpec['type'], unit?: string): FieldSpec => ({ type, meaning: 'm', example: 1, ...(unit && { unit }) });
const fields: Record<string, FieldSpec> = {
  notice: spec('duration'),
  isTrial: spec('boolean'),
  students: spec('integer', 'students'),
  absent: spec('integer', 'students'),
  event: spec('text'),
  'params.most': spec('integer'),
};
const seen = {
  data: { notice: 3_600_000, isTrial: false, students: 2, absent: 1, event: 'booked', 'params.most': 4 },
  find: (n: string) => fields[n],
};
const v = (name: string) => ({ var: name });

test.each<[string, Json]>([
  ['is trial: no', v('isTrial')],
  ['is trial: no', { '!': v('isTrial') }],
  ['is trial is no', { '==': [v('isTrial'), true] }],
  ['event is booked', { '==': [v('event'), 'booked'] }],
  ['event is booked, not cancelled', { '==': [v('event'), 'cancelled'] }],
  ['event is booked, not cancelled', { '!=': ['cancelled', v('event')] }],
  ['event is booked', { '!=': [v('event'), 'booked'] }],
  ['event booked is among booked / cancelled', { in: [v('event'), ['booked', 'cancelled']] }],
  ['event booked is not among moved / cancelled', { in: [v('event'), ['moved', 'cancelled']] }],
  ['notice 1 hour is at least 30 minutes', { '<': [v('notice'), 1_800_000] }],
  ['notice 1 hour is more than 30 minutes', { '<=': [v('notice'), 1_800_000] }],
  ['students 2 is at most most 4', { '>': [v('students'), v('params.most')] }],
  ['absent 1 students is less than 3 students', { '>=': [v('absent'), 3] }],
  ['students 2 is not most 4', { '==': [v('students'), v('params.most')] }],
  ['event is booked', { or: [v('isTrial'), { '==': [v('event'), 'booked'] }] }],
  ['is trial: no and event is booked, not moved', { or: [v('isTrial'), { '==': [v('event'), 'moved'] }] }],
  ['is trial: no', { and: [{ '==': [v('event'), 'booked'] }, v('isTrial')] }],
  ['late by is not known', { and: [{ '==': [v('event'), 'booked'] }, { '<': [v('lateBy'), 5] }] }],
  ['always', true],
])('what is said is true as it stands: %s', (text, logic) => expect(statement(logic, seen)).toBe(text));
