import type { AutomationDocument } from './automations/types';
import type { FactDocument } from './facts/types';
import { isOperation } from './logic';
import type { RuleSetContent } from './ruleset';
import type { Binding, Json, PolicyDocument } from './types';
import { formatDuration, parseDuration } from './units';
import { logicInWords } from './words';

export interface Difference {
  file: string;
  policy: string;
  path: string;
  /** `booked`: what was booked before keeps the terms it was booked under. `current`: in force for everything from the next question on. */
  binding: Binding;
  /** "no-show.student: grace 15 → 20 minutes" */
  words: string;
}

/** The same, told apart by what it reaches. */
export interface DifferencesApart {
  current: string[];
  booked: string[];
}
export const apart = (differences: readonly Difference[]): DifferencesApart => ({
  current: differences.filter((d) => d.binding === 'current').map((d) => d.words),
  booked: differences.filter((d) => d.binding === 'booked').map((d) => d.words),
});

function show(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') {
    const ms = parseDuration(value);
    return ms === null ? value : formatDuration(ms);
  }
  return isOperation(value) || typeof value === 'object' ? logicInWords(value) : String(value);
}

/** "15 → 20 minutes", "15 minutes → 1 minute", "50 → 80": a unit that both have is said once. */
function moved(before: Json | undefined, after: Json | undefined): string {
  const [b, a] = [show(before), show(after)];
  const areDurations = [before, after].every((v) => typeof v === 'string' && parseDuration(v) !== null);
  const unitOf = (words: string): string | undefined => /^\d+ ([a-z]+)$/.exec(words)?.[1];
  return areDurations && unitOf(b) !== undefined && unitOf(b) === unitOf(a) ? `${b.replace(/ .*$/, '')} → ${a}` : `${b} → ${a}`;
}
const isObject = (v: unknown): v is Record<string, Json> => v !== null && typeof v === 'object' && !Array.isArray(v);

function changes(
  before: Json | undefined,
  after: Json | undefined,
  path: string[],
): { path: string[]; before: Json | undefined; after: Json | undefined }[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  // A condition is one thing: told whole, before and after.
  if (path.at(-1) !== 'when' && path.at(-1) !== 'calc' && isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => changes(before[key], after[key], [...path, key]));
  }
  return [{ path, before, after }];
}

/** A document by names instead of places, so that a moved row is not a changed one. */
function byName(document: PolicyDocument): Json {
  const { rules, properties, examples, ...rest } = document;
  const named = (list: { id: string }[]): Json => Object.fromEntries(list.map((r) => [r.id, r as unknown as Json]));
  const promised = properties && { properties: named(properties) };
  return { ...rest, rules: named(rules), ...promised, examples: { base: examples.base, cases: named(examples.cases) } } as unknown as Json;
}

/** Where one outcome is decided the order of the rules does, so a changed order of those that both have is a difference. */
function reordered(file: string, before: PolicyDocument, after: PolicyDocument): Difference[] {
  const kept = (of: PolicyDocument, other: PolicyDocument): string[] =>
    of.rules.map((r) => r.id).filter((id) => other.rules.some((r) => r.id === id));
  const [was, is] = [kept(before, after), kept(after, before)];
  if (after.hit === 'collect' || was.join() === is.join()) return [];
  const words = `${after.policy}: order of the rules ${was.join(', ')} → ${is.join(', ')}`;
  return [{ file, policy: after.policy, path: '/rules', binding: after.binding, words }];
}

/** What a path means to an admin: "grace", "rule past-grace then percent", "example \u201cat the grace\u201d given lateBy". */
function nameOf([first, ...rest]: string[]): string {
  const inner = rest.filter((part) => part !== 'calc');
  if (first === 'params') return inner.join('.');
  if (first === 'rules') return `rule ${inner.join(' ')}`;
  if (first === 'properties') return `property ${inner.join(' ')}`;
  if (first !== 'examples') return [first, ...inner].join(' ');
  return inner[0] === 'cases' ? `example “${inner[1]}”${inner.length > 2 ? ` ${inner.slice(2).join(' ')}` : ''}` : `examples ${inner.join(' ')}`;
}

function diffDocument(file: string, before: PolicyDocument, after: PolicyDocument): Difference[] {
  const changed = changes(byName(before), byName(after), []).map(({ path, before: b, after: a }) => {
    const what = nameOf(path);
    const words =
      b === undefined ? `${what} added${isObject(a) ? '' : `: ${show(a)}`}` : a === undefined ? `${what} removed` : `${what} ${moved(b, a)}`;
    return { file, policy: after.policy, path: `/${path.join('/')}`, binding: after.binding, words: `${after.policy}: ${words}` };
  });
  return [...changed, ...reordered(file, before, after)];
}

