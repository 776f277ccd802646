import { evaluate } from '../../policy/evaluate';
import { explain } from '../../policy/explain';
import { statement } from '../../policy/statement';
import type { Facts, FieldSpec, Json } from '../../policy/types';
import { compiled } from './invented';

const explained = (facts: Facts) => explain(compiled(), facts, evaluate(compiled(), facts));
const facts: Facts = { incidentOverlapped: false, isTrial: false, lateBy: 16 * 60_000 };

test('a decision is told with the values it saw and the parameter it met', () =>
  expect(explained(facts).sentence).toBe('verdict no-show, next close: rule “past-grace”, because 16 minutes late, at least 15 minutes (grace).'));
test('the rows before it are told, and why not', () =>
  expect(explained(facts).rows).toEqual([
    { rule: 'room-was-down', result: 'false', conditions: [{ text: 'incident overlapped: no', holds: 'false' }] },
    {
      rule: 'trial-grace',
      result: 'false',
      conditions: [
        { text: 'is trial: no', holds: 'false' },
        { text: '16 minutes late, less than 20 minutes (trial grace)', holds: 'true' },
      ],
    },
    { rule: 'past-grace', result: 'true', conditions: [{ text: '16 minutes late, at least 15 minutes (grace)', holds: 'true' }] },
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
  expect(explained({ ...facts, lateBy: undefined }).because).toBe('Not known: time since the start.');
  expect(explained({ ...facts, incidentOverlapped: undefined }).because).toMatch(/^It is not known whether [a-z]/);
  expect(explained({ ...facts, lateBy: 0 }).because).toBeNull();
});

const spec = (type: FieldSpec['type'], unit?: string, said?: string): FieldSpec => ({
  type,
  meaning: 'm',
  example: 1,
  ...(unit && { unit }),
  ...(said && { said }),
});
const fields: Record<string, FieldSpec> = {
  notice: spec('duration'),
  isTrial: spec('boolean'),
  students: spec('integer', 'students'),
  absent: spec('integer', 'students'),
  sessionsThatWeek: spec('integer', 'sessions'),
  length: spec('duration', undefined, '# long'),
  freeTimes: spec('integer', 'times', '# other times free'),
  event: spec('text'),
  'params.most': spec('integer'),
};
const seen = {
  data: {
    notice: 3_600_000,
    isTrial: false,
    students: 2,
    absent: 1,
    event: 'booked',
    'params.most': 4,
    sessionsThatWeek: 31,
    length: 900_000,
    freeTimes: 1,
  },
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
  ['notice 1 hour, at least 30 minutes', { '<': [v('notice'), 1_800_000] }],
  ['notice 1 hour, more than 30 minutes', { '<=': [v('notice'), 1_800_000] }],
  ['31 sessions that week, more than 4 (most)', { '>': [v('sessionsThatWeek'), v('params.most')] }],
  ['31 sessions that week, more than 30', { '>=': [30, v('sessionsThatWeek')] }],
  ['31 sessions that week, more than 4 (most)', { '<': [v('params.most'), v('sessionsThatWeek')] }],
  ['15 minutes long, less than 30 minutes', { '<': [v('length'), 1_800_000] }],
  ['1 other time free, less than 3', { '<': [v('freeTimes'), 3] }],
  ['2 students, at most 4 (most)', { '>': [v('students'), v('params.most')] }],
  ['1 student absent, less than 3', { '>=': [v('absent'), 3] }],
  ['2 students, more than 1 student absent', { '>': [v('students'), v('absent')] }],
  ['2 students, not 4 (most)', { '==': [v('students'), v('params.most')] }],
  ['2 students, not 3', { '==': [v('students'), 3] }],
  ['event is booked', { or: [v('isTrial'), { '==': [v('event'), 'booked'] }] }],
  ['is trial: no and event is booked, not moved', { or: [v('isTrial'), { '==': [v('event'), 'moved'] }] }],
  ['is trial: no', { and: [{ '==': [v('event'), 'booked'] }, v('isTrial')] }],
  ['late by is not known', { and: [{ '==': [v('event'), 'booked'] }, { '<': [v('lateBy'), 5] }] }],
  ['always', true],
])('what is said is true as it stands: %s', (text, logic) => expect(statement(logic, seen)).toBe(text));
