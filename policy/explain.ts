import type { CompiledPolicy } from './compile';
import { specOf } from './compile';
import { dataOf } from './evaluate';
import { evaluateLogic, isOperation, isTruthy, operationOf, UNKNOWN } from './logic';
import type { Facts, FieldSpec, Json, Verdict } from './types';
import { formatValue, inWords } from './units';
import { COMPARED } from './words';

export interface ExplainedCondition {
  /** With the values it saw: "late by 16 minutes is at least grace 15 minutes". */
  text: string;
  holds: 'true' | 'false' | 'unknown';
}
export interface Explanation {
  /** The decision in one sentence: outcome, rule, and the values it saw. */
  sentence: string;
  /** Why, in the words of the rule's description, for a person who has to act: no outcome, no values. Null when no rule was met. */
  reason: string | null;
  /** The rows that were looked at, in order, up to the one that fired. */
  rows: { rule: string; result: 'true' | 'false' | 'unknown'; conditions: ExplainedCondition[] }[];
  missing: string[];
}

type Data = Record<string, Json | undefined>;

export function explain(policy: CompiledPolicy, facts: Facts, verdict: Verdict): Explanation {
  const data = dataOf(policy, facts);
  const find = (name: string): FieldSpec | undefined => specOf(policy.spec, policy.paramSpecs, name);
  const say = (logic: Json): string => {
    if (!isOperation(logic)) return formatValue(undefined, logic);
    const { operator, operands } = operationOf(logic);
    if (operator === 'var') return `${inWords(String(operands[0]))} ${formatValue(find(String(operands[0])), data[String(operands[0])])}`;
    if (operator === '!') return `not (${say(operands[0]!)})`;
    if (operator === '!!') return say(operands[0]!);
    if (operator === 'and' || operator === 'or') return operands.map(say).join(` ${operator} `);
    if (COMPARED[operator] && operands.length === 2) return comparison(operator, operands as [Json, Json]);
    return `${operator}(${operands.map(say).join(', ')})`;
  };
  const comparison = (operator: string, [left, right]: [Json, Json]): string => {
    const nameOf = (o: Json): string | undefined => (isOperation(o) && 'var' in o ? String(operationOf(o).operands[0]) : undefined);
    const spec = find(nameOf(left) ?? nameOf(right) ?? '');
    const side = (o: Json): string =>
      isOperation(o) ? say(o) : Array.isArray(o) ? o.map((v) => formatValue(spec, v)).join(' / ') : formatValue(spec, o);
    return `${side(left)} ${COMPARED[operator]} ${side(right)}`;
  };
  const holds = (logic: Json): ExplainedCondition['holds'] => resultOf(logic, data);
  const conditionsOf = (when: Json): ExplainedCondition[] => {
    const parts = isOperation(when) && 'and' in when ? operationOf(when).operands : [when];
    return parts.map((part) => ({ text: say(part), holds: holds(part) }));
  };
  const fired = verdict.rule.split(',');
  const last = policy.spec.hit === 'first' ? policy.rules.findIndex((r) => r.id === verdict.rule) : policy.rules.length - 1;
  const looked = last === -1 ? policy.rules : policy.rules.slice(0, last + 1);
  const rows = looked.map((r) => ({ rule: r.id, result: holds(r.when), conditions: conditionsOf(r.when) }));
  const sentence = sentenceOf(
    policy,
    verdict,
    rows.filter((r) => fired.includes(r.rule)),
  );
  return { rows, missing: verdict.missing, sentence, reason: reasonOf(policy, verdict, sentence) };
}

function reasonOf(policy: CompiledPolicy, { rule }: Verdict, sentence: string): string | null {
  if (rule === 'otherwise') return null;
  const described = policy.rules.filter((r) => rule.split(',').includes(r.id)).flatMap((r) => r.description ?? []);
  const words = described.join('; ') || sentence;
  return `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`;
}

function resultOf(logic: Json, data: Data): ExplainedCondition['holds'] {
  const answer = evaluateLogic(logic, data);
  return answer === UNKNOWN ? 'unknown' : isTruthy(answer) ? 'true' : 'false';
}

function sentenceOf(policy: CompiledPolicy, verdict: Verdict, fired: Explanation['rows']): string {
  const outcomes = Array.isArray(verdict.outcome) ? verdict.outcome : [verdict.outcome];
  const outcome =
    policy.spec.hit === 'collect'
      ? `${outcomes.length} ${outcomes.length === 1 ? 'thing is' : 'things are'} owed`
      : Object.entries(outcomes[0] ?? {})
          .map(([field, value]) => `${inWords(field)} ${formatValue(policy.spec.outcome[field], value)}`)
          .join(', ');
  if (verdict.rule === 'onMissing') {
    const isHeld = outcomes.every((o) => Object.keys(o).length === 0);
    const unknown = verdict.missing.length > 0 ? `not known is ${verdict.missing.map(inWords).join(', ')}` : 'a value could not be computed';
    return `${isHeld ? 'held for a person' : outcome}: ${unknown}, so the policy's default for missing facts applies.`;
  }
  if (verdict.rule === 'otherwise') return `${outcome}: no rule applied, so the policy's default does.`;
  const why = [...new Set(fired.flatMap((r) => r.conditions.map((c) => c.text)))].slice(0, 6).join('; ');
  return `${outcome}: rule ${fired.map((r) => `“${r.rule}”`).join(', ')}${why ? `, because ${why}` : ''}.`;
}
