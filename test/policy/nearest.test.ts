import { POINTS } from '../../decisions/points';
import { compileFacts } from '../../policy/compile';
import { evaluate } from '../../policy/evaluate';
import { nearest } from '../../policy/nearest';
import { compileRuleSet } from '../../policy/ruleset';
import type { Json } from '../../policy/types';
import { shippedRules } from '../support/rule-files';

const { policies } = compileRuleSet(shippedRules(), POINTS);
const asOf = new Date('2027-03-01T16:10:00Z');
const when = { asOf, clock: (at: Date) => at.toISOString().slice(11, 19) };

function sentence(file: string, given: Record<string, Json>): string | null {
  const policy = policies.find((p) => p.file === file)!;
  const facts = compileFacts(policy, { ...policy.document.examples.base, ...given });
  const verdict = evaluate(policy, facts);
  const found = nearest(policy, facts, verdict, when);
  // What is said holds: put the facts, and it comes out as it says.
  if (found) expect(evaluate(policy, { ...facts, ...found.facts })).toMatchObject({ rule: found.rule, outcome: found.outcome });
  return found?.sentence ?? null;
}

test.each<[string, string, Record<string, Json>, string | null]>([
  [
    'earlier, a substitute would have been worth searching for',
    'no-show.instructor.json',
    { lateBy: '40m', remaining: '20m' },
    'It would have been reassign, asked by 16:05:00 (at least 25 minutes left of the lesson).',
  ],
  [
    'a little later the grace is over; what goes with time goes with it together',
    'no-show.instructor.json',
    { lateBy: '9m', remaining: '51m' },
    'It would have been no-show, reassign, asked from 16:11:00 on (at least 10 minutes late).',
  ],
  [
    'one fact alone speaks against it',
    'no-show.instructor.json',
    { lateBy: '40m', remaining: '20m', linkOpened: true },
    'It would have been no-show, if link opened: no.',
  ],
  [
    'with anybody left to ask it would have gone on',
    'substitute.search.json',
    { candidates: 0, standing: 0 },
    'It would have been offer, 3 offers, if more than 0 instructors to ask.',
  ],
  ['a message plan has no one answer', 'obligations.json', {}, null],
])('%s', (_name, file, given, expected) => expect(sentence(file, given)).toBe(expected));

test('of every example of every shipped policy what is said to be nearest does come out so', () => {
  let found = 0;
  for (const policy of policies.filter((p) => p.spec.hit === 'first'))
    for (const { given } of policy.document.examples.cases) if (sentence(policy.file, given) !== null) found++;
  expect(found).toBeGreaterThan(100);
});
