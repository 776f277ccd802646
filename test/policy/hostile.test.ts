import { checkPolicies } from '../../policy/check';
import { faultsOf, faultsOfThen, faultsOfWhen, policy, POINTS } from './invented';
import type { Json } from '../../policy/types';

const checkText = (text: string) => checkPolicies([{ file: 'x.json', text }], POINTS);
/** The code that a fault has by what it says; of any other it says which kinds of values met. */
const CODES: Record<string, string> = {
  'not an operator': 'unknown-operator',
  'one operator': 'two-operators',
  'not a fact': 'unknown-fact',
  'written out': 'misplaced',
  'inside each other': 'misplaced',
  calc: 'misplaced',
  'at most 100': 'too-large',
  operands: 'operand-count',
  'none of its conditions': 'operand-count',
};
const nested = (depth: number): string => `${'{"!":['.repeat(depth)}true${']}'.repeat(depth)}`;

test('the invented policy itself has no fault, so that each fault below has its own cause', () => expect(faultsOf(() => undefined)).toEqual([]));

test.each([
  ['a cat bomb', { cat: Array(200).fill({ var: 'programme' }) }, 'not an operator'],
  ['a merge bomb', { merge: Array(200).fill([1, 2, 3]) }, 'not an operator'],
  ['nested reduce', { reduce: [{ var: 'strikes' }, { reduce: [{ var: 'strikes' }, { '+': [1, 1] }, 0] }, 0] }, 'not an operator'],
  ['log', { log: 'x' }, 'not an operator'],
  ['method', { method: [{ var: 'programme' }, 'toString'] }, 'not an operator'],
  ['an operator of every object', { toString: [1] }, 'not an operator'],
  ['an operator with a dot', { 'a.b': [1] }, 'not an operator'],
  ['an unknown operator', { bogus: [1] }, 'not an operator'],
  ['missing, which finds a constructor present', { missing: ['constructor'] }, 'not an operator'],
  ['two keys, which are data and count as true', { '==': [{ var: 'programme' }, 'school'], '!': [true] }, 'one operator'],
  ['no key', {}, 'one operator'],
  ['a prototype', { var: 'constructor' }, 'not a fact'],
  ['a prototype by a path', { var: 'programme.constructor' }, 'not a fact'],
  ['a name of every object', { var: 'toString' }, 'not a fact'],
  ['a prototype of the parameters', { var: 'params.toString' }, 'not a fact'],
  ['a computed name', { var: { if: [true, 'lateBy', 'isTrial'] } }, 'written out'],
  ['a default, which would hide a missing fact', { var: ['lateBy', 0] }, 'operands'],
  ['iteration in iteration', { some: [{ var: 'strikes' }, { some: [{ var: 'strikes' }, { '>': [{ var: '' }, 1] }] }] }, 'inside each other'],
  ['equality across types', { '==': [{ var: 'isTrial' }, 1] }, 'compared with'],
  ['equality of two facts across types', { '==': [{ var: 'isTrial' }, { var: 'lateBy' }] }, 'compared with'],
  ['a unit clash: duration and number', { '<': [{ var: 'lateBy' }, 15] }, 'compared with a duration'],
  ['a unit clash: money and percent', { '<': [{ var: 'price' }, { var: 'share' }] }, 'compared with'],
  ['a unit clash: duration and clock time', { '<': [{ var: 'lateBy' }, '11:00'] }, 'compared with a duration'],
  ['an instant without a zone', { '<': [{ var: 'bookedAt' }, '2027-03-01T08:00'] }, 'compared with'],
  ['sizes of words', { '<': [{ var: 'programme' }, 'school'] }, 'sizes'],
  ['a list where one value stands', { '==': [{ var: 'lateBy' }, ['15m']] }, 'list'],
  ['a condition that is a word, and so always true', { var: 'programme' }, 'yes or no'],
  ['a condition that is a duration', { and: [{ var: 'isTrial' }, { var: 'lateBy' }] }, 'yes or no'],
  ['a literal as a condition', { or: ['false', { var: 'isTrial' }] }, 'yes or no'],
  ['arithmetic in a condition', { '<': [{ '+': [{ var: 'lateBy' }, '5m'] }, '20m'] }, 'calc'],
  ['a hundred and one literals', { in: [{ var: 'programme' }, Array(101).fill('school')] }, 'at most 100'],
  ['too few operands', { '==': [{ var: 'programme' }] }, 'operands'],
  ['too many operands', { '>': [{ var: 'lateBy' }, '1m', '2m'] }, 'operands'],
  ['if without else', { if: [{ var: 'isTrial' }, true] }, 'none of its conditions'],
] as [string, Json, string][])('refuses %s', (_name, when, message) => {
  const faults = faultsOfWhen(when);
  expect(faults).toContainEqual(expect.objectContaining({ file: 'x.json', rule: 'probe', message: expect.stringContaining(message) }));
  const code = Object.entries(CODES).find(([words]) => message.includes(words))?.[1] ?? ['wrong-type', 'unit-clash', 'wrong-value'];
  for (const f of faults) {
    if (f.message.includes(message)) expect([code].flat()).toContain(f.code);
    expect(f.path).toMatch(f.rule === 'probe' ? /^\/rules\/3(\/when|$)/ : /^\/rules$/);
    expect(f.suggestion).not.toBe('');
  }
});

