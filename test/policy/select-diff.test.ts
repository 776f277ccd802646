import { checkPolicies } from '../../policy/check';
import { apart, diffRuleSets } from '../../policy/diff';
import { evaluate } from '../../policy/evaluate';
import { compileRuleSet, hashRuleSet } from '../../policy/ruleset';
import { selectPolicy } from '../../policy/select';
import { fileOf, policy, POINTS } from './invented';

const doc = (file: string, appliesTo?: Record<string, string>) => ({ ...fileOf({ ...policy(), ...(appliesTo ? { appliesTo } : {}) }), file });
const compiledOf = (...documents: ReturnType<typeof doc>[]) => documents.flatMap((d) => checkPolicies([d], POINTS).policies);
const three = compiledOf(
  doc('all.json'),
  doc('music.json', { programme: 'music' }),
  doc('music-north.json', { programme: 'music', branch: 'north' }),
  doc('piano.json', { programme: 'music', branch: 'north', subject: 'Piano' }),
  doc('maths.json', { branch: 'west', subject: 'Maths' }),
);

test.each([
  ['music', 'north', null, 'music-north.json'],
  ['music', 'north', 'Violin', 'music-north.json'],
  ['music', 'north', ' piano', 'piano.json'],
  ['music', 'south', 'Piano', 'music.json'],
  ['music', null, null, 'music.json'],
  ['school', 'north', 'Piano', 'all.json'],
  ['school', 'west', 'maths', 'maths.json'],
  ['school', null, 'Maths', 'all.json'],
  [null, null, null, 'all.json'],
])('programme %s, branch %s and subject %s get %s', (programme, branch, subject, file) =>
  expect(selectPolicy(three, 'no-show.student', { programme, branch, subject }).file).toBe(file),
);
const NONE = { programme: null, branch: null, subject: null };
test('no document is an error', () => expect(() => selectPolicy(three, 'owed', NONE)).toThrow('owed'));

test.each<[string, Record<string, string>[], string | null]>([
  ['a programme and a branch', [{ programme: 'music' }, { branch: 'north' }], 'just as well'],
  ['a subject and a branch', [{ subject: 'Piano' }, { branch: 'north' }], 'just as well'],
  [
    'two pairs that meet',
    [
      { programme: 'music', branch: 'north' },
      { programme: 'music', subject: 'Piano' },
    ],
    'just as well',
  ],
  ['the same, spelt otherwise', [{ subject: 'Piano' }, { subject: 'piano ' }], 'the same sessions'],
  ['a programme, a branch, and both', [{ programme: 'music' }, { branch: 'north' }, { programme: 'music', branch: 'north' }], null],
  [
    'pairs and all three',
    [
      { programme: 'music', branch: 'north' },
      { branch: 'north', subject: 'Piano' },
      { programme: 'music', branch: 'north', subject: 'Piano' },
    ],
    null,
  ],
  ['two programmes', [{ programme: 'music' }, { programme: 'school' }], null],
  ['one label and two of the same', [{ programme: 'music' }, { programme: 'music', branch: 'north' }], null],
])('%s: a tie is refused, and what no session can tie in is not', (_name, labels, message) => {
  const { faults } = checkPolicies(
    labels.map((l, i) => doc(`${i}.json`, l)),
    POINTS,
  );
  if (message === null) expect(faults).toEqual([]);
  else
    expect(faults).toEqual([
      expect.objectContaining({ code: 'same-sessions', path: '/appliesTo', message: expect.stringContaining(message) as string }),
    ]);
});
test('two that fit equally well are an error that names both, whatever their order', () => {
  const two = compiledOf(doc('p.json', { programme: 'music' }), doc('b.json', { branch: 'north' }));
  for (const policies of [two, [...two].reverse()])
    expect(() => selectPolicy(policies, 'no-show.student', { ...NONE, programme: 'music', branch: 'north' })).toThrow(
      /(p.json.*b.json|b.json.*p.json)/,
    );
});

const set = (edit: (d: ReturnType<typeof policy>) => unknown = () => undefined, messages = [{ file: 'm.md', text: 'Hello' }]) => {
  const d = policy();
  edit(d);
  return { policies: [fileOf(d)], messages };
};
const words = (edit: (d: ReturnType<typeof policy>) => unknown): string[] => diffRuleSets(set(), set(edit)).map((d) => d.words);

test('equal sets have no difference', () => expect(diffRuleSets(set(), set())).toEqual([]));
test('a changed parameter is told with both values and its path', () =>
  expect(
    diffRuleSets(
      set(),
      set((d) => (d.params.grace = '20m')),
    ),
  ).toEqual([
    { file: 'x.json', policy: 'no-show.student', path: '/params/grace', binding: 'current', words: 'no-show.student: grace 15 → 20 minutes' },
  ]));