/** Mappings are told as whole files; left out of what is published they stay as they are. */
function diffMappings(before: RuleSetContent['inbound'] = [], after: RuleSetContent['inbound'] = before): Difference[] {
  return [...new Set([...before, ...after].map((f) => f.file))].sort().flatMap((file) => {
    const [b, a] = [before, after].map((list) => list.find((f) => f.file === file)?.text);
    const words = `mapping ${file} ${b === undefined ? 'added' : a === undefined ? 'removed' : 'changed'}`;
    return a === b ? [] : [{ file, policy: 'inbound', path: '', binding: 'current' as const, words }];
  });
}

/** "lateCancelsThisTerm: window term → 90 days" */
function diffFact(before: FactDocument, after: FactDocument): string[] {
  return changes(before as unknown as Json, after as unknown as Json, []).map(({ path, before: b, after: a }) => {
    const what = path.join(' ');
    return `${after.fact}: ${b === undefined ? `${what} added: ${show(a)}` : a === undefined ? `${what} removed` : `${what} ${moved(b, a)}`}`;
  });
}

/** Facts are told once for each binding of the decision points that can have them. */
function diffFacts(before: RuleSetContent, after: RuleSetContent): Difference[] {
  const [was, is] = [before.facts ?? [], after.facts ?? before.facts ?? []];
  const booked = new Set(
    [...before.policies, ...after.policies]
      .map(({ text }) => JSON.parse(text) as PolicyDocument)
      .flatMap((d) => (d.binding === 'booked' ? [d.policy] : [])),
  );
  return [...new Set([...was, ...is].map((f) => f.file))].sort().flatMap((file) => {
    const [b, a] = [was, is].map((list) => list.find((f) => f.file === file)?.text).map((text) => text && (JSON.parse(text) as FactDocument));
    const words = !b ? [`${(a as FactDocument).fact}: fact added`] : !a ? [`${b.fact}: fact removed`] : diffFact(b, a);
    const points = [b, a].flatMap((f) => (f ? f.points : []));
    const bindings = [...new Set(points.map((p): Binding => (booked.has(p) ? 'booked' : 'current')))];
    return bindings.flatMap((binding) => words.map((w) => ({ file, policy: 'facts', path: '', binding, words: w })));
  });
}

/** "automation low-credit: fewest 3 → 5", "automation lapsed-student: switched on" */
function diffAutomation(before: AutomationDocument, after: AutomationDocument): string[] {
  const switched = before.enabled === after.enabled ? [] : [`switched ${after.enabled ? 'on' : 'off'}`];
  const others = changes({ ...before, enabled: true } as unknown as Json, { ...after, enabled: true } as unknown as Json, []);
  const told = others.map(({ path, before: b, after: a }) =>
    path[0] === 'do' || path[0] === 'examples' ? `${path[0] === 'do' ? 'steps' : 'examples'} changed` : `${nameOf(path)} ${moved(b, a)}`,
  );
  return [...switched, ...new Set(told)].map((words) => `automation ${after.automation}: ${words}`);
}

function diffAutomations(before: RuleSetContent['automations'] = [], after: RuleSetContent['automations'] = before): Difference[] {
  return [...new Set([...before, ...after].map((f) => f.file))].sort().flatMap((file) => {
    const [b, a] = [before, after]
      .map((list) => list.find((f) => f.file === file)?.text)
      .map((text) => text && (JSON.parse(text) as AutomationDocument));
    const words = !b ? [`automation ${file} added`] : !a ? [`automation ${file} removed`] : diffAutomation(b, a);
    return words.map((w) => ({ file, policy: 'automations', path: '', binding: 'current' as const, words: w }));
  });
}

/** What a publish would change, in words. Both sets have been checked. */
export function diffRuleSets(before: RuleSetContent, after: RuleSetContent): Difference[] {
  const parse = (text: string): PolicyDocument => JSON.parse(text) as PolicyDocument;
  const policies = [...new Set([...before.policies, ...after.policies].map((f) => f.file))].sort().flatMap((file) => {
    const b = before.policies.find((f) => f.file === file);
    const a = after.policies.find((f) => f.file === file);
    const whole = ({ policy, binding }: PolicyDocument, end: string): Difference[] => [{ file, policy, path: '', binding, words: `${file} ${end}` }];
    if (!b) return whole(parse(a!.text), 'added');
    if (!a) return whole(parse(b.text), 'removed');
    return diffDocument(file, parse(b.text), parse(a.text));
  });
  const messages = [...new Set([...before.messages, ...after.messages].map((f) => f.file))].sort().flatMap((file) => {
    const b = before.messages.find((f) => f.file === file)?.text;
    const a = after.messages.find((f) => f.file === file)?.text;
    const end = b === undefined ? 'added' : a === undefined ? 'removed' : 'changed';
    return a === b ? [] : [{ file, policy: 'messages', path: '', binding: 'current' as const, words: `message ${file} ${end}` }];
  });
  return [
    ...policies,
    ...messages,
    ...diffMappings(before.inbound, after.inbound),
    ...diffFacts(before, after),
    ...diffAutomations(before.automations, after.automations),
  ];
}