const many = (n: number, when: (i: number) => object): object[] =>
  Array.from({ length: n }, (_, i) => ({ id: `r${i}`, when: when(i), then: { verdict: 'undecided', next: 'hold' } }));

test.each([
  ['money multiplied', { due: { calc: { '*': [{ var: 'price' }, 0.5] } } }, 'money'],
  ['a duration and a bare number', { again: { calc: { '+': [{ var: 'lateBy' }, 5] } } }, 'without a unit'],
  ['durations multiplied', { again: { calc: { '*': [{ var: 'lateBy' }, { var: 'lateBy' }] } } }, 'multiplied'],
  ['a duration and a percentage added', { again: { calc: { '+': [{ var: 'lateBy' }, { var: 'share' }] } } }, 'meets'],
  ['a clock time calculated with', { again: { calc: { '-': [{ var: 'startsAt' }, { var: 'startsAt' }] } } }, 'cannot be calculated'],
  ['a yes or no for a duration', { again: { calc: { '==': [{ var: 'isTrial' }, true] } } }, 'gives a boolean'],
  ['a branch of another type', { again: { calc: { if: [{ var: 'isTrial' }, '5m', 7] } } }, 'not what the field takes'],
  ['logic without calc', { again: { var: 'lateBy' } }, 'calc'],
] as [string, Record<string, Json>, string][])('refuses %s in an outcome', (_name, fields, message) => {
  const faults = faultsOfThen(fields);
  expect(faults).toContainEqual(expect.objectContaining({ rule: 'probe', message: expect.stringContaining(message) }));
  for (const f of faults) expect([f.path.startsWith('/rules/3/then/'), f.suggestion !== '']).toEqual([true, true]);
});

test('a parameter that is one thing here and another there is refused', () => {
  const faults = faultsOf((d) => {
    d.params.limit = 50;
    d.rules.push({ id: 'as-a-share', when: { '>': [{ var: 'share' }, { var: 'params.limit' }] }, then: d.rules[0].then });
    d.rules.push({ id: 'as-an-amount', when: { '>': [{ var: 'price' }, { var: 'params.limit' }] }, then: d.rules[0].then });
  });
  expect(faults).toEqual([
    expect.objectContaining({
      code: 'unit-clash',
      rule: 'as-an-amount',
      message: expect.stringContaining('a money here, and a percent elsewhere') as string,
    }),
  ]);
});

