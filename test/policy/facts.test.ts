import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkRuleFiles } from '../../commands/check-rules';
import { together } from '../../decisions/declared/find';
import { POINTS } from '../../decisions/points';
import { FACT_POINTS } from '../../decisions/points/declared';
import { Judge } from '../../policy/backtest';
import { compileFacts } from '../../policy/compile';
import { diffRuleSets } from '../../policy/diff';
import { checkFacts } from '../../policy/facts/check';
import type { FactDocument } from '../../policy/facts/types';
import { compileRuleSet, hashRuleSet } from '../../policy/ruleset';
import type { Fault, Json, PolicyDocument } from '../../policy/types';
import { readDocument } from '../../policy/check-shape';
import { HOSTILE, pathsOf, withHostile } from '../support/hostile';
import { shippedRules } from '../support/rule-files';

const files = shippedRules();
const shipped = (name: string): Record<string, unknown> =>
  JSON.parse(files.facts!.find((f) => f.file === `${name}.json`)!.text) as Record<string, unknown>;
const check = (document: object, file = `${(document as { fact: string }).fact}.json`): Fault[] =>
  checkFacts([{ file, text: JSON.stringify(document) }], POINTS, FACT_POINTS).faults;

const LOOKUP = {
  fact: 'district',
  kind: 'lookup',
  meaning: { en: 'The district of the school', de: 'Der Bezirk der Schule' },
  example: 'north',
  points: ['charge'],
  table: 'schools.csv',
  column: 'district',
  of: 'student',
  key: 'externalId',
  type: 'enum',
  values: ['north', 'south'],
};
const HOURS = { ...shipped('beforeElevenOnTheDay'), gives: 'left', example: '2h', hours: '8h', open: { days: ['mon'], from: '09:00', to: '17:00' } };
const deadline = (edit: object): object => {
  const { clock: _clock, daysBefore: _days, ...rest } = HOURS as Record<string, unknown>;
  return { ...rest, ...edit };
};

test('the example has no fault', () => {
  const at = path.join(__dirname, '../../examples/facts/schoolDistrict.json');
  expect(check(JSON.parse(readFileSync(at, 'utf8')) as object)).toEqual([]);
});

test('the shipped facts and one of each other kind have no fault', () => {
  expect(checkFacts(files.facts!, POINTS, FACT_POINTS).faults).toEqual([]);
  expect([LOOKUP, deadline({}), deadline({ hours: undefined, open: undefined, dayOfMonth: 31, clock: '18:00' })].flatMap((d) => check(d))).toEqual(
    [],
  );
  const { zone: _, ...lead } = deadline({ hours: undefined, open: undefined, lead: '24h' }) as Record<string, unknown>;
  expect(check(lead)).toEqual([]);
});

