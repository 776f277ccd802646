import type { CompiledPolicy } from './compile';
import { specOf } from './compile';
import { dataOf, PAUSED } from './evaluate';
import { isOperation, operationOf } from './logic';
import { holdsOf, statement, type Holds, type Seen } from './statement';
import type { Facts, Json, Verdict } from './types';
import { formatValue, inWords } from './units';

export interface ExplainedCondition {
  /** What is the case, with the values it saw: "16 minutes late, at least 15 minutes (grace)". True whether or not it holds. */
  text: string;
  holds: Holds;
}
export interface Explanation {
  /** The decision in one sentence. */
  sentence: string;
  /** Why, in the words of whoever wrote the rules, or what is not known; null when nothing of it is written. */
  because: string | null;
  /** The rows that were looked at, in order, up to the one that fired. */
  rows: { rule: string; result: Holds; conditions: ExplainedCondition[] }[];
  missing: string[];
}

export function explain(policy: CompiledPolicy, facts: Facts, verdict: Verdict): Explanation {
  const seen: Seen = { data: dataOf(policy, facts), find: (name) => specOf(policy.spec, policy.paramSpecs, name) };
  const conditionsOf = (when: Json): ExplainedCondition[] => {
    const parts = isOperation(when) && 'and' in when ? operationOf(when).operands : [when];
    return parts.map((part) => ({ text: statement(part, seen), holds: holdsOf(part, seen) }));
  };
  const fired = verdict.rule.split(',');
  const last = policy.document.hit === 'first' ? policy.rules.findIndex((r) => r.id === verdict.rule) : policy.rules.length - 1;
  const looked = last === -1 ? policy.rules : policy.rules.slice(0, last + 1);
  const rows = looked.map((r) => ({ rule: r.id, result: holdsOf(r.when, seen), conditions: conditionsOf(r.when) }));
  const sentence = sentenceOf(
    policy,
    verdict,
    rows.filter((r) => fired.includes(r.rule)),
  );
  return { rows, missing: verdict.missing, sentence, because: becauseOf(policy, verdict) };
}

/** The first words of a meaning, as they stand in a sentence: "how long the instructor has been there since the start". */
const meaningOf = (policy: CompiledPolicy, name: string): string => {
  const spec = policy.spec.facts[name];
  if (!spec) return inWords(name);
  const words = spec.meaning.replace(/[;(].*$/, '').trim();
  return `${spec.type === 'boolean' ? 'whether ' : ''}${words.charAt(0).toLowerCase()}${words.slice(1)}`;
};

/** "It is not known how long …, nor whether …. Not known: the time left until the start." */
function notKnown(meanings: string[]): string {
  const isAsked = (m: string): boolean => /^((at|by|for|in|on|to) )?(how|what|when|where|whether|which|whom?|whose|why)\b/.test(m);
  const [asked, named] = [meanings.filter(isAsked), meanings.filter((m) => !isAsked(m))];
  return [
    ...(asked.length > 0 ? [`It is not known ${asked.join(', nor ')}.`] : []),
    ...(named.length > 0 ? [`Not known: ${named.join('; ')}.`] : []),
  ].join(' ');
}

function becauseOf(policy: CompiledPolicy, { rule, missing }: Verdict): string | null {
  if (rule === PAUSED) return 'The policy is paused.';
  if (rule === 'onMissing') return missing.length > 0 ? notKnown(missing.map((name) => meaningOf(policy, name))) : 'A value could not be computed.';
  const written = rule.split(',').flatMap((id) => policy.document.rules.find((r) => r.id === id) ?? []);
  const words = written.flatMap((r) => r.description ?? r.say?.en ?? [])[0];
  return words === undefined ? null : words.replace(/[.\s]*$/, '.');
}

/** The outcome in the order in which its decision point declares it. */
const outcomeInWords = (policy: CompiledPolicy, outcome: Record<string, Json>): string =>
  Object.entries(policy.spec.outcome)
    .filter(([field]) => outcome[field] !== undefined)
    .map(([field, spec]) => `${inWords(field)} ${formatValue(spec, outcome[field])}`)
    .join(', ');

function sentenceOf(policy: CompiledPolicy, verdict: Verdict, fired: Explanation['rows']): string {
  const outcomes = Array.isArray(verdict.outcome) ? verdict.outcome : [verdict.outcome];
  const outcome =
    policy.spec.hit === 'collect'
      ? `${outcomes.length} ${outcomes.length === 1 ? 'thing is' : 'things are'} owed`
      : outcomeInWords(policy, outcomes[0] ?? {});
  const isHeld = outcomes.every((o) => Object.keys(o).length === 0);
  if (verdict.rule === PAUSED) return `${isHeld ? 'held for a person' : outcome}: the policy is paused, so its default for missing facts applies.`;
  if (verdict.rule === 'onMissing') {
    const unknown = verdict.missing.length > 0 ? `not known is ${verdict.missing.map(inWords).join(', ')}` : 'a value could not be computed';
    return `${isHeld ? 'held for a person' : outcome}: ${unknown}, so the policy's default for missing facts applies.`;
  }
  if (verdict.rule === 'otherwise') return `${outcome}: no rule applied, so the policy's default does.`;
  const why = [...new Set(fired.flatMap((r) => r.conditions.map((c) => c.text)))].slice(0, 6).join('; ');
  return `${outcome}: rule ${fired.map((r) => `“${r.rule}”`).join(', ')}${why ? `, because ${why}` : ''}.`;
}
