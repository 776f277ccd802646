import { checkExamples, runExamples } from './check-examples';
import { isObject, type Report } from './check-fields';
import { checkHead, type Points } from './check-head';
import { checkOutcome } from './check-outcome';
import { checkRule } from './check-rule';
import { readDocument } from './check-shape';
import { compilePolicy, paramSpec, specOf, type CompiledPolicy } from './compile';
import { rivals } from './select';
import type { LogicScope } from './check-types';
import type { Fault, Json, PolicyDocument } from './types';
import { parseDuration } from './units';

/** Names of parameters alone: what is taken when facts are missing must not need any. */
const paramsOnly = (scope: LogicScope, why: string): LogicScope => ({
  ...scope,
  find: (name) => (name.startsWith('params.') ? scope.find(name) : undefined),
  names: scope.names.filter((n) => n.startsWith('params.')),
  report: (path, message, suggestion) =>
    scope.report(path, message.endsWith('is not a fact or parameter here') ? `${message}: ${why}` : message, suggestion),
});

const UNITS: [RegExp, string][] = [
  [/^(ms|milli\w*)$/, 'ms'],
  [/^s(ec\w*)?$/, 's'],
  [/^m?(in\w*)?$/, 'm'],
  [/^h(r|rs|our\w*)?$/, 'h'],
  [/^d(ay\w*)?$/, 'd'],
];
/**
 * What was meant by a parameter that is a number with a unit of its own making ("15 min", "50%", "15"); null for any other. It is
 * told once, where it stands, and not again in each rule that it meets.
 */
function meantBy(value: Json): Json | null {
  const [, number, unit] = typeof value === 'string' && parseDuration(value) === null ? (/^(-?\d+)\s*([a-z%]*)$/i.exec(value.trim()) ?? []) : [];
  if (number === undefined) return null;
  if (unit === '%') return Number(number);
  const known = UNITS.find(([written]) => written.test(unit!.toLowerCase()));
  return known ? `${number}${known[1]}` : null;
}

function checkDocument(file: string, value: Json, points: Points, faults: Fault[]): CompiledPolicy | undefined {
  const before = faults.length;
  const report: Report = (rule, path, message, suggestion = null) => void faults.push({ file, rule, path, message, suggestion });
  if (!isObject(value)) return void report(null, '', 'a policy is an object', 'write { "policy": "…", … }');
  const spec = checkHead(value, points, report);
  if (!spec || !Array.isArray(value.rules)) return undefined;
  const params = isObject(value.params) ? value.params : {};
  const paramSpecs = Object.fromEntries(Object.entries(params).map(([name, v]) => [name, paramSpec(meantBy(v) ?? v)]));
  const unused = new Set(Object.keys(params));
  const scopeFor = (rule: string | null): LogicScope => ({
    find: (name) => specOf(spec, paramSpecs, name),
    names: [...Object.keys(spec.facts), ...Object.keys(params).map((p) => `params.${p}`)],
    report: (path, message, suggestion) => report(rule, path, message, suggestion),
    used: (name) => void unused.delete(name.replace(/^params\./, '')),
  });
  for (const [name, v] of Object.entries(params)) {
    if (isObject(v) || v === null) report(null, `/params/${name}`, 'a parameter is a plain value', 'such as "15m"');
    const meant = meantBy(v);
    if (meant !== null) report(null, `/params/${name}`, `${JSON.stringify(v)} is not how a value with a unit is written`, JSON.stringify(meant));
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) report(null, `/params/${name}`, 'a parameter is named in letters and digits', null);
  }
  const ids = new Set<string>();
  value.rules.forEach((rule, i) => checkRule(rule, i, { spec, scopeFor, report, ids }));
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
