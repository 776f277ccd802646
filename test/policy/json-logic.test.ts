import jsonLogic from 'json-logic-js';
import { evaluateLogic, OPERATORS, UNKNOWN } from '../../policy/logic';
import type { Json } from '../../policy/types';
import suite from './json-logic-cases.json';

type Case = [Json, Json, Json];
const cases = suite.cases as unknown as Case[];
const exclusions = suite.exclusions as unknown as { logic: Json; data: Json; ours: Json; reason: string }[];
const run = (logic: Json, data: Json): unknown => {
  const scope = data !== null && typeof data === 'object' && !Array.isArray(data) ? data : { '': data };
  const answer = evaluateLogic(logic, scope);
  return answer === UNKNOWN ? 'unknown' : answer;
};
const exclusionOf = ([logic, data]: Case): (typeof exclusions)[number] | undefined =>
  exclusions.find((e) => JSON.stringify([e.logic, e.data]) === JSON.stringify([logic, data]));

const named = cases.map((c) => [JSON.stringify(c), c] as const);

test.each(named)('json-logic-js itself agrees with the case %s', (_name, [logic, data, expected]) => {
  expect(jsonLogic.apply(logic as never, data)).toEqual(expected);
});

test.each(named.filter(([, c]) => !exclusionOf(c)))('our evaluator gives what JSON Logic gives: %s', (_name, [logic, data, expected]) => {
  expect(run(logic, data)).toEqual(expected);
});

test.each(exclusions.map((e) => [JSON.stringify(e.logic), e] as const))('where we differ, %s, the reason is written down', (_name, excluded) => {
  expect(excluded.reason.length).toBeGreaterThan(10);
  expect(run(excluded.logic, excluded.data)).toEqual(excluded.ours);
  const [, , expected] = cases.find((c) => exclusionOf(c) === excluded)!;
  expect(run(excluded.logic, excluded.data)).not.toEqual(expected);
});

const { leftOut, source } = suite;
test.each([...Object.entries(leftOut), ['toString', { reason: 'a name that every object has' }] as const])(
  '%s is not evaluated, even when no check stood before it',
  (operator, { reason }) => {
    expect(reason.length).toBeGreaterThan(10);
    expect(Object.keys(OPERATORS)).not.toContain(operator);
    expect(() => evaluateLogic({ [operator]: ['a', 'b'] }, {})).toThrow('not an operator');
  },
);

/** The operators that a piece of logic uses. */
const operatorsIn = (logic: Json): string[] => {
  if (Array.isArray(logic)) return logic.flatMap(operatorsIn);
  return logic !== null && typeof logic === 'object' ? Object.entries(logic).flatMap(([name, operands]) => [name, ...operatorsIn(operands)]) : [];
};
test.each(Object.keys(OPERATORS))('%s, which rules may use, stands in as many cases as in the public suite', (operator) => {
  const publicCases = (source.withOperator as Record<string, number>)[operator];
  expect(publicCases).toBeGreaterThan(0);
  expect(cases.filter(([logic]) => operatorsIn(logic).includes(operator)).length).toBeGreaterThanOrEqual(publicCases!);
});

test('each case of the public suite is either here or uses an operator that is left out', () => {
  const out = Object.values(leftOut).reduce((n, o) => n + o.cases, 0);
  expect(source.ofAllowedOperators + out).toBe(source.cases);
  expect(new Set(cases.map((c) => JSON.stringify(c))).size).toBeGreaterThanOrEqual(source.ofAllowedOperators);
});