const counter = (edit: object): object => ({ ...shipped('lateCancelsThisTerm'), ...edit });
test.each<[string, object, Partial<Fault>]>([
  ['an event that is none', counter({ count: 'cancelation' }), { path: '/count', code: 'wrong-value', suggestion: 'cancellation' }],
  ['a window that is none', counter({ window: 'terms' }), { path: '/window', code: 'wrong-value' }],
  ['a window of hours', counter({ window: '48h' }), { path: '/window' }],
  ['a window of no days', counter({ window: '0d' }), { path: '/window' }],
  ['a school year without its first day', counter({ window: 'schoolYear' }), { path: '/yearFrom', code: 'missing-field' }],
  ['a school year from a day that not each year has', counter({ window: 'schoolYear', yearFrom: '02-29' }), { path: '/yearFrom' }],
  ['a first day of a term', counter({ yearFrom: '09-01' }), { path: '/yearFrom', code: 'unknown-field' }],
  ['no unit', counter({ unit: undefined }), { path: '/unit', code: 'missing-field' }],
  ['a unit that is a number', counter({ unit: 4 }), { path: '/unit' }],
  ['a unit of a yes or no', { ...shipped('beforeElevenOnTheDay'), unit: 'minutes' }, { path: '/unit', code: 'unknown-field' }],
  ['no German meaning', counter({ meaning: { en: 'x' } }), { path: '/meaning/de', code: 'missing-field' }],
  ['an example of another kind', counter({ example: 'two' }), { path: '/example', code: 'wrong-value' }],
  ['less than none', counter({ example: -1 }), { path: '/example' }],
  ['the name of a built-in fact', counter({ fact: 'strikesThisTerm' }), { path: '/fact', code: 'duplicate-id' }],
  ['the name of a fact of another point', counter({ fact: 'claims' }), { path: '/fact', code: 'duplicate-id' }],
  ['a name that reaches into the program', counter({ fact: '__proto__x' }), { path: '/fact', code: 'wrong-value' }],
  ['a point that is none', counter({ points: ['chang'] }), { path: '/points/0', code: 'unknown-point', suggestion: 'change' }],
  ['a point that cannot have one', counter({ points: ['admission'] }), { path: '/points/0', code: 'other-point' }],
  ['a deadline where it is always over', { ...shipped('beforeElevenOnTheDay'), points: ['charge'] }, { path: '/points/0', code: 'other-point' }],
  ['no point', counter({ points: [] }), { path: '/points' }],
  ['a field that is none', counter({ wher: {} }), { path: '/wher', code: 'unknown-field', suggestion: 'where' }],
  ['a filter that it cannot have', counter({ count: 'no-show' }), { path: '/where/notice', code: 'unknown-field' }],
  ['a filter without a unit', counter({ where: { notice: { to: 24 } } }), { path: '/where/notice/to', code: 'wrong-value' }],
  ['a share of more than all', counter({ where: { share: { from: 101 } } }), { path: '/where/share/from' }],
  ['a range that nothing lies in', counter({ where: { share: { from: 50, to: 10 } } }), { path: '/where/share' }],
  ['a status in which nothing is changed', counter({ where: { status: ['settled'] } }), { path: '/where/status/0' }],
  ['an instructor who is charged', counter({ count: 'charge', of: 'instructor', where: undefined }), { path: '/of' }],
  ['a fact that names another', counter({ where: { var: 'strikesThisTerm' } }), { path: '/where/var', code: 'unknown-field' }],
  ['a kind that is none', counter({ kind: 'count' }), { path: '/kind', suggestion: 'counter' }],
  ['a deadline in two ways', deadline({ lead: '24h' }), { path: '', code: 'wrong-shape' }],
  ['a deadline in no way', deadline({ hours: undefined, open: undefined }), { path: '', code: 'missing-field' }],
  ['a clock time that is none', { ...shipped('beforeElevenOnTheDay'), clock: '25:00' }, { path: '/clock', code: 'wrong-value' }],
  ['on nobody’s clock', { ...shipped('beforeElevenOnTheDay'), zone: undefined }, { path: '/zone', code: 'missing-field' }],
  ['business hours that end before they begin', deadline({ open: { days: ['mon'], from: '17:00', to: '09:00' } }), { path: '/open' }],
  ['more business hours than a year has', deadline({ hours: '8000h' }), { path: '/hours' }],
  ['a table that is a path', { ...LOOKUP, table: '../schools.csv' }, { path: '/table', code: 'wrong-value' }],
  ['a key that a person has not', { ...LOOKUP, key: 'phone' }, { path: '/key', code: 'wrong-value' }],
  ['an enum without values', { ...LOOKUP, values: undefined }, { path: '/values', code: 'missing-field' }],
  ['an example that the enum has not', { ...LOOKUP, example: 'west' }, { path: '/example', code: 'wrong-value' }],
])('%s is refused at its place, with a remedy', (_name, document, fault) => {
  const faults = check(document);
  expect(faults).toContainEqual(expect.objectContaining(fault));
  expect(faults.every((f) => f.suggestion !== '' && f.message !== '')).toBe(true);
});