test.each([
  ['15m', '20m', '15 → 20 minutes'],
  ['15m', '1m', '15 minutes → 1 minute'],
  ['15m', '1h', '15 minutes → 1 hour'],
  ['1m', '0m', '1 minute → no time'],
  ['1d', '36h', '1 day → 36 hours'],
])('a duration of %s that becomes %s is told as %s', (from, to, told) => {
  const of = (grace: string) => set((d) => (d.params.grace = grace));
  expect(diffRuleSets(of(from), of(to)).map((d) => d.words)).toEqual([`no-show.student: grace ${told}`]);
});
test('what a difference reaches is told apart', () => {
  const both = (share: number, text: string) => {
    const change = { policy: 'change', binding: 'booked', hit: 'first', params: { share }, rules: [], examples: { base: {}, cases: [] } };
    return { policies: [...set().policies, { file: 'change.json', text: JSON.stringify(change) }], messages: [{ file: 'm.md', text }] };
  };
  expect(apart(diffRuleSets(both(50, 'Hello'), both(80, 'Goodbye')))).toEqual({
    booked: ['change: share 50 → 80'],
    current: ['message m.md changed'],
  });
});
test('a removed and an added rule are told', () => {
  expect(words((d) => d.rules.splice(1, 1))).toEqual(['no-show.student: rule trial-grace removed']);
  expect(words((d) => d.rules.push({ ...d.rules[0], id: 'late' }))).toEqual(['no-show.student: rule late added']);
});
test('a changed order of rules is told, since the first true one decides', () =>
  expect(words((d) => d.rules.reverse())).toEqual([
    'no-show.student: order of the rules room-was-down, trial-grace, past-grace → past-grace, trial-grace, room-was-down',
  ]));
test('a changed condition is told in words, before and after', () =>
  expect(words((d) => (d.rules[2].when = { '>': [{ var: 'lateBy' }, { var: 'params.trialGrace' }] }))).toEqual([
    'no-show.student: rule past-grace when late by is at least grace → late by is more than trial grace',
  ]));
test('a changed computed value and a changed example are told in words', () => {
  expect(words((d) => (d.rules[1].then.again = { calc: { '*': [{ var: 'params.nudgeEvery' }, 2] } }))).toEqual([
    'no-show.student: rule trial-grace then again nudge every → nudge every * 2',
  ]);
  expect(words((d) => (d.examples.cases[0].given.lateBy = '17m'))).toEqual([
    'no-show.student: example “sixteen minutes” given lateBy 16 → 17 minutes',
  ]);
});
test('a changed message is told', () =>
  expect(diffRuleSets(set(), set(undefined, [{ file: 'm.md', text: 'Goodbye' }])).map((d) => d.words)).toEqual(['message m.md changed']));

test('the hash of a set depends on its texts, not on the order of its files', () => {
  const [a, b] = [
    { file: 'a', text: '1' },
    { file: 'b', text: '2' },
  ];
  expect(hashRuleSet({ policies: [a, b], messages: [] })).toBe(hashRuleSet({ policies: [b, a], messages: [] }));
  expect(hashRuleSet({ policies: [a], messages: [] })).not.toBe(hashRuleSet({ policies: [{ ...a, text: '3' }], messages: [] }));
  expect(hashRuleSet({ policies: [a], messages: [] })).not.toBe(hashRuleSet({ policies: [], messages: [a] }));
});
test('a set is compiled once', () => expect(compileRuleSet(set(), POINTS)).toBe(compileRuleSet(set(), POINTS)));

describe('a published set', () => {
  const stricter = (edit: (d: ReturnType<typeof policy>) => unknown) => {
    const content = set(edit);
    expect(checkPolicies(content.policies, POINTS).faults).not.toEqual([]);
    return content;
  };
  test.each<[string, (d: ReturnType<typeof policy>) => unknown]>([
    ['a parameter that nothing uses', (d) => (d.params.spare = '5m')],
    ['a document without its description', (d) => delete d.description],
    ['an outcome that leaves out a field demanded since', (d) => delete d.rules[2].then.next],
    ['an example that no longer holds', (d) => (d.examples.cases[0].expect = { verdict: 'waiting' })],
    ['a fact that is no longer declared', (d) => (d.rules[0].when = { var: 'gone' })],
    ['no examples', (d) => (d.examples = undefined)],
  ])('with %s loads all the same, and decides as it did', (_name, edit) => {
    const loaded = compileRuleSet(stricter(edit), POINTS).policies[0]!;
    const facts = { incidentOverlapped: false, gone: false, isTrial: false, lateBy: 16 * 60_000 };
    expect(evaluate(loaded, facts)).toMatchObject({ rule: 'past-grace', outcome: { verdict: 'no-show' } });
  });
  test.each<[string, string, string]>([
    ['text that is not JSON', '{', 'JSON'],
    ['an operator that there is not', JSON.stringify({ ...policy(), otherwise: { verdict: { calc: { cat: ['a'] } } } }), 'cat'],
    ['a decision point that there is not', JSON.stringify({ ...policy(), policy: 'no-shw' }), 'no-shw'],
  ])('with %s does not, and says which file and why', (_name, text, why) => {
    const load = () => compileRuleSet({ policies: [{ file: 'x.json', text }], messages: [] }, POINTS);
    expect(load).toThrow(/cannot be loaded: x.json: /);
    expect(load).toThrow(why);
  });
});
