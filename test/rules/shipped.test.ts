import { checkRuleFiles } from '../../commands/publish-rules';
import { POINTS } from '../../decisions/points';
import { checkPolicies } from '../../policy/check';
import { compileFacts } from '../../policy/compile';
import { evaluate } from '../../policy/evaluate';
import type { Json } from '../../policy/types';
import { readRuleFiles, defaultRulesFolder } from '../../runtime/rule-files';

const files = readRuleFiles(defaultRulesFolder());

test('the shipped rules have no fault', () => expect(checkRuleFiles(files)).toEqual([]));

test.each(checkPolicies(files.policies, POINTS).policies.map((p) => [p.file, p] as const))('every rule of %s is reached by an example', (_file, policy) => {
  const { base, cases } = policy.document.examples;
  const reached = new Set(
    cases.flatMap((c) => evaluate(policy, compileFacts(policy.spec, { ...(base as Record<string, Json>), ...(c.given as Record<string, Json>) })).rule.split(',')),
  );
  expect(policy.rules.map((r) => r.id).filter((id) => !reached.has(id))).toEqual([]);
});