test('hostile values anywhere in a document are faults, never an exception and never a fact', () => {
  for (const document of [shipped('lateCancelsThisTerm'), deadline({}), LOOKUP])
    for (const path of pathsOf(document as never))
      for (const [name, value] of Object.entries(HOSTILE)) {
        const file = `${String((document as { fact: unknown }).fact)}.json`;
        const { faults, facts } = checkFacts([{ file, text: withHostile(document as never, path, value) }], POINTS, FACT_POINTS);
        // What is taken all the same is bound to a statement as it stands: nothing in it may be refused by the database.
        expect([path, name, faults.length + facts.length > 0, JSON.stringify(facts).match(/\\u0000|\\ud800/)]).toEqual([path, name, true, null]);
      }
});

/** The shipped set with a policy of changes that names a declared fact. */
function naming(condition: object): { files: ReturnType<typeof shippedRules>; faults: Fault[] } {
  const edited = shippedRules();
  const policy = edited.policies.find((p) => p.file === 'change.json')!;
  const document = JSON.parse(policy.text) as PolicyDocument;
  Object.assign(document.examples.base, { lateCancelsThisTerm: 0, beforeElevenOnTheDay: false });
  document.rules.push({ id: 'too-often', when: condition as never, then: { verdict: 'hold', chargePercent: 0 } });
  policy.text = JSON.stringify(document);
  return { files: edited, faults: checkRuleFiles(edited) };
}

test('a policy that names a declared fact is checked by its type and unit', () => {
  const often = { '>=': [{ var: 'lateCancelsThisTerm' }, 3] };
  expect(naming(often).faults).toEqual([]);
  expect(naming({ var: 'beforeElevenOnTheDay' }).faults).toEqual([]);
  expect(naming({ '>=': [{ var: 'lateCancelsThisTerm' }, '3d'] }).faults).toContainEqual(expect.objectContaining({ code: 'unit-clash' }));
  expect(naming({ var: 'lateCancelsThisTerm' }).faults).toContainEqual(expect.objectContaining({ code: 'wrong-type' }));
  expect(naming({ '>=': [{ var: 'lateCancelsThisTrm' }, 3] }).faults).toContainEqual(
    expect.objectContaining({ code: 'unknown-fact', suggestion: 'lateCancelsThisTerm' }),
  );
  const { files: set } = naming(often);
  expect(checkRuleFiles({ ...set, facts: [] })).toContainEqual(expect.objectContaining({ code: 'unknown-fact' }));
  const change = compileRuleSet(set, POINTS).policies.find((p) => p.file === 'change.json')!;
  expect(change.declared.map((f) => f.fact)).toEqual(['lateCancelsThisTerm']);
});

test('as shipped no policy names a declared fact, so nothing is read for one', () => {
  const set = compileRuleSet(files, POINTS);
  expect(set.facts.map((f) => f.fact).sort()).toEqual(files.facts!.map((f) => f.file.replace('.json', '')).sort());
  expect(set.policies.flatMap((p) => p.declared)).toEqual([]);
});

test('facts belong to the set: they change its hash, and a difference is told by name; a set from before there were any keeps its hash', () => {
  const { facts, automations: _automations, ...before } = files;
  const edit = (from: string, to: string): typeof files => ({
    ...files,
    facts: facts!.map((f) => (f.file === 'lateCancelsThisTerm.json' ? { ...f, text: f.text.replace(from, to) } : f)),
  });
  const days = edit('"window": "term"', '"window": "90d"');
  expect(hashRuleSet(days)).not.toBe(hashRuleSet(files));
  const sorted = (list: readonly { file: string; text: string }[]): string[][] =>
    list.map((f) => [f.file, f.text]).sort(([a], [b]) => (a! < b! ? -1 : 1));
  const asBefore = JSON.stringify([before.policies, before.messages, before.inbound!].map(sorted));
  expect(hashRuleSet(before)).toBe(createHash('sha256').update(asBefore).digest('hex'));
  expect(new Set(diffRuleSets(files, days).map((d) => d.words))).toEqual(new Set(['lateCancelsThisTerm: window term → 90 days']));
  expect(diffRuleSets(files, days).map((d) => d.binding)).toEqual(['booked', 'current']);
  expect(diffRuleSets(files, edit('"to": "24h"', '"to": "48h"')).map((d) => d.words)).toContain(
    'lateCancelsThisTerm: where notice to 1 day → 2 days',
  );
  expect(new Set(diffRuleSets(before, files).map((d) => d.words))).toContain('makeUpsThisTerm: fact added');
  expect(diffRuleSets(files, before)).toEqual([]);
});

