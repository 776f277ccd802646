import { evaluate } from '../../policy/evaluate';
import { evaluateLogic, UNKNOWN } from '../../policy/logic';
import type { Facts, Json } from '../../policy/types';
import { compiled, owed } from './invented';

const [T, F, U] = [true, false, 'U'] as const;
type Three = boolean | 'U';
const term = (value: Three): Json => (value === U ? { var: 'absent' } : value);
const answer = (logic: Json, data: Facts = {}): unknown => {
  const value = evaluateLogic(logic, data);
  return value === UNKNOWN ? U : value;
};

const AND: [Three, Three, Three][] = [
  [T, T, T],
  [T, F, F],
  [T, U, U],
  [F, T, F],
  [F, F, F],
  [F, U, F],
  [U, T, U],
  [U, F, F],
  [U, U, U],
];
const OR: [Three, Three, Three][] = [
  [T, T, T],
  [T, F, T],
  [T, U, T],
  [F, T, T],
  [F, F, F],
  [F, U, U],
  [U, T, T],
  [U, F, U],
  [U, U, U],
];
test.each(AND)('%s and %s is %s', (a, b, expected) => expect(answer({ and: [term(a), term(b)] })).toBe(expected));
test.each(OR)('%s or %s is %s', (a, b, expected) => expect(answer({ or: [term(a), term(b)] })).toBe(expected));
test.each([
  [T, F, T],
  [F, T, F],
  [U, U, U],
] as [Three, Three, Three][])('not %s is %s, twice not is %s', (a, not, notNot) => {
  expect(answer({ '!': [term(a)] })).toBe(not);
  expect(answer({ '!!': [term(a)] })).toBe(notNot);
});
test.each([
  [T, 'then', U, 'then'],
  [F, U, 'else', 'else'],
  [U, 'then', 'else', U],
  [T, U, 'else', U],
  [F, 'then', U, U],
] as [Three, Json, Json, unknown][])('if %s then %s else %s is %s: only the branch taken matters', (test_, then, otherwise, expected) => {
  const branch = (b: Json): Json => (b === U ? { var: 'absent' } : b);
  expect(answer({ if: [term(test_), branch(then), branch(otherwise)] })).toBe(expected);
});

test.each(['==', '===', '!=', '!==', '<', '<=', '>', '>=', 'in', '+', '-', '*', '/', '%', 'min', 'max'])(
  '%s on a missing fact is unknown on either side',
  (operator) => {
    expect(answer({ [operator]: [{ var: 'absent' }, 5] })).toBe(U);
    expect(answer({ [operator]: [5, { var: 'absent' }] })).toBe(U);
  },
);

test.each([[undefined], [null], [NaN]])('a fact that is %s counts as missing', (value) => {
  expect(answer({ '<': [{ var: 'late' }, 5] }, { late: value })).toBe(U);
});
test.each([[0], [false], ['']])('a fact that is %j is known', (value) => expect(answer({ var: 'f' }, { f: value })).toBe(value));

const over = (operator: string, list: Json): unknown => answer({ [operator]: [{ var: 'list' }, { '>': [{ var: '' }, 1] }] }, { list });
test.each([
  ['some', [0, null], U],
  ['some', [2, null], T],
  ['some', [null, 2], T],
  ['some', [], F],
  ['all', [2, null], U],
  ['all', [0, null], F],
  ['all', [null, 0], F],
  ['all', [2, 3], T],
  ['all', [], F],
  ['none', [0, null], U],
  ['none', [2, null], F],
  ['none', [0, 1], T],
  ['none', [], T],
] as [string, Json, Three][])('%s of %j above 1 is %s', (operator, list, expected) => expect(over(operator, list)).toBe(expected));

