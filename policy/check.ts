import { nearest } from '../domain/nearest';
import { checkExamples, runExamples } from './check-examples';
import { checkFields, isObject, type Report } from './check-fields';
import { costOf } from './check-logic';
import { checkOutcome, checkWhole } from './check-outcome';
import { MOST_NODES_A_RULE, nodesIn, readDocument } from './check-shape';
import { compilePolicy, paramSpec, specOf, type CompiledPolicy } from './compile';
import { rivals } from './select';
import type { LogicScope } from './check-types';
import { isOperation } from './logic';
import type { DecisionPointSpec, Fault, Json, PolicyDocument } from './types';

const FIELDS = ['$schema', 'policy', 'title', 'description', 'binding', 'hit', 'appliesTo', 'params', 'rules', 'otherwise', 'onMissing', 'examples'];
const RULE_FIELDS = ['id', 'description', 'when', 'then', 'say'];
const MOST_COST = 20_000;

type Points = Readonly<Record<string, DecisionPointSpec>>;

function checkHead(value: Record<string, Json>, points: Points, report: Report): DecisionPointSpec | undefined {
  checkFields(value, FIELDS, null, '', report);
  const spec = typeof value.policy === 'string' && Object.hasOwn(points, value.policy) ? points[value.policy] : undefined;
  if (!spec)
    report(
      null,
      '/policy',
      `"${String(value.policy)}" is not a decision point`,
      nearest(String(value.policy), Object.keys(points)) ?? `one of: ${Object.keys(points).join(', ')}`,
    );
  for (const field of ['title', 'description'] as const)
    if (typeof value[field] !== 'string' || value[field] === '')
      report(null, `/${field}`, `a policy has a ${field} that an admin understands`, 'add it');
  for (const field of ['binding', 'hit'] as const)
    if (spec && value[field] !== spec[field])
      report(null, `/${field}`, `${field} of "${spec.point}" is "${spec[field]}", not ${JSON.stringify(value[field] ?? null)}`, spec[field]);
  if (value.appliesTo !== undefined) {
    if (!isObject(value.appliesTo)) report(null, '/appliesTo', 'names programme or branch', null);
    else {
      checkFields(value.appliesTo, ['programme', 'branch'], null, '/appliesTo', report);
      for (const [key, label] of Object.entries(value.appliesTo))
        if (typeof label !== 'string' || label === '') report(null, `/appliesTo/${key}`, 'is a text', null);
    }
  }
  if (!Array.isArray(value.rules)) report(null, '/rules', 'is the list of rules', null);
  if (value.otherwise === undefined) report(null, '/otherwise', 'a policy says what happens when no rule applies', 'add "otherwise"');
  if (value.onMissing === undefined && spec?.hit !== 'collect')
    report(null, '/onMissing', 'a policy says what happens when a fact is missing', 'add "onMissing", such as holding it for a person');
  if (value.params !== undefined && !isObject(value.params)) report(null, '/params', 'is a set of named values', null);
  return spec;
}

