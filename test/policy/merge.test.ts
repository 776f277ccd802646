import { explain } from '../../policy/explain';
import { evaluate } from '../../policy/evaluate';
import type { Json } from '../../policy/types';
import { compiled, faultsOf } from './invented';

type Draft = { hit: string; params: Record<string, Json>; rules: Json[]; otherwise: Json; examples: Json };
/** The verdict by lateness, what follows by the price, both by themselves: two rows, where `first` would need four. */
const byColumn = (d: Draft): void => {
  d.hit = 'merge';
  d.params = { grace: '15m' };
  d.rules = [
    { id: 'down', when: { var: 'incidentOverlapped' }, then: { verdict: 'undecided' } },
    {
      id: 'late',
      description: 'Late',
      when: { '>=': [{ var: 'lateBy' }, { var: 'params.grace' }] },
      then: { verdict: 'no-show', charge: { calc: { var: 'share' } } },
    },
    { id: 'dear', description: 'Dear', when: { '>': [{ var: 'price' }, 5000] }, then: { next: 'hold' } },
  ];
  d.otherwise = { verdict: 'waiting', next: 'close' };
  d.examples = {
    base: { incidentOverlapped: false, lateBy: '0m', isTrial: false, price: 100, share: 50 },
    cases: [{ id: 'base', given: {}, expect: { verdict: 'waiting', next: 'close' } }],
  };
};
const M = 60_000;

test.each<[string, Record<string, Json>, Record<string, Json>, string]>([
  ['nothing', { incidentOverlapped: false, lateBy: 0, price: 100 }, { verdict: 'waiting', next: 'close' }, 'otherwise'],
  ['one column', { incidentOverlapped: false, lateBy: 0, price: 9000 }, { verdict: 'waiting', next: 'hold' }, 'dear'],
  [
    'both columns',
    { incidentOverlapped: false, lateBy: 20 * M, price: 9000, share: 50 },
    { verdict: 'no-show', charge: 50, next: 'hold' },
    'late,dear',
  ],
  [
    'a column that a row above has given',
    { incidentOverlapped: true, lateBy: 20 * M, price: 100, share: 50 },
    { verdict: 'undecided', charge: 50, next: 'close' },
    'down,late',
  ],
  ['an unknown row whose column is open', { incidentOverlapped: false, lateBy: 0 }, { verdict: 'undecided', next: 'hold' }, 'onMissing'],
  ['a value that is not known', { incidentOverlapped: false, lateBy: 20 * M, price: 100 }, { verdict: 'undecided', next: 'hold' }, 'onMissing'],
])('%s', (_name, facts, outcome, rule) => expect(evaluate(compiled(byColumn), facts)).toMatchObject({ outcome, rule }));

test('an unknown row takes nothing away whose columns are all given', () => {
  const policy = compiled((d: Draft) => (byColumn(d), d.rules.push({ id: 'also', when: { var: 'isTrial' }, then: { next: 'close' } })));
  expect(evaluate(policy, { incidentOverlapped: false, lateBy: 0, price: 9000 })).toMatchObject({ rule: 'dear', outcome: { next: 'hold' } });
  expect(evaluate(policy, { incidentOverlapped: false, lateBy: 0, price: 100 })).toMatchObject({ rule: 'onMissing' });
});

test('each row that gave something is named, with why', () => {
  const policy = compiled(byColumn);
  const facts = { incidentOverlapped: false, lateBy: 20 * M, price: 9000, share: 50 };
  const { sentence, because, rows } = explain(policy, facts, evaluate(policy, facts));
  expect(sentence).toMatch(/verdict no-show, next hold.*“late”, “dear”, because 20 minutes late.*price/);
  expect([because, rows.length]).toEqual(['Late.', 3]);
});

test.each<[string, (d: Draft) => unknown, string, string]>([
  ['a row that gives nothing', (d) => d.rules.push({ id: 'x', when: true, then: {} }), 'missing-field', '/rules/3/then'],
  ['a field that is none', (d) => d.rules.push({ id: 'x', when: true, then: { verdikt: 'waiting' } }), 'unknown-field', '/rules/3/then/verdikt'],
  ['a default that is not whole', (d) => (d.otherwise = { verdict: 'waiting' }), 'missing-field', '/otherwise/next'],
])('%s is refused', (_name, edit, code, path) =>
  expect(faultsOf((d: Draft) => (byColumn(d), edit(d)))).toContainEqual(expect.objectContaining({ code, path })),
);
