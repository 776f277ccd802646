import { compileLogic, names, paramSpec } from '../compile';
import { evaluateLogic, isTruthy, UNKNOWN } from '../logic';
import type { Facts, FieldSpec, Json } from '../types';
import { parseValue } from '../units';
import type { AutomationDocument, CompiledAutomation } from './types';

/** The type of what a condition may name: a fact, or a parameter as it is written. */
export function specIn(facts: Readonly<Record<string, FieldSpec>>, params: Readonly<Record<string, FieldSpec>>, name: string): FieldSpec | undefined {
  const [from, key] = name.startsWith('params.') ? [params, name.slice(7)] : [facts, name];
  return Object.hasOwn(from, key) ? from[key] : undefined;
}

/** Compiles a document that has been checked. `facts`: what its condition may name, with what its rule set declares. */
export function compileAutomation(file: string, document: AutomationDocument, facts: Readonly<Record<string, FieldSpec>>): CompiledAutomation {
  const given = Object.entries(document.params ?? {});
  const specs = Object.fromEntries(given.map(([name, value]) => [name, paramSpec(value)]));
  return {
    name: document.automation,
    file,
    document,
    when: compileLogic(document.when, (name) => specIn(facts, specs, name)),
    params: Object.fromEntries(given.map(([name, value]): [string, Json] => [`params.${name}`, parseValue(specs[name]!, value) ?? value])),
    declared: Object.entries(facts).flatMap(([name, { declared }]) => (declared && names(document.when, name) ? [declared] : [])),
    facts,
  };
}

/** Whether the condition holds; `unknown` with the facts that are missing to say so. */
export function holds(automation: CompiledAutomation, facts: Facts): { answer: boolean | 'unknown'; missing: string[] } {
  const missing = new Set<string>();
  const answer = evaluateLogic(automation.when, { ...facts, ...automation.params }, missing);
  return answer === UNKNOWN ? { answer: 'unknown', missing: [...missing] } : { answer: isTruthy(answer), missing: [] };
}
