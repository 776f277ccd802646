import { POINTS } from '../decisions/points';
import { FACT_POINTS } from '../decisions/points/declared';
import { nearest } from '../domain/nearest';
import { checkMessages } from '../messages/check';
import { MESSAGE_FILE } from '../messages/render';
import { EVENT_FIELDS } from './inbound-fields';
import { checkMessageFacts } from './check-message-facts';
import { checkPolicies } from '../policy/check';
import { checkAutomations } from '../policy/automations/check';
import { messagesOf } from '../policy/automations/walk';
import type { CompiledAutomation } from '../policy/automations/types';
import { checkFacts } from '../policy/facts/check';
import { withFacts } from '../policy/facts/declare';
import { checkMappings } from '../policy/inbound/check';
import type { CompiledPolicy } from '../policy/compile';
import type { DecisionPointSpec, Fault, Json } from '../policy/types';
import type { RuleFile } from '../db/rule-sets';

export interface RuleFiles {
  policies: RuleFile[];
  messages: RuleFile[];
  /** Mappings of senders of webhooks; left out, those in force stay. */
  inbound?: RuleFile[];
  /** Facts that the set declares by itself; left out, those in force stay. */
  facts?: RuleFile[];
  /** Reactions to events; left out, those in force stay. */
  automations?: RuleFile[];
  /** What lies in the folder and could not be read: faults like any other. */
  unread?: Fault[];
}

/** Faults of what message files are called. */
function checkNames(messages: RuleFile[]): Fault[] {
  const general = new Set(messages.map((m) => m.file));
  return messages.flatMap(({ file }) => {
    const [, name, language] = MESSAGE_FILE.exec(file) ?? [];
    const fault = (message: string, suggestion: string): Fault[] => [{ code: 'wrong-name', file, rule: null, path: '', message, suggestion }];
    if (!name) return fault('a message is called by small letters and dashes, and a language', 'such as "reminder.md" or "reminder.de.md"');
    if (language && !general.has(`${name}.md`)) return fault(`readers of any other language than "${language}" get no "${name}"`, `add ${name}.md`);
    return [];
  });
}

/** Templates that a policy names and that no file is called by. */
function missingTemplates(policies: CompiledPolicy[], messages: RuleFile[]): Fault[] {
  const names = [...new Set(messages.flatMap((m) => MESSAGE_FILE.exec(m.file)?.[1] ?? []))];
  const check = (p: CompiledPolicy, outcome: Record<string, Json> | null | undefined, rule: string | null, path: string): Fault[] => {
    const template = outcome?.template;
    if (template === undefined || (typeof template === 'string' && names.includes(template))) return [];
    const [message, suggestion] =
      typeof template === 'string'
        ? [`no message is called "${template}"`, nearest(template, names) ?? `one of: ${names.join(', ')}`]
        : ['a message is named, not computed', `one of: ${names.join(', ')}`];
    return [{ code: 'unknown-message', file: p.file, rule, path: `${path}/template`, message, suggestion }];
  };
  return policies
    .filter((p) => p.document.policy === 'obligations')
    .flatMap((p) => [
      ...p.document.rules.flatMap((rule, i) => check(p, rule.then, rule.id, `/rules/${i}/then`)),
      ...check(p, p.document.otherwise, null, '/otherwise'),
      ...check(p, p.document.onMissing, null, '/onMissing'),
    ]);
}

/** Messages that an automation sends and that no file is called by. */
function missingInAutomations(automations: readonly CompiledAutomation[], messages: RuleFile[]): Fault[] {
  const names = [...new Set(messages.flatMap((m) => MESSAGE_FILE.exec(m.file)?.[1] ?? []))];
  return automations.flatMap(({ file, document }) =>
    messagesOf(document)
      .filter(({ message }) => !names.includes(message.template))
      .map(({ id, message: { template } }) => ({
        code: 'unknown-message' as const,
        file,
        rule: id,
        path: '/do',
        message: `no message is called "${template}"`,
        suggestion: nearest(template, names) ?? `one of: ${names.join(', ')}`,
      })),
  );
}

/** What a file answers, though it may have faults: its decision point, when it is for everybody. One that does not say counts by its name. */
function answers({ file, text }: RuleFile): string | null {
  try {
    const document = JSON.parse(text.replace(/^\ufeff/, '')) as { policy?: string; appliesTo?: unknown } | null;
    if (document?.appliesTo !== undefined) return null;
    const named = String(document?.policy);
    return Object.hasOwn(POINTS, named) ? named : file.replace(/\.json$/, '');
  } catch {
    return file.replace(/\.json$/, '');
  }
}

/** Every decision point needs a policy that applies to everybody. */
function missingPolicies({ policies, unread = [] }: RuleFiles): Fault[] {
  const general = new Set([...policies.map(answers), ...unread.map((f) => f.file.replace(/\.json$/, ''))]);
  return Object.keys(POINTS)
    .filter((point) => !general.has(point))
    .map((point) => ({
      code: 'missing-policy',
      file: `${point}.json`,
      rule: null,
      path: '',
      message: `there is no policy for "${point}" that applies to everybody`,
      suggestion: 'add the file, or take "appliesTo" out of one',
    }));
}

/** The decision points as the policies of these files meet them: with the declared facts that have no fault, and the faults of the others. */
export function pointsOf({ facts: documents = [] }: Pick<RuleFiles, 'facts'>): {
  points: Readonly<Record<string, DecisionPointSpec>>;
  faults: Fault[];
} {
  const { faults, facts } = checkFacts(documents, POINTS, FACT_POINTS);
  return { points: withFacts(POINTS, facts), faults };
}

/** What the conditions of automations may name, with what these files declare. */
export const automationFacts = (files: Pick<RuleFiles, 'facts'>): DecisionPointSpec['facts'] => pointsOf(files).points.automation!.facts;

/** The automations of these files. */
export const automationsOf = (files: Pick<RuleFiles, 'facts' | 'automations'>): ReturnType<typeof checkAutomations> =>
  checkAutomations(files.automations ?? [], automationFacts(files));

/** Every fault of a set of rule files: facts, policies, their examples, message texts, and what they need of each other. */
export function checkRuleFiles(files: RuleFiles): Fault[] {
  const { points, faults: inFacts } = pointsOf(files);
  const { faults, policies } = checkPolicies(files.policies, points);
  const inMessages = checkMessages(files.messages);
  const { faults: inAutomations, automations } = automationsOf(files);
  const sound = files.messages.filter((m) => !inMessages.some((f) => f.file === m.file));
  return [
    ...(files.unread ?? []),
    ...inFacts,
    ...faults,
    ...missingPolicies(files),
    ...checkNames(files.messages),
    ...inMessages,
    ...missingTemplates(policies, files.messages),
    ...missingInAutomations(automations, files.messages),
    ...checkMessageFacts(policies, automations, sound),
    ...checkMappings(files.inbound ?? [], EVENT_FIELDS).faults,
    ...inAutomations,
  ];
}