test('the names that made a condition unknown are told, and no others', () => {
  const missing = new Set<string>();
  evaluateLogic(
    { or: [{ and: [{ var: 'a' }, false] }, { var: 'b' }, { some: [{ var: 'list' }, { '>': [{ var: '' }, 1] }] }] },
    { list: [null] },
    missing,
  );
  expect([...missing].sort()).toEqual(['b', 'list']);
});
test('an unknown that was overruled is not told as missing', () => {
  const missing = new Set<string>();
  evaluateLogic({ and: [{ some: [{ var: 'list' }, { '>': [{ var: '' }, 1] }] }, { var: 'b' }] }, { list: [2, null] }, missing);
  expect([...missing]).toEqual(['b']);
});

const good: Facts = { incidentOverlapped: false, isTrial: false, lateBy: 16 * 60_000 };
test('the first true row decides', () =>
  expect(evaluate(compiled(), good)).toEqual({ outcome: { verdict: 'no-show', next: 'close' }, rule: 'past-grace', missing: [], say: null }));
test('an unknown row before a true one takes onMissing, never the next row', () =>
  expect(evaluate(compiled(), { ...good, incidentOverlapped: undefined })).toEqual({
    outcome: { verdict: 'undecided', next: 'hold' },
    rule: 'onMissing',
    missing: ['incidentOverlapped'],
    say: null,
  }));
test('an unknown row after the true one changes nothing', () =>
  expect(evaluate(compiled(), { incidentOverlapped: true })).toMatchObject({ rule: 'room-was-down', say: { en: 'The room had a problem.' } }));
test('a missing fact that does not matter changes nothing', () =>
  expect(
    evaluate(
      compiled((d) => d.rules.pop() && delete d.params.grace && (d.examples.cases[0].expect = { verdict: 'waiting' })),
      { incidentOverlapped: false, isTrial: false },
    ).rule,
  ).toBe('otherwise'));
test('durations come out in milliseconds, from a literal and from calc', () => {
  expect(evaluate(compiled(), { ...good, lateBy: 0 }).outcome).toEqual({ verdict: 'waiting', next: 'nudge', again: 300_000 });
  expect(evaluate(compiled(), { ...good, isTrial: true }).outcome).toEqual({ verdict: 'waiting', next: 'nudge', again: 300_000 });
});
test('a calc that needs a missing fact takes onMissing', () => {
  const p = compiled((d) => (d.rules[0].then = { verdict: 'waiting', next: 'nudge', again: { calc: { var: 'lateBy' } } }));
  expect(evaluate(p, { incidentOverlapped: true })).toMatchObject({ rule: 'onMissing', missing: ['lateBy'] });
});
test.each([
  ['a division by zero', { '/': [{ var: 'lateBy' }, 0] }, 'again'],
  ['140 percent', { '+': [{ var: 'share' }, 90] }, 'charge'],
])('a computed value that cannot be, %s, takes onMissing', (_name, calc, field) => {
  const p = compiled((d) => (d.rules[0].then[field] = { calc }));
  expect(evaluate(p, { ...good, incidentOverlapped: true, share: 50 }).rule).toBe('onMissing');
});
test('onMissing may compute from parameters, and then gives the value', () => {
  const p = compiled((d) => (d.onMissing = { verdict: 'undecided', next: 'hold', again: { calc: { '*': [{ var: 'params.nudgeEvery' }, 2] } } }));
  expect(evaluate(p, {}).outcome).toEqual({ verdict: 'undecided', next: 'hold', again: 600_000 });
});

describe('collect', () => {
  test('gives every true row', () =>
    expect(evaluate(compiled(undefined, owed), { event: 'booked', isTrial: true })).toMatchObject({
      outcome: [{ kind: 'confirmation' }, { kind: 'welcome', after: 3_600_000 }],
      rule: 'confirmation,welcome',
    }));
  test('gives nothing to do when no row is true', () =>
    expect(evaluate(compiled(undefined, owed), { event: 'cancelled', isTrial: false })).toMatchObject({ outcome: [], rule: 'otherwise' }));
  test('takes onMissing for any unknown row, even after a true one', () =>
    expect(evaluate(compiled(undefined, owed), { event: 'booked' })).toMatchObject({ rule: 'onMissing', missing: ['isTrial'] }));
});
