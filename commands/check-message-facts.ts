import { CARRIED, PLAN_EVENTS } from '../decisions/points/obligations';
import { nearest } from '../domain/nearest';
import { SAMPLE_FACTS } from '../messages/facts';
import { usesIn, variables } from '../messages/check';
import { parseTemplate } from '../messages/render';
import type { Use } from '../messages/variables';
import { dataOf } from '../policy/evaluate';
import type { CompiledAutomation } from '../policy/automations/types';
import { messagesOf } from '../policy/automations/walk';
import { evaluateLogic, isTruthy, UNKNOWN } from '../policy/logic';
import type { CompiledPolicy } from '../policy/compile';
import type { Fault, Json } from '../policy/types';
import type { RuleFile } from '../db/rule-sets';

/** A row of a message plan, or what it takes without one, as it names a message. */
interface Sending {
  policy: string;
  rule: string | null;
  template: string;
  /** What the message has for certain: its variables begin with one of these. */
  has: string[];
  /** What it has in some cases, which a condition has to find out. */
  mayHave: string[];
  /** For whoever reads the fault. */
  when: string;
}

const rootOf = (name: string): string => name.split('.')[0]!;
const CARRYING = [...new Set([CARRIED.event, CARRIED.kind, CARRIED.to].flatMap((by) => Object.values(by).flat()))];
const ALWAYS = Object.keys(SAMPLE_FACTS).filter((root) => !CARRYING.includes(root));

/** The events of which a condition may be true, whatever the other facts are. */
const eventsOf = (policy: CompiledPolicy, when: Json): (typeof PLAN_EVENTS)[number][] =>
  PLAN_EVENTS.filter((event) => {
    const answer = evaluateLogic(when, dataOf(policy, { event }));
    return answer === UNKNOWN || isTruthy(answer);
  });

function sendingsOf(policy: CompiledPolicy): Sending[] {
  const sending = (outcome: Record<string, Json> | null | undefined, rule: string | null, when: Json): Sending[] => {
    if (typeof outcome?.template !== 'string') return [];
    const events = eventsOf(policy, when);
    const brought = events.map((e) => CARRIED.event[e]);
    const own = [...(CARRIED.kind[String(outcome.kind)] ?? []), ...(CARRIED.to[String(outcome.to)] ?? [])];
    return [
      {
        policy: policy.file,
        rule,
        template: outcome.template,
        has: [...ALWAYS, ...own, ...CARRYING.filter((root) => brought.length > 0 && brought.every((b) => b.includes(root)))],
        mayHave: [...CARRIED.perhaps, ...brought.flat()],
        when: `${String(outcome.kind)} to ${String(outcome.to)} on ${events.join(', ')}`,
      },
    ];
  };
  return [
    ...policy.document.rules.flatMap((rule) => sending(rule.then, rule.id, rule.when)),
    ...sending(policy.document.otherwise, null, true),
    ...sending(policy.document.onMissing, null, true),
  ];
}

/** What an automation sends has what every message has, and a guardian's the student. */
const sentBy = ({ file, document }: CompiledAutomation): Sending[] =>
  messagesOf(document).map(({ id, message: { template, to } }) => ({
    policy: file,
    rule: id,
    template,
    has: [...ALWAYS, ...(CARRIED.to[to] ?? [])],
    mayHave: [],
    when: `to ${to} on ${document.on}`,
  }));

function checkUse(file: string, { name, as, behind }: Use, sendings: Sending[]): Fault[] {
  const root = rootOf(name);
  const lacking = sendings.filter((s) => !s.has.includes(root));
  const isThere = (s: Sending): boolean => s.has.includes(root) || s.mayHave.includes(root);
  // A condition asks whether it is there, so one message that has it is enough; behind one, it is.
  if (lacking.length === 0 || ((as === 'condition' || behind.some((b) => rootOf(b) === root)) && sendings.some(isThere))) return [];
  const { policy, rule, when, has } = lacking[0]!;
  const who = rule === null ? policy : `"${rule}" of ${policy}`;
  const known = variables().filter((n) => lacking.every((s) => s.has.includes(rootOf(n))));
  const suggestion = sendings.some(isThere)
    ? `write it between {% if ${root} %} and {% endif %}`
    : (nearest(name, known) ??
      known.find((n) => n.split('.')[1] === name.split('.')[1]) ??
      `what there is: ${[...new Set(has)].map((r) => `${r}.…`).join(', ')}`);
  return [
    {
      code: 'unknown-variable',
      file,
      rule,
      path: `/${name}`,
      message: `"${name}" is not there in the message that ${who} sends (${when})`,
      suggestion,
    },
  ];
}

/** Messages that say what the rows of the message plan, and the steps of automations, that name them do not have. Only files without a fault of their own are looked at. */
export function checkMessageFacts(
  policies: readonly CompiledPolicy[],
  automations: readonly CompiledAutomation[],
  messages: readonly RuleFile[],
): Fault[] {
  const plans = policies.filter((p) => p.document.policy === 'obligations');
  // The plan for everybody is told of before one for some sessions.
  const isForEverybody = (p: CompiledPolicy): boolean => p.document.appliesTo === undefined;
  const sendings = [...plans.filter(isForEverybody), ...plans.filter((p) => !isForEverybody(p))].flatMap(sendingsOf);
  sendings.push(...automations.flatMap(sentBy));
  return messages.flatMap((message) => {
    const named = sendings.filter((s) => s.template === message.file.split('.')[0]);
    if (named.length === 0) return [];
    const seen = new Set<string>();
    return usesIn(parseTemplate(message))
      .flatMap((use) => checkUse(message.file, use, named))
      .filter((f) => !seen.has(f.path) && seen.add(f.path));
  });
}