/** As much of what is allowed as one document holds: each is refused as too costly, or decided and checked well within a second. */
test.each<[string, (d: ReturnType<typeof policy>) => void]>([
  ['a thousand conditions over lists of a hundred', (d) => (d.rules = many(300, (i) => ({ some: [{ var: 'strikes' }, { '>': [{ var: '' }, i] }] })))],
  ['as many rules as fit', (d) => (d.rules = many(480, (i) => ({ '==': [{ var: 'share' }, i % 100] })))],
  [
    'a property over every fact',
    (d) => {
      d.rules = many(60, (i) => ({
        and: [{ '==': [{ var: 'share' }, i] }, { '<': [{ var: 'lateBy' }, `${i}m`] }, { '>': [{ var: 'price' }, i * 100] }],
      }));
      d.properties = Array.from({ length: 20 }, (_, i) => ({ id: `p${i}`, title: 'x', always: { '!=': [{ var: 'outcome.verdict' }, 'no-show'] } }));
    },
  ],
])('%s cannot stall whoever checks or decides', (_name, edit) => {
  const d = policy();
  delete d.params;
  edit(d);
  d.otherwise = d.onMissing;
  d.examples.cases = [{ id: 'one', given: {}, expect: { next: 'hold' } }];
  const before = process.cpuUsage();
  const { faults, policies } = checkText(JSON.stringify(d));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(10_000);
  if (policies.length > 0) expect(faults.filter((f) => f.code !== 'too-costly')).toEqual([]);
  else expect(faults.map((f) => f.code)).toContain('too-costly');
});

test.each([
  ['half a duration', { again: { calc: { '/': [{ var: 'lateBy' }, 2] } } }],
  ['a sum of durations', { again: { calc: { '+': [{ var: 'lateBy' }, '5m', { var: 'params.grace' }] } } }],
  ['the larger of two', { again: { calc: { max: [{ var: 'lateBy' }, '10m'] } } }],
  ['a choice of two', { again: { calc: { if: [{ var: 'isTrial' }, { var: 'params.grace' }, '5m'] } } }],
] as [string, Record<string, Json>][])('accepts %s', (_name, fields) => expect(faultsOfThen(fields)).toEqual([]));

test.each([
  ['a literal true', true],
  ['between two', { '<': ['5m', { var: 'lateBy' }, '20m'] }],
  ['a list that is not empty', { '!!': [{ var: 'strikes' }] }],
  ['an item of a list', { some: [{ var: 'strikes' }, { '>=': [{ var: '' }, 3] }] }],
  ['a word among words', { in: [{ var: 'programme' }, ['school', 'music']] }],
  ['a clock time', { '>=': [{ var: 'startsAt' }, '20:00'] }],
  ['an instant', { '<': [{ var: 'bookedAt' }, '2027-03-01T08:00:00+01:00'] }],
] as [string, Json][])('accepts %s', (_name, when) => expect(faultsOfWhen(when)).toEqual([]));

test('10,000 and 40,000 levels are refused in less than a second, without exhausting the stack', () => {
  const started = performance.now();
  const { faults, policies } = checkText(nested(5_000));
  const bomb = checkText(nested(20_000));
  expect(faults[0]!.message).toContain('deeper than 20');
  expect(bomb.faults).toHaveLength(1);
  expect([...policies, ...bomb.policies]).toEqual([]);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test.each(['__proto__', 'constructor', 'prototype'])('the key %s is refused wherever it stands', (key) => {
  const text = JSON.stringify(policy()).replace('"params":{', `"params":{"${key}":{"polluted":true},`);
  expect(checkText(text).faults).toContainEqual(expect.objectContaining({ message: expect.stringContaining(key) }));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a key that stands twice is refused, with its place', () => {
  const text = JSON.stringify(policy(), null, 1).replace('"grace": "15m"', '"grace": "15m",\n  "grace": "45m"');
  const [fault] = checkText(text).faults;
  expect(fault!.message).toMatch(/"grace" stands twice .*line \d+, column \d+/);
});

test('what is no JSON is refused with line and column', () => {
  expect(checkText('{\n  "policy": "no-show.student"\n  "title": "x"\n}').faults[0]!.message).toContain('line 3, column 3');
});

test('a document too large to review is refused', () => expect(checkText(' '.repeat(70_000)).faults[0]!.message).toContain('larger'));
