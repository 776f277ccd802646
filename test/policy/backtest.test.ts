import jsonLogic from 'json-logic-js';
import { POINTS } from '../../decisions/points';
import { isSameOutcome, Judge, type Recorded } from '../../policy/backtest';
import { Tally } from '../../policy/backtest-report';
import { evaluate } from '../../policy/evaluate';
import { plainly } from '../../policy/logic';
import { compileRuleSet } from '../../policy/ruleset';
import type { Facts, Json } from '../../policy/types';
import { editedPolicies, shippedRules } from '../support/rule-files';

const shipped = compileRuleSet(shippedRules(), POINTS);
const draftOf = (edits: Record<string, [string, string][]>) => compileRuleSet({ ...shippedRules(), policies: editedPolicies(edits) }, POINTS);
const patient = draftOf({ 'no-show.student.json': [['"grace": "15m"', '"grace": "20m"']] });
const FACTS: Facts = {
  lateBy: 16 * 60_000,
  isTrial: false,
  linkOpened: false,
  credentialProven: true,
  wayInProven: true,
  unmatchedInRoom: false,
  incidentOverlapped: false,
  providerSays: 'absent',
  instructorPresent: true,
  instructorVerdict: 'arrived',
  strikesThisTerm: 0,
  instructorThereFor: 16 * 60_000,
};

function recorded(more: Partial<Recorded> = {}, point = 'no-show.student'): Recorded {
  const policy = shipped.policies.find((p) => p.document.policy === point && !p.document.appliesTo)!;
  const facts = more.facts ?? FACTS;
  const { rule, outcome, missing } = evaluate(policy, facts);
  const labels = { programme: null, branch: null, subject: null };
  return { id: 'd', sessionId: 's', point, policyHash: policy.hash, rule, outcome, missing, facts, asOf: new Date(0), ...labels, ...more };
}
const without = (name: string): Facts => Object.fromEntries(Object.entries(FACTS).filter(([n]) => n !== name));

test.each<[string, ConstructorParameters<typeof Judge>[0], Recorded, object]>([
  ['the same rules decide the same', shipped, recorded(), { end: 'same', rule: 'otherwise' }],
  ['a longer grace still waits', patient, recorded(), { end: 'differs', verdict: { rule: 'within-grace' } }],
  [
    'what is beyond both graces is the same',
    patient,
    recorded({ facts: { ...FACTS, lateBy: 3_600_000, instructorThereFor: 3_600_000 } }),
    { end: 'same' },
  ],
  [
    'a fact that the decision does not hold is asked for',
    patient,
    recorded({ facts: without('lateBy'), missing: [], rule: 'otherwise' }),
    { end: 'needs', facts: ['lateBy'] },
  ],
  ['a fact that was not known then is judged as such', patient, recorded({ facts: without('lateBy') }), { end: 'same', rule: 'onMissing' }],
  ['what a paused policy left to a person is not judged', patient, recorded({ rule: 'paused' }), { end: 'unjudged', why: 'paused' }],
  ['without a session it is not known which document applies', patient, recorded({ sessionId: null }), { end: 'unjudged', why: 'labels' }],
  [
    'a point that the draft does not answer is not judged',
    { hash: '', policies: [], mappings: [], facts: [], automations: [] },
    recorded(),
    { end: 'unjudged', why: 'no-policy' },
  ],
])('%s', (_name, set, decision, end) => expect(new Judge(set).judge(decision)).toMatchObject(end));

test.each<[boolean, Json, Json]>([
  [true, { a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }],
  [false, { a: 1 }, { a: 1, b: null }],
  [true, [{ kind: 'reminder' }, { kind: 'update' }], [{ kind: 'update' }, { kind: 'reminder' }]],
  [false, [{ kind: 'reminder' }, { kind: 'reminder' }], [{ kind: 'update' }, { kind: 'reminder' }]],
])('whether outcomes are the same (%s) does not depend on the order of keys or of what is owed', (same, a, b) =>
  expect(isSameOutcome(a as never, b as never)).toBe(same),
);

test('what is compared directly is answered as json-logic-js does', () => {
  const values: Json[] = [0, 1, -1, 1.5, '', '0', '1', 'a', 'b', true, false, null, [1, 'a'], []];
  for (const operator of ['==', '===', '!=', '!==', '<', '<=', '>', '>=', 'in'])
    for (const a of values)
      for (const b of values) {
        const said = plainly(operator, a, b);
        if (said === undefined) continue;
        expect([operator, a, b, said]).toEqual([operator, a, b, jsonLogic.apply({ [operator]: [{ var: '0' }, { var: '1' }] } as never, [a, b])]);
      }
  expect(plainly('<', 1, 2)).toBe(true);
});

test('the tally counts each once, adds money up, and multiplies messages by the students that they are about', () => {
  const tally = new Tally(1);
  const policy = new Judge(shipped).policyFor(recorded())!;
  for (const programme of ['music', 'music', null]) {
    const decision = recorded({ programme });
    tally.count(decision);
    tally.differs(decision, policy, { ...evaluate(policy, { ...FACTS, lateBy: 0 }) }, programme === null);
  }
  tally.count(recorded());
  tally.same(recorded(), 'other');
  tally.addMoney({ what: 'charges', currency: 'EUR', was: 4500, is: 2250 });
  tally.addMoney({ what: 'charges', currency: 'EUR', was: null, is: 2250 });
  const plan = new Judge(shipped).policyFor(recorded({}, 'obligations'))!;
  const owed = recorded({ facts: { event: 'booked', isTrial: false, students: 3, notice: 9e8 } }, 'obligations');
  tally.count(owed);
  tally.differs(owed, plan, { rule: 'none', outcome: [], missing: [], say: null }, false);
  const report = tally.report();
  expect(report).toMatchObject({ decisions: 5, differ: 4, asInForce: 1, otherRule: 1, unjudged: 0 });
  expect(report.byProgramme.find((p) => p.programme === 'music')).toEqual({ programme: 'music', decisions: 2, differ: 2 });
  expect(report.byRule[0]).toEqual({ point: 'no-show.student', was: 'otherwise', is: 'within-grace', decisions: 3 });
  expect(report.money).toEqual([{ what: 'charges', currency: 'EUR', minor: -2250, decisions: 1, byPerson: 1 }]);
  expect(report.cases).toHaveLength(1);
  const lost = report.messages.find((m) => m.kind === 'confirmation' && m.to === 'guardian');
  expect(lost).toMatchObject({ gained: 0, lost: 3 });
});
