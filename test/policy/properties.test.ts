import { tryProperties } from '../../policy/check-properties';
import { coverageOf } from '../../policy/coverage';
import type { Json } from '../../policy/types';
import { compiled, faultsOf, owed, policy } from './invented';

interface Draft {
  params: Record<string, Json>;
  rules: Json[];
  properties?: Json[];
}
const then = (verdict: string, charge: number): Json => ({ verdict, next: 'close', charge });
/** Charges by how late somebody is: ten percent, then fifty, then a hundred; and nothing for trials. */
const charging = (): Draft =>
  ({
    ...(policy() as object),
    params: { grace: '15m', late: '20m' },
    rules: [
      { id: 'trial', when: { var: 'isTrial' }, then: then('waiting', 0) },
      { id: 'a-bit', when: { '<': [{ var: 'lateBy' }, { var: 'params.grace' }] }, then: then('waiting', 10) },
      { id: 'much', when: { '>=': [{ var: 'lateBy' }, { var: 'params.late' }] }, then: then('no-show', 100) },
    ],
    otherwise: then('no-show', 50),
    examples: { base: { lateBy: '0m', isTrial: false }, cases: [{ id: 'at once', given: {}, expect: { verdict: 'waiting' } }] },
  }) as never;
const LESS = { id: 'less', title: 'Being less late never costs more', as: { lateBy: 'falls' }, never: { charge: 'rises' } };
const TRIAL = { id: 'trial', title: 'A trial is never charged', when: { var: 'isTrial' }, always: { '==': [{ var: 'outcome.charge' }, 0] } };
const withProperties = (properties: Json[], edit: (d: Draft) => unknown = () => undefined) =>
  faultsOf((d: Draft) => void (edit(d), (d.properties = properties)), charging);

test('properties that hold are no fault', () => expect(withProperties([LESS, TRIAL])).toEqual([]));

test.each<[string, Json, (d: Draft) => void, RegExp]>([
  [
    'a share at a threshold',
    LESS,
    (d) => (d.rules[2] = { id: 'much', when: { '>=': [{ var: 'lateBy' }, { var: 'params.late' }] }, then: then('no-show', 5) }),
    /late by 20 minutes gives charge 5 % .* and late by 19 min 59 s gives charge 50 %/,
  ],
  [
    'a share below a threshold',
    LESS,
    (d) => ((d.rules[1] as { then: Json }).then = then('waiting', 70)),
    /late by 15 minutes gives charge 50 .* late by 14 min 59 s gives charge 70/,
  ],
  ['a row that is moved below another', TRIAL, (d) => d.rules.push(d.rules.shift()!), /is trial yes, late by .* rule ".*" gives .*charge [15]/],
  [
    'what onMissing declares',
    { ...TRIAL, when: { '!': [{ var: 'isTrial' }] }, always: { '>': [{ var: 'outcome.charge' }, 0] } },
    () => undefined,
    /late by not known rule "onMissing"/,
  ],
  [
    'a field that is left out',
    { ...TRIAL, always: { '<=': [{ var: 'outcome.again' }, '1h'] } },
    () => undefined,
    /gives verdict waiting, next close, charge 0/,
  ],
])('%s breaks a property, and the situation is named', (_name, property, edit, message) => {
  const faults = withProperties([property], edit);
  expect(faults).toEqual([
    expect.objectContaining({ code: 'property-broken', path: '/properties/0', message: expect.stringMatching(message) as string }),
  ]);
});

