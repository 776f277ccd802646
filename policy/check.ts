import { checkExamples, runExamples } from './check-examples';
import { isObject, type Report } from './check-fields';
import { checkHead, type Points } from './check-head';
import { costOf } from './check-logic';
import { checkOutcome } from './check-outcome';
import { checkParams } from './check-params';
import { checkProperties, tryProperties } from './check-properties';
import { checkRule, MOST_COST } from './check-rule';
import { readDocument } from './check-shape';
import { areAlike, type LogicScope } from './check-types';
import { compilePolicy, specOf, type CompiledPolicy } from './compile';
import { isOperation } from './logic';
import { LABELS, rivals } from './select';
import type { Budget } from './situations';
import type { DecisionPointSpec, Fault, FieldSpec, Json, PolicyDocument } from './types';

/** How many documents a set has at most, and how many conditions are looked at to try all of their properties. */
const MOST_DOCUMENTS = 1_000;
const MOST_STEPS_A_SET = 20_000_000;
/** How many steps the examples of one document may take together. */
const MOST_EXAMPLE_COST = 2_000_000;

/** Names of parameters alone: what is taken when facts are missing must not need any. */
const paramsOnly = (scope: LogicScope, why: string): LogicScope => ({
  ...scope,
  find: (name) => (name.startsWith('params.') ? scope.find(name) : undefined),
  names: scope.names.filter((n) => n.startsWith('params.')),
  report: (code, path, message, suggestion) => scope.report(code, path, code === 'unknown-fact' ? `${message}: ${why}` : message, suggestion),
});

/** What the logic of a document may name, with a note of which parameters are used, and for what. */
function scopes(params: { names: string[]; specs: Record<string, FieldSpec>; unused: Set<string> }, spec: DecisionPointSpec, report: Report) {
  const met = new Map<string, FieldSpec>();
  const meets = (name: string, now: FieldSpec): FieldSpec | undefined => {
    const before = met.get(name) ?? now;
    met.set(name, before);
    return areAlike(before, now) ? undefined : before;
  };
  return (rule: string | null): LogicScope => ({
    find: (name) => specOf(spec, params.specs, name),
    names: [...Object.keys(spec.facts), ...params.names.map((p) => `params.${p}`)],
    report: (code, path, message, suggestion) => report(code, rule, path, message, suggestion),
    used: (name) => void params.unused.delete(name.replace(/^params\./, '')),
    meets,
  });
}

/** A rule that is always true hides what stands below it. */
function checkReach(rules: Json[], spec: DecisionPointSpec, report: Report): void {
  const always = spec.hit === 'first' ? rules.findIndex((r) => isObject(r) && r.when === true) : -1;
  if (always === -1 || always === rules.length - 1) return;
  const id = String((rules[always] as { id?: string }).id);
  report('unreachable', id, `/rules/${always}`, 'this rule always applies, so no rule below it is ever reached', 'move it to "otherwise"');
}

/** What a decision can cost at most, and what the examples do; both are bounded, so that nothing that is published stalls a worker. */
function checkCost({ rules, examples }: Record<string, Json>, scope: LogicScope, report: Report): void {
  const calcs = (then: Json | undefined): Json[] => (isObject(then) ? Object.values(then).filter(isOperation) : []);
  const cost = (rules as Json[]).filter(isObject).reduce((sum, r) => sum + costOf([r.when ?? true, ...calcs(r.then)], scope.find), 0);
  if (cost > MOST_COST)
    report(
      'too-costly',
      null,
      '/rules',
      `deciding by these rules could take ${cost} steps, and at most ${MOST_COST} are allowed`,
      'split the document by programme, branch or subject',
    );
  const cases = isObject(examples) && Array.isArray(examples.cases) ? examples.cases.length : 0;
  if (cases * cost > MOST_EXAMPLE_COST)
    report('too-costly', null, '/examples/cases', `${cases} examples of so many rules take too long to run`, 'keep those that show something');
}