function checkRule(
  raw: Json,
  i: number,
  ids: Set<string>,
  spec: DecisionPointSpec,
  scopeFor: (rule: string | null) => LogicScope,
  report: Report,
): void {
  const path = `/rules/${i}`;
  if (!isObject(raw)) return report(null, path, 'a rule is an object with id, when and then', null);
  const id = typeof raw.id === 'string' ? raw.id : null;
  if (id === null || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
    report(id, `${path}/id`, 'a rule has an id in small letters and dashes', 'such as "past-grace"');
  if (id !== null && ids.has(id)) report(id, `${path}/id`, `"${id}" is the id of another rule too`, 'give it another one');
  if (id !== null) ids.add(id);
  checkFields(raw, RULE_FIELDS, id, path, report);
  if (nodesIn(raw) > MOST_NODES_A_RULE) report(id, path, `a rule has at most ${MOST_NODES_A_RULE} parts`, 'split it');
  const scope = scopeFor(id);
  if (raw.when === undefined) report(id, `${path}/when`, 'a rule says when it applies', null);
  else if (!isOperation(raw.when) && typeof raw.when !== 'boolean')
    report(id, `${path}/when`, 'is a condition', 'write {"==": [{"var": "…"}, …]}, or true');
  else {
    checkWhole(raw.when, `${path}/when`, scope, false, (types) => types.condition(raw.when!, `${path}/when`));
    if (costOf(raw.when, scope.find) > MOST_COST) report(id, `${path}/when`, 'this condition could take too long', 'split it');
  }
  checkOutcome(raw.then ?? null, spec, id, `${path}/then`, scope, report);
  if (
    raw.say !== undefined &&
    (!isObject(raw.say) || !Object.entries(raw.say).every(([l, t]) => /^[a-z]{2}(-[A-Z]{2})?$/.test(l) && typeof t === 'string' && t.length <= 300))
  ) {
    report(id, `${path}/say`, 'is a reason by language', '{"en": "…"}');
  }
}

/** Names of parameters alone: what is taken when facts are missing must not need any. */
const paramsOnly = (scope: LogicScope, why: string): LogicScope => ({
  ...scope,
  find: (name) => (name.startsWith('params.') ? scope.find(name) : undefined),
  names: scope.names.filter((n) => n.startsWith('params.')),
  report: (path, message, suggestion) => scope.report(path, `${message}: ${why}`, suggestion),
});

function checkDocument(file: string, value: Json, points: Points, faults: Fault[]): CompiledPolicy | undefined {
  const before = faults.length;
  const report: Report = (rule, path, message, suggestion = null) => void faults.push({ file, rule, path, message, suggestion });
  if (!isObject(value)) return void report(null, '', 'a policy is an object', null);
  const spec = checkHead(value, points, report);
  if (!spec || !Array.isArray(value.rules)) return undefined;
  const params = isObject(value.params) ? value.params : {};
  const paramSpecs = Object.fromEntries(Object.entries(params).map(([name, v]) => [name, paramSpec(v)]));
  const unused = new Set(Object.keys(params));
  const scopeFor = (rule: string | null): LogicScope => ({
    find: (name) => specOf(spec, paramSpecs, name),
    names: [...Object.keys(spec.facts), ...Object.keys(params).map((p) => `params.${p}`)],
    report: (path, message, suggestion) => report(rule, path, message, suggestion),
    used: (name) => void unused.delete(name.replace(/^params\./, '')),
  });
  for (const [name, v] of Object.entries(params)) {
    if (isObject(v) || v === null) report(null, `/params/${name}`, 'a parameter is a plain value', 'such as "15m"');
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) report(null, `/params/${name}`, 'a parameter is named in letters and digits', null);
  }
  const ids = new Set<string>();
  value.rules.forEach((rule, i) => checkRule(rule, i, ids, spec, scopeFor, report));
  if (spec.hit === 'first') {
    const always = value.rules.findIndex((r) => isObject(r) && r.when === true);
    if (always !== -1 && always < value.rules.length - 1)
      report(
        String((value.rules[always] as { id?: string }).id),
        `/rules/${always}`,
        'this rule always applies, so no rule below it is ever reached',
        'move it to "otherwise"',
      );
  }
  if (value.otherwise !== undefined && value.otherwise !== null) checkOutcome(value.otherwise, spec, null, '/otherwise', scopeFor(null), report);
  if (value.otherwise === null && spec.hit !== 'collect') report(null, '/otherwise', 'is an outcome here', null);
  if (value.onMissing !== undefined)
    checkOutcome(
      value.onMissing,
      spec,
      null,
      '/onMissing',
      paramsOnly(scopeFor(null), 'when facts are missing, only parameters can be used'),
      report,
    );
  for (const name of unused) report(null, `/params/${name}`, `the parameter "${name}" is not used`, 'take it out, or use it in a rule');
  checkExamples(value, { spec, report, scope: paramsOnly(scopeFor(null), 'an example can use parameters only') });
  if (faults.length > before) return undefined;
  const compiled = compilePolicy(file, value as unknown as PolicyDocument, spec);
  runExamples(compiled, report);
  return compiled;
}

/**
 * Checks policy documents and gives every fault, not the first alone; what has none is compiled. Examples are run: one whose
 * outcome is not what it expects is a fault that shows both.
 */
export function checkPolicies(documents: readonly { file: string; text: string }[], points: Points): { faults: Fault[]; policies: CompiledPolicy[] } {
  const faults: Fault[] = [];
  const policies: CompiledPolicy[] = [];
  for (const { file, text } of documents) {
    const read = readDocument(text);
    if ('faults' in read) faults.push(...read.faults.map((f) => ({ file, rule: null, ...f })));
    else {
      const policy = checkDocument(file, read.value, points, faults);
      if (policy) policies.push(policy);
    }
  }
  const seen = new Map<string, string>();
  for (const p of policies) {
    const key = JSON.stringify([p.document.policy, p.document.appliesTo?.programme ?? null, p.document.appliesTo?.branch ?? null]);
    const other = seen.get(key);
    if (other)
      faults.push({
        file: p.file,
        rule: null,
        path: '/appliesTo',
        message: `"${p.document.policy}" is answered for the same sessions by ${other}`,
        suggestion: 'let one of them apply to something else',
      });
    seen.set(key, p.file);
  }
  for (const [p, other] of rivals(policies))
    faults.push({
      file: p.file,
      rule: null,
      path: '/appliesTo',
      message: `for some sessions "${p.document.policy}" is answered just as well by ${other.file}`,
      suggestion: 'write a document for that programme and branch together, or let both name the same kind of label',
    });
  return { faults, policies };
}