test.each<[string, object, string, string]>([
  ['no id', { ...TRIAL, id: undefined }, 'wrong-value', '/properties/0/id'],
  ['no sentence', { ...TRIAL, title: ' ' }, 'missing-field', '/properties/0/title'],
  ['nothing that it says', { id: 'x', title: 'x' }, 'wrong-shape', '/properties/0'],
  ['two things at once', { ...TRIAL, ...LESS }, 'wrong-shape', '/properties/0'],
  ['a field that means nothing', { ...TRIAL, wenn: true }, 'unknown-field', '/properties/0/wenn'],
  ['a fact that is none', { ...TRIAL, when: { var: 'isTrail' } }, 'unknown-fact', '/properties/0/when/var'],
  ['an outcome in a situation', { ...TRIAL, when: { '==': [{ var: 'outcome.charge' }, 0] } }, 'unknown-fact', '/properties/0/when/==/0/var'],
  ['an outcome that is none', { ...TRIAL, always: { '==': [{ var: 'outcome.chrge' }, 0] } }, 'unknown-fact', '/properties/0/always/==/0/var'],
  ['a unit clash', { ...TRIAL, always: { '<': [{ var: 'outcome.again' }, 5] } }, 'unit-clash', '/properties/0/always/</1'],
  ['what does not rise', { ...LESS, as: { isTrial: 'rises' } }, 'unknown-fact', '/properties/0/as/isTrial'],
  ['a way that is none', { ...LESS, never: { charge: 'up' } }, 'wrong-value', '/properties/0/never/charge'],
  ['several outcomes where one is decided', { ...TRIAL, always: undefined, some: true }, 'misplaced', '/properties/0/some'],
  [
    'a situation that never is',
    { ...TRIAL, when: { and: [{ var: 'isTrial' }, { '!': [{ var: 'isTrial' }] }] } },
    'property-untried',
    '/properties/0',
  ],
])('a property with %s is refused', (_name, property, code, path) => {
  expect(withProperties([property as Json])).toContainEqual(expect.objectContaining({ code, path }));
});

test('of what is collected some is there, or each is so', () => {
  const check = (property: object, edit: (d: Draft) => unknown = () => undefined) =>
    faultsOf((d: Draft) => void (edit(d), (d.properties = [property as Json])), owed);
  const told = { id: 'told', title: 'Somebody is always told', some: true };
  expect(check(told)[0]).toMatchObject({
    code: 'property-broken',
    message: expect.stringMatching(/event cancelled, is trial no .*gives nothing/) as string,
  });
  expect(check(told, (d) => d.rules.push({ id: 'off', when: { '==': [{ var: 'event' }, 'cancelled'] }, then: { kind: 'note' } }))).toEqual([]);
  const welcome = {
    id: 'w',
    title: 'A welcome comes within the hour',
    always: { or: [{ '!=': [{ var: 'outcome.kind' }, 'welcome'] }, { '<=': [{ var: 'outcome.after' }, '1h'] }] },
  };
  expect(check(welcome)).toEqual([]);
  expect(check(welcome, (d) => ((d.rules[1] as { then: Json }).then = { kind: 'welcome', after: '2h' }))[0]).toMatchObject({
    code: 'property-broken',
  });
  expect(check({ ...told, some: undefined, as: { event: 'rises' }, never: { after: 'rises' } })).toContainEqual(
    expect.objectContaining({ code: 'misplaced' }),
  );
});

test('what no example reaches, what can never fire, gaps and overlaps are told, each with a situation', () => {
  const { unreached, dead, gaps, overlaps, isComplete } = coverageOf(
    compiled((d: Draft) => {
      d.rules.push({ id: 'hidden', when: { '>': [{ var: 'lateBy' }, '30m'] }, then: { verdict: 'undecided', next: 'hold' } });
      d.rules.push({
        id: 'never',
        when: { and: [{ '<': [{ var: 'lateBy' }, '1m'] }, { '>': [{ var: 'lateBy' }, '2m'] }] },
        then: { verdict: 'undecided', next: 'hold' },
      });
    }),
  );
  expect(isComplete).toBe(true);
  expect(unreached).toEqual(['room-was-down', 'trial-grace', 'hidden', 'never']);
  expect(dead).toEqual([
    { rule: 'hidden', why: expect.stringMatching(/^whenever it is true, a rule above it applies: with late by .* that is past-grace$/) as string },
    { rule: 'never', why: 'its condition is never true' },
  ]);
  expect(gaps).toContainEqual(expect.stringMatching(/incident overlapped no, is trial no, late by/));
  expect(overlaps).toContainEqual({
    first: 'trial-grace',
    second: 'past-grace',
    situation: expect.stringMatching(/is trial yes, late by 1[5-9]/) as string,
  });
});

test('a property that would take longer than may be spent on all of them is refused, not passed over', () => {
  const codes: string[] = [];
  const tried = (left: number): number => {
    const steps = { left };
    tryProperties(
      compiled((d: Draft) => (d.properties = [TRIAL, LESS]), charging),
      (code) => void codes.push(code),
      steps,
    );
    return left - steps.left;
  };
  expect(tried(30)).toBeLessThanOrEqual(30);
  expect(codes).toEqual(['too-costly', 'too-costly']);
  expect(tried(1_000)).toBeGreaterThan(30);
  expect(codes).toHaveLength(2);
});
