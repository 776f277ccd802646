import { checkPolicies } from '../../policy/check';
import { faultsOf, faultsOfThen, faultsOfWhen, fileOf, policy, POINTS } from './invented';

test('a misspelt fact names file, rule, path and the name that was meant', () =>
  expect(faultsOfWhen({ '>=': [{ var: 'lateBye' }, '15m'] })).toEqual([
    {
      code: 'unknown-fact',
      file: 'x.json',
      rule: 'probe',
      path: '/rules/3/when/>=/0/var',
      message: '"lateBye" is not a fact or parameter here',
      suggestion: 'lateBy',
    },
  ]));
test('a misspelt parameter too', () =>
  expect(faultsOfWhen({ '<': [{ var: 'lateBy' }, { var: 'params.grase' }] })[0]!.suggestion).toBe('params.grace'));
test('a misspelt value of a choice too', () => expect(faultsOfWhen({ '==': [{ var: 'programme' }, 'scool'] })[0]!.suggestion).toBe('school'));
test('a misspelt outcome field and value too', () => {
  expect(faultsOf((d) => (d.rules[2].then = { verdikt: 'no-show', verdict: 'no-show', next: 'close' }))[0]).toMatchObject({
    path: '/rules/2/then/verdikt',
    suggestion: 'verdict',
  });
  expect(faultsOfThen({ verdict: 'no-shw' })[0]).toMatchObject({ path: '/rules/3/then/verdict', suggestion: 'no-show' });
});
test('a duration without its unit is told how to write it', () => expect(faultsOfThen({ again: 5 })[0]!.suggestion).toContain('"15m"'));
test('every fault is told, not just the first', () => {
  const faults = faultsOf((d) => {
    d.titel = d.title;
    delete d.title;
    d.rules[0].when = { var: 'nothing' };
    d.rules[1].when = { bogus: [1] };
    d.rules[2].then.next = 'shut';
  });
  expect(faults.map((f) => f.path)).toEqual(expect.arrayContaining(['/titel', '/title', '/rules/0/when/var', '/rules/1/when', '/rules/2/then/next']));
});

test.each([
  ['an unknown decision point', (d) => (d.policy = 'no-show.studnt'), '/policy'],
  ['a missing title', (d) => delete d.title, '/title'],
  ['a missing description', (d) => delete d.description, '/description'],
  ['another binding', (d) => (d.binding = 'booked'), '/binding'],
  ['another hit policy', (d) => (d.hit = 'collect'), '/hit'],
  ['an unknown label', (d) => (d.appliesTo = { program: 'music' }), '/appliesTo/program'],
  ['no otherwise', (d) => delete d.otherwise, '/otherwise'],
  ['an otherwise of nothing', (d) => (d.otherwise = null), '/otherwise'],
  ['no onMissing', (d) => delete d.onMissing, '/onMissing'],
  ['an onMissing that needs a fact', (d) => (d.onMissing.again = { calc: { var: 'lateBy' } }), '/onMissing/again/calc/var'],
  ['an outcome field left out', (d) => delete d.rules[2].then.next, '/rules/2/then/next'],
  ['an id that is not kebab-case', (d) => (d.rules[0].id = 'RoomWasDown'), '/rules/0/id'],
  ['an id twice', (d) => (d.rules[1].id = 'room-was-down'), '/rules/1/id'],
  ['a parameter that nothing uses', (d) => (d.params.spare = '5m'), '/params/spare'],
  [
    'a parameter that its fact cannot have',
    (d) => {
      d.params.which = 'scool';
      d.rules[0].when = { '==': [{ var: 'programme' }, { var: 'params.which' }] };
    },
    '/rules/0/when/==/1',
  ],
  [
    'a parameter above 100 percent',
    (d) => {
      d.params.most = 140;
      d.rules[0].when = { '<': [{ var: 'share' }, { var: 'params.most' }] };
    },
    '/rules/0/when/</1',
  ],
  ['a rule that always applies above others', (d) => (d.rules[0].when = true), '/rules/0'],
  ['a reason that is no text', (d) => (d.rules[0].say = { en: 5 }), '/rules/0/say/en'],
  ['a locale that is none', (d) => (d.rules[0].say = { English: 'x' }), '/rules/0/say/English'],
  ['no examples', (d) => delete d.examples, '/examples'],
  ['no case', (d) => (d.examples.cases = []), '/examples'],
  ['an unknown fact in an example', (d) => (d.examples.base.lateBye = '1m'), '/examples/base/lateBye'],
  ['a fact of another type in an example', (d) => (d.examples.cases[0].given.lateBy = 16), '/examples/cases/0/given/lateBy'],
  ['an expectation of nothing', (d) => (d.examples.cases[0].expect = {}), '/examples/cases/0/expect'],
  ['an expectation of an unknown field', (d) => (d.examples.cases[0].expect = { verdikt: 'no-show' }), '/examples/cases/0/expect/verdikt'],
  ['two cases of one id', (d) => d.examples.cases.push(d.examples.cases[0]), '/examples/cases/1/id'],
] as [string, (d: ReturnType<typeof policy>) => unknown, string][])('finds %s', (_name, edit, path) => {
  expect(faultsOf((d) => void edit(d)).map((f) => f.path)).toContain(path);
});

test('a number parameter takes the unit of what it meets', () =>
  expect(
    faultsOf((d) => {
      d.params.most = 40;
      d.examples.base.share = 50;
      d.rules[0].when = { '<': [{ var: 'share' }, { var: 'params.most' }] };
    }),
  ).toEqual([]));

test('an example that fails shows what was expected, what came, and by which rule', () => {
  const [fault, ...more] = faultsOf((d) => (d.examples.cases[0].expect = { verdict: 'waiting', again: '5m' }));
  expect(more).toEqual([]);
  expect(fault).toMatchObject({ path: '/examples/cases/0' });
  expect(fault!.message).toBe(
    'example "sixteen minutes" expects verdict waiting, again 5 minutes, and gets verdict no-show, next close by rule "past-grace"',
  );
});
test('an example may take a fact away', () =>
  expect(faultsOf((d) => d.examples.cases.push({ id: 'late by?', given: { lateBy: null }, expect: { next: 'hold' } }))).toEqual([]));

describe('documents side by side', () => {
  const labelled = (file: string, appliesTo?: Record<string, string>) => ({ ...fileOf({ ...policy(), ...(appliesTo ? { appliesTo } : {}) }), file });
  const messages = (...documents: ReturnType<typeof labelled>[]): string[] =>
    checkPolicies(documents, POINTS).faults.map((f) => `${f.file}: ${f.message}`);
  test('two for the same labels are a fault', () =>
    expect(messages(labelled('a.json'), labelled('b.json'))).toEqual([expect.stringMatching(/^b.json: .*a.json/)]));
  test('a general and a special one are none', () => expect(messages(labelled('a.json'), labelled('b.json', { programme: 'music' }))).toEqual([]));
  test('one for a programme and one for a branch are a fault, until one names both', () => {
    const [programme, branch] = [labelled('p.json', { programme: 'music' }), labelled('b.json', { branch: 'north' })];
    expect(messages(programme, branch)).toEqual([expect.stringContaining('just as well by p.json')]);
    expect(messages(programme, branch, labelled('pb.json', { programme: 'music', branch: 'north' }))).toEqual([]);
  });
});
