import { checkRuleFiles } from '../../commands/check-rules';
import { POINTS } from '../../decisions/points';
import { nearest } from '../../domain/nearest';
import { checkPolicies } from '../../policy/check';
import type { Fault, PolicyDocument } from '../../policy/types';
import { defaultRulesFolder, readRuleFiles } from '../../runtime/rule-files';
import { mutationsOf, type Mutation } from './mutations';

const shipped = readRuleFiles(defaultRulesFolder());
const read = (text: string): PolicyDocument => JSON.parse(text) as PolicyDocument;
const documents = shipped.policies.map((f) => [f.file, read(f.text)] as const);

/** Mutations that leave a good set of rules, each with its reason. */
const HARMLESS: [RegExp, string][] = [
  [/^delete \/params\/\w+$/, 'a parameter is found by whoever names it; one named by nobody is found by itself'],
  [/^delete \/rules\/\d+\/(description|say|say\/de)$/, 'a rule may go without a description, without a reason for families, and without German'],
  [/^delete \/rules\/\d+$/, 'a policy with one rule less is another policy, unless an example misses it'],
  [/^delete \/rules\/\d+\/then\/(fallback|collapse)$/, 'a message may have one channel, and need not collapse with others'],
  [/^delete \/examples\/base\/\w+$/, 'a fact that no rule looks at need not be in the base'],
  [/^delete \/examples\/cases\/\d+$/, 'a case less shows less'],
  [/^delete \/examples\/cases\/\d+\/expect(\/\d+)?\/\w+$/, 'an expectation of one field less asks less'],
  [/^delete \/examples\/cases\/\d+\/given\/.+$/, 'a case that takes a fact from the base may come to the same outcome'],
];
/** The same for one document. */
const HARMLESS_IN: Record<string, [string, string][]> = {
  'acknowledgement.json': [
    ['delete /examples/cases/5/expect/again/calc/min/1', 'as shipped, the first reminder is followed by another before the search'],
  ],
  'admission.json': [
    ['< for /rules/0/when/<=', 'a lesson that starts now is refused by the next rule, which asks for more notice'],
    ['delete /rules/13/then/holdFor/calc/min/0', 'at less than two hours the notice is always the shorter of the two'],
  ],
  'waitlist.json': [['delete /examples/base/notice/calc/+/1', 'the notice of the base may as well be the threshold itself']],
  'preparation.json': [['delete /onMissing/viabilityBefore', 'a policy without rules misses no fact']],
  'change.json': [
    ['delete /rules/6/when/and/0', 'cancellations at so short a notice are answered by the rules above'],
    ['delete /rules/2/when/and/1', 'other changes of a trial cost nothing either; families are only not told so'],
  ],
};
const isHarmless = (file: string, name: string): boolean =>
  HARMLESS.some(([pattern]) => pattern.test(name)) || (HARMLESS_IN[file] ?? []).some(([exact]) => exact === name);

/** The one document for speed; taking away whom it applies to is seen only beside the others. */
function check(file: string, m: Mutation): Fault[] {
  const mutated = { file, text: JSON.stringify(m.document) };
  if (m.path[0] !== 'appliesTo') return checkPolicies([mutated], POINTS).faults;
  return checkRuleFiles({ ...shipped, policies: shipped.policies.map((f) => (f.file === file ? mutated : f)) });
}

/** Whether some fault says the name that was meant, or another that is just as near to what stands there. */
function isSuggested(faults: Fault[], was: string): boolean {
  return faults.some((f) => f.suggestion === was || (was.length <= 3 && nearest(f.suggestion, [was]) !== null));
}