function checkOutcomes(value: Record<string, Json>, spec: DecisionPointSpec, scope: LogicScope, report: Report): void {
  const { otherwise, onMissing } = value;
  if (otherwise !== undefined && otherwise !== null) checkOutcome(otherwise, { rule: null, path: '/otherwise' }, { spec, scope, report });
  if (otherwise === null && spec.hit !== 'collect')
    report('missing-field', null, '/otherwise', 'is an outcome here', 'write the outcome that applies when no rule does');
  if (onMissing === undefined) return;
  const known = paramsOnly(scope, 'when facts are missing, only parameters can be used');
  checkOutcome(onMissing, { rule: null, path: '/onMissing' }, { spec, scope: known, report });
}

function checkDocument(file: string, value: Json, points: Points, into: { faults: Fault[]; budget: Budget }): CompiledPolicy | undefined {
  const { faults, budget } = into;
  const before = faults.length;
  const report: Report = (code, rule, path, message, suggestion) => void faults.push({ code, file, rule, path, message, suggestion });
  if (!isObject(value)) return void report('wrong-shape', null, '', 'a policy is an object', 'write { "policy": "…", … }');
  const spec = checkHead(value, points, report);
  if (!spec || !Array.isArray(value.rules)) return undefined;
  const params = isObject(value.params) ? value.params : {};
  const paramSpecs = checkParams(params, report);
  const unused = new Set(Object.keys(params));
  const scopeFor = scopes({ names: Object.keys(params), specs: paramSpecs, unused }, spec, report);
  const ids = new Set<string>();
  const rest = value.hit === 'merge' ? (value.otherwise ?? null) : undefined;
  value.rules.forEach((rule, i) => checkRule(rule, i, { spec, scopeFor, report, ids, rest }));
  if (value.hit === 'first') checkReach(value.rules, spec, report);
  checkOutcomes(value, spec, scopeFor(null), report);
  checkProperties(value.properties, { spec, scope: scopeFor(null), paramSpecs, report });
  for (const name of unused)
    report('unused-parameter', null, `/params/${name}`, `the parameter "${name}" is not used`, 'take it out, or use it in a rule');
  checkExamples(value, { spec, report, scope: paramsOnly(scopeFor(null), 'an example can use parameters only') });
  checkCost(value, scopeFor(null), report);
  if (faults.length > before) return undefined;
  const compiled = compilePolicy(file, value as unknown as PolicyDocument, spec);
  runExamples(compiled, report);
  tryProperties(compiled, report, budget);
  return compiled;
}

/** Documents that are for the same sessions: which of them applies to a family must not depend on the order of files. */
function checkTies(policies: readonly CompiledPolicy[]): Fault[] {
  return rivals(policies).map(({ policy, other, areSame }): Fault => {
    const at = { code: 'same-sessions', file: policy.file, rule: null, path: '/appliesTo' } as const;
    const point = `"${policy.document.policy}"`;
    return areSame
      ? { ...at, message: `${point} is answered for the same sessions by ${other.file}`, suggestion: 'let one of them apply to something else' }
      : {
          ...at,
          message: `for some sessions ${point} is answered just as well by ${other.file}`,
          suggestion: `write a document for what both name together, or let both name the same of ${LABELS.join(', ')}`,
        };
  });
}

/**
 * Checks policy documents and gives every fault, not the first alone; what has none is compiled. Examples are run and properties are
 * tried: one that does not come out is a fault that shows what does.
 */
export function checkPolicies(documents: readonly { file: string; text: string }[], points: Points): { faults: Fault[]; policies: CompiledPolicy[] } {
  const faults: Fault[] = [];
  const policies: CompiledPolicy[] = [];
  if (documents.length > MOST_DOCUMENTS) {
    const message = `a set has at most ${MOST_DOCUMENTS} documents, and here are ${documents.length}`;
    return {
      faults: [
        {
          code: 'too-large',
          file: documents[MOST_DOCUMENTS]!.file,
          rule: null,
          path: '',
          message,
          suggestion: 'put documents that are alike together',
        },
      ],
      policies,
    };
  }
  const into = { faults, budget: { left: MOST_STEPS_A_SET } };
  for (const { file, text } of documents) {
    const read = readDocument(text);
    if ('faults' in read) faults.push(...read.faults.map((f) => ({ file, rule: null, ...f })));
    else {
      const policy = checkDocument(file, read.value, points, into);
      if (policy) policies.push(policy);
    }
  }
  faults.push(...checkTies(policies));
  return { faults, policies };
}