test('a back-test judges by the recorded value, unless the fact is declared otherwise by now', () => {
  const { files: set } = naming({ '>=': [{ var: 'lateCancelsThisTerm' }, 3] });
  const live = compileRuleSet(set, POINTS);
  const edited = (from: string, to: string): ReturnType<typeof compileRuleSet> =>
    compileRuleSet({ ...set, facts: set.facts!.map((f) => ({ ...f, text: f.text.replaceAll(from, to) })) }, POINTS);
  const facts = {
    ...compileFacts(
      live.policies.find((p) => p.file === 'change.json')!,
      { notice: '60h' },
    ),
    kind: 'reassign',
    by: 'admin',
    isTrial: false,
  };
  const labels = { programme: null, branch: null, subject: null };
  const recorded = {
    id: 'd',
    sessionId: 's',
    point: 'change',
    policyHash: '',
    rule: 'too-often',
    outcome: { verdict: 'hold', chargePercent: 0 },
    missing: [],
    asOf: new Date(0),
    ...labels,
  };
  const judged = (draft: typeof live, count: number): string =>
    new Judge(draft, live.facts).judge({ ...recorded, facts: { ...facts, status: 'booked', lateCancelsThisTerm: count } }).end;
  expect([judged(live, 3), judged(live, 2)]).toEqual(['same', 'differs']);
  expect(judged(edited('"window": "term"', '"window": "90d"'), 3)).toBe('unjudged');
  // Another word for it is no other count.
  expect(judged(edited('How many lessons', 'The number of lessons'), 3)).toBe('same');
});

test('what is no JSON, or names a thing twice, is refused as anywhere', () => {
  expect(readDocument('{"fact": "x", "fact": "y"}')).toHaveProperty('faults');
  const twice = checkFacts(
    ['a.json', 'lateCancelsThisTerm.json'].map((file) => ({ file, text: JSON.stringify(shipped('lateCancelsThisTerm') as unknown as FactDocument) })),
    POINTS,
    FACT_POINTS,
  ).faults;
  expect(twice.map((f) => [f.file, f.code])).toEqual([
    ['a.json', 'wrong-name'],
    ['lateCancelsThisTerm.json', 'duplicate-id'],
  ]);
});

test.each<[string, object, Json[], Json]>([
  ['who has most', { kind: 'counter' }, [1, 3, 2], 3],
  ['nobody has any', { kind: 'counter' }, [], 0],
  ['it is not over for one of them', { kind: 'deadline', gives: 'before' }, [false, true], true],
  ['it is over for each', { kind: 'deadline', gives: 'before' }, [false, false], false],
  ['the one who has most time', { kind: 'deadline', gives: 'left' }, [-60_000, 60_000], 60_000],
  ['the same for each', { kind: 'lookup' }, ['north', 'north'], 'north'],
  ['not the same', { kind: 'lookup' }, ['north', 'south'], null],
  ['of one it is not known', { kind: 'lookup' }, ['north', null], null],
  ['there is nobody', { kind: 'lookup' }, [], null],
])('of several people: %s', (_name, fact, values, value) => {
  expect(
    together(
      fact as FactDocument,
      values.map((v) => ({ value: v })),
    ),
  ).toBe(value);
});