describe.each(documents)('%s', (file, document) => {
  test('every single mistake is found, with its file and its place; a misspelt name with the one that was meant', () => {
    const unfound: string[] = [];
    const withoutPlace: string[] = [];
    const withoutName: string[] = [];
    let count = 0;
    // Properties are tried with each check; what is wrong in them is found by itself, below.
    const rest = Object.fromEntries(Object.entries(document).filter(([part]) => part !== 'properties'));
    for (const m of mutationsOf(rest as never)) {
      count++;
      const faults = check(file, m);
      if (faults.length === 0) {
        if (!isHarmless(file, m.name)) unfound.push(m.name);
        continue;
      }
      // Two documents for the same sessions are a fault of either; the one that comes later names the other.
      const isHere = (f: Fault): boolean => f.path !== '' && (f.file === file || (f.path === '/appliesTo' && f.message.includes(file)));
      if (!faults.some(isHere) || faults.some((f) => f.message === '')) withoutPlace.push(m.name);
      if (m.was !== undefined && !isSuggested(faults, m.was)) withoutName.push(`${m.name}: ${JSON.stringify(faults)}`);
    }
    expect({ unfound, withoutPlace, withoutName }).toEqual({ unfound: [], withoutPlace: [], withoutName: [] });
    expect(count).toBeGreaterThan(100);
  });

  test('a misspelt name or a value of another kind in a property is found, with its place', () => {
    for (const m of mutationsOf(document as never))
      if (m.path[0] === 'properties' && m.path.length > 1 && (m.kind === 'rename' || m.kind === 'swap' || m.kind === 'second-key')) {
        const faults = check(file, m);
        expect({ mutation: m.name, places: faults.map((f) => f.path.split('/')[1]) }).toEqual({
          mutation: m.name,
          places: expect.arrayContaining(['properties']) as string[],
        });
        if (m.was !== undefined) expect([m.name, isSuggested(faults, m.was)]).toEqual([m.name, true]);
      }
  });

  test('every row, message and case that is misplaced is found', () => {
    const text = JSON.stringify(document);
    const broken: [string, PolicyDocument][] = [
      ['/policy', { ...document, policy: 'no-such-point' }],
      ['/params/aParameterOfNobody', { ...document, params: { ...document.params, aParameterOfNobody: '5m' } }],
      [
        `/examples/cases/${document.examples.cases.length}/id`,
        { ...document, examples: { ...document.examples, cases: [...document.examples.cases, document.examples.cases[0]!] } },
      ],
      ...document.rules
        .slice(0, 1)
        .map((rule): [string, PolicyDocument] => [`/rules/${document.rules.length}/id`, { ...document, rules: [...document.rules, rule] }]),
    ];
    for (const [path, doc] of broken) {
      const faults = checkPolicies([{ file, text: JSON.stringify(doc) }], POINTS).faults;
      expect(faults.map((f) => f.path)).toContain(path);
    }
    expect(text).not.toContain('no-such-point');
  });

  test('an example that expects something else is found, and both outcomes are told', () => {
    const spec = POINTS[document.policy]!;
    /** Another value that asks for no other field. */
    const otherOf = (outcome: Record<string, unknown>, field: string): string | undefined =>
      spec.outcome[field]?.values?.find(
        (v) =>
          v !== outcome[field] &&
          !(spec.demands ?? []).some((d) => d.field === field && d.values.includes(v) && d.needs.some((n) => !(n in outcome))),
      );
    document.examples.cases.forEach((c, i) => {
      const [first] = [c.expect].flat() as Record<string, unknown>[];
      const field = Object.keys(first!).find((f) => otherOf(first!, f) !== undefined);
      if (!field) return;
      const wrong = otherOf(first!, field)!;
      const cases = document.examples.cases.map((k, n) =>
        n !== i ? k : { ...k, expect: Array.isArray(k.expect) ? [{ ...first, [field]: wrong }, ...k.expect.slice(1)] : { ...first, [field]: wrong } },
      );
      const { faults } = checkPolicies([{ file, text: JSON.stringify({ ...document, examples: { ...document.examples, cases } }) }], POINTS);
      expect(faults.map((f) => f.path)).toEqual([`/examples/cases/${i}`]);
      expect(faults[0]!.message).toMatch(/expects .* and gets /);
    });
  });
});

const textOf = (file: string): string => shipped.policies.find((f) => f.file === file)!.text;
test.each(documents.map(([file]) => file))('%s: a text that is cut off, empty or no JSON is found, with line and column', (file) => {
  const text = textOf(file).trimEnd();
  for (const broken of [
    '',
    ' ',
    text.slice(0, -1),
    text.slice(0, text.length / 2),
    `${text}}`,
    `${text},`,
    text.replace(',', ''),
    text.replace('"', ''),
    'null',
    '[]',
    '"text"',
    '5',
  ]) {
    const { faults } = checkPolicies([{ file, text: broken }], POINTS);
    expect(faults[0]).toMatchObject({ file, message: expect.stringMatching(/line \d+, column \d+|is an object/) as string });
  }
});

test.each(documents.map(([file]) => file))('%s: a key that stands twice in one object is found, with line and column', (file) => {
  const text = textOf(file);
  for (const key of new Set(text.match(/"[A-Za-z]+(?=":)/g))) {
    const faults = checkPolicies([{ file, text: text.replace(`${key}":`, `${key}": 1, ${key}":`) }], POINTS).faults;
    expect(faults).toEqual([expect.objectContaining({ file, message: expect.stringMatching(/stands twice.*line \d+, column \d+/) as string })]);
  }
});

test.each(documents.map(([file]) => file))('%s: taken away, or there twice, is found', (file) => {
  const document = documents.find(([f]) => f === file)![1];
  const without = checkRuleFiles({ ...shipped, policies: shipped.policies.filter((f) => f.file !== file) });
  if (document.appliesTo) expect(without).toEqual([]);
  else
    expect(without).toEqual([
      expect.objectContaining({ file: `${document.policy}.json`, message: expect.stringContaining(document.policy) as string }),
    ]);
  const twice = checkRuleFiles({ ...shipped, policies: [...shipped.policies, { file: 'copy.json', text: textOf(file) }] });
  expect(twice).toEqual([expect.objectContaining({ file: 'copy.json', path: '/appliesTo', message: expect.stringContaining(file) as string })]);
});
