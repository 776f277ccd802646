import { checkRuleFiles } from '../../commands/publish-rules';
import { POINTS } from '../../decisions/points';
import { checkPolicies } from '../../policy/check';
import { compileFacts, type CompiledPolicy } from '../../policy/compile';
import { evaluate } from '../../policy/evaluate';
import { isOperation, operationOf } from '../../policy/logic';
import type { Facts, Json } from '../../policy/types';
import { readRuleFiles, defaultRulesFolder } from '../../runtime/rule-files';

const files = readRuleFiles(defaultRulesFolder());
const { policies } = checkPolicies(files.policies, POINTS);
const named = policies.map((p) => [p.file, p] as const);

const factsOf = (policy: CompiledPolicy): Facts[] => {
  const { base, cases } = policy.document.examples;
  return cases.map((c) => compileFacts(policy, { ...base, ...c.given }));
};

test('the shipped rules have no fault', () => expect(checkRuleFiles(files)).toEqual([]));

test.each(named)('every rule of %s is reached by an example, and so is what happens when none is', (_file, policy) => {
  const reached = new Set(factsOf(policy).flatMap((facts) => evaluate(policy, facts).rule.split(',')));
  const all = [...policy.rules.map((r) => r.id), ...(policy.otherwise === null ? [] : ['otherwise'])];
  expect(all.filter((id) => !reached.has(id))).toEqual([]);
});

test.each(named.filter(([, p]) => p.spec.hit === 'first' && p.rules.length > 0))('an example of %s shows what a missing fact does', (_file, policy) =>
  expect(factsOf(policy).map((facts) => evaluate(policy, facts).rule)).toContain('onMissing'),
);

interface Threshold {
  fact: string;
  limit: number;
}
/** Where a condition compares a fact with a number: a parameter or a value written out. */
function thresholdsOf(policy: CompiledPolicy, logic: Json): Threshold[] {
  if (Array.isArray(logic)) return logic.flatMap((l) => thresholdsOf(policy, l));
  if (!isOperation(logic)) return [];
  const { operator, operands } = operationOf(logic);
  if (!['<', '<=', '>', '>='].includes(operator)) return thresholdsOf(policy, operands);
  const nameOf = (o: Json): string => (isOperation(o) && 'var' in o ? String(o.var) : '');
  const [fact, param] = operands.map(nameOf) as [string, string];
  return [{ fact, limit: Number(param ? policy.params[param.replace('params.', '')] : operands[1]) }];
}

test.each(named)('examples of %s stand just before, at and just after every threshold', (_file, policy) => {
  const seen = factsOf(policy);
  const missing = policy.rules
    .flatMap((r) => thresholdsOf(policy, r.when))
    .flatMap(({ fact, limit }) => {
      const isDuration = policy.spec.facts[fact]!.type === 'duration';
      const wanted = isDuration ? [limit - 1_000, limit, limit + 1_000] : [limit, limit + 1];
      return wanted.filter((w) => !seen.some((f) => f[fact] === w)).map((w) => `${fact} ${w}`);
    });
  expect(missing).toEqual([]);
});

test.each(named)('what a family may read of %s is written in German too', (_file, policy) =>
  expect(policy.document.rules.filter((r) => r.say && !(r.say.en && r.say.de)).map((r) => r.id)).toEqual([]),
);

test.each(named)('an admin may change any duration of %s without touching an example', (_file, policy) => {
  const text = files.policies.find((f) => f.file === policy.file)!.text;
  for (const [name, value] of Object.entries(policy.document.params ?? {})) {
    if (typeof value !== 'string' || !/^[1-9]\d*[smh]$/.test(value)) continue;
    const [n, unit] = [Number(value.slice(0, -1)), value.slice(-1)];
    for (const other of [`${n + 1}${unit}`, `${2 * n}${unit}`]) {
      const edited = text.replace(`"${name}": "${value}"`, `"${name}": "${other}"`);
      expect(edited).not.toBe(text);
      expect(checkPolicies([{ file: policy.file, text: edited }], POINTS).faults).toEqual([]);
    }
  }
});

test.each(['1m', '20m', '45m'])('a grace of %s needs no other edit', (grace) => {
  const edited = files.policies.map((f) =>
    f.file === 'no-show.student.json' ? { ...f, text: f.text.replace('"grace": "15m"', `"grace": "${grace}"`) } : f,
  );
  expect(edited).not.toEqual(files.policies);
  expect(checkRuleFiles({ ...files, policies: edited })).toEqual([]);
});

test('what families and instructors are sent is written in German too', () => {
  const sent = policies
    .filter((p) => p.document.policy === 'obligations')
    .flatMap((p) => p.document.rules.filter((r) => r.then && r.then.to !== 'coordinator').map((r) => String(r.then!.template)));
  expect(new Set(sent).size).toBeGreaterThan(15);
  expect([...new Set(sent)].filter((name) => !files.messages.some((m) => m.file === `${name}.de.md`))).toEqual([]);
});
