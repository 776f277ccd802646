import { AUTOMATION_EVENT_NAMES, automationEvent, EACH } from '../../domain/automation';
import { nearest } from '../../domain/nearest';
import { checkFields, isObject, type Report } from '../check-fields';
import { costOf } from '../check-logic';
import { checkWhole } from '../check-outcome';
import { checkParams } from '../check-params';
import { MOST_COST } from '../check-rule';
import { MOST_NODES_A_RULE, nodesIn, readDocument } from '../check-shape';
import { isOperation } from '../logic';
import type { Fault, FieldSpec, Json } from '../types';
import { parseClockTime } from '../units';
import { checkCases, runCases } from './check-cases';
import { checkSteps } from './check-steps';
import { compileAutomation, specIn } from './compile';
import type { AutomationDocument, CompiledAutomation } from './types';

type FactSpecs = Readonly<Record<string, FieldSpec>>;

const HEAD = ['$schema', 'automation', 'title', 'description', 'enabled', 'on', 'each', 'at', 'params', 'when', 'do', 'examples'];

function checkEvent({ on, each, at }: Record<string, Json>, report: Report): void {
  const event = automationEvent(String(on));
  if (typeof on !== 'string' || !event)
    return report(
      'wrong-value',
      null,
      '/on',
      `${JSON.stringify(on ?? null)} is not an event`,
      nearest(String(on), AUTOMATION_EVENT_NAMES) ?? `one of: ${AUTOMATION_EVENT_NAMES.join(', ')}`,
    );
  if (each !== undefined && !EACH.includes(each as never))
    report(
      'wrong-value',
      null,
      '/each',
      `${JSON.stringify(each)} is not whom there is a run for`,
      nearest(String(each), EACH) ?? `one of: ${EACH.join(', ')}`,
    );
  if (event.isDaily && each !== 'student') report('wrong-value', null, '/each', `"${on}" is about each student`, 'student');
  if (event.isDaily ? typeof at !== 'string' || parseClockTime(at) === null : at !== undefined)
    report('wrong-value', null, '/at', 'is the clock time of a daily event, and of no other', '"09:00"');
}

function checkHead(file: string, value: Record<string, Json>, report: Report): void {
  checkFields(value, HEAD, null, '', report);
  const name = file.replace(/\.json$/, '');
  if (value.automation !== name || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
    report('wrong-name', null, '/automation', 'an automation is named like its file, in small letters, digits and dashes', JSON.stringify(name));
  for (const field of ['title', 'description'])
    if (typeof value[field] !== 'string' || value[field].trim() === '')
      report('missing-field', null, `/${field}`, `an automation has a ${field} that an admin understands`, 'add it');
  if (typeof value.enabled !== 'boolean') report('missing-field', null, '/enabled', 'says whether it runs', 'false, until you have tried it');
  checkEvent(value, report);
}

function checkWhen(value: Record<string, Json>, facts: FactSpecs, report: Report): void {
  if (value.params !== undefined && !isObject(value.params)) return report('wrong-shape', null, '/params', 'is values by name', '{"most": 3}');
  const params = checkParams(value.params ?? {}, report);
  const used = new Set<string>();
  const { when } = value;
  const scope = {
    find: (name: string) => specIn(facts, params, name),
    names: [...Object.keys(facts), ...Object.keys(params).map((name) => `params.${name}`)],
    report: (...[code, path, message, suggestion]: [Parameters<Report>[0], string, string, string]) => report(code, null, path, message, suggestion),
    used: (name: string) => void used.add(name),
  };
  if (when === undefined || (!isOperation(when) && typeof when !== 'boolean'))
    return report('wrong-shape', null, '/when', 'is a condition, or true', '{"==": [{"var": "isTrial"}, false]}');
  checkWhole(when, '/when', scope, false, (types) => types.condition(when, '/when'));
  if (nodesIn(when) > MOST_NODES_A_RULE || costOf(when, scope.find) > MOST_COST)
    report('too-costly', null, '/when', 'this condition could take too long', 'split the automation');
  for (const name of Object.keys(params))
    if (!used.has(`params.${name}`)) report('unused-parameter', null, `/params/${name}`, `nothing uses "${name}"`, 'take it out');
}

function checkDocument(file: string, value: Json, facts: FactSpecs, faults: Fault[]): CompiledAutomation | undefined {
  const before = faults.length;
  const report: Report = (code, rule, path, message, suggestion) => void faults.push({ code, file, rule, path, message, suggestion });
  if (!isObject(value)) return void report('wrong-shape', null, '', 'an automation is an object', 'write { "automation": "…", … }');
  checkHead(file, value, report);
  checkWhen(value, facts, report);
  if (Array.isArray(value.do) && value.do.length === 0)
    report('missing-field', null, '/do', 'an automation does something', '[{"id": "…", "note": {…}}]');
  checkSteps(value.do, '/do', { report, ids: new Set(), isOfOne: value.each === 'student' || value.each === 'instructor' });
  if (faults.length > before) return undefined;
  const document = value as unknown as AutomationDocument;
  checkCases(document, facts, report);
  if (faults.length > before) return undefined;
  const automation = compileAutomation(file, document, facts);
  runCases(automation, report);
  return automation;
}

/** Checks automations and gives every fault; what has none is compiled. Examples are run, and every step is shown by one. */
export function checkAutomations(
  documents: readonly { file: string; text: string }[],
  facts: FactSpecs,
): { faults: Fault[]; automations: CompiledAutomation[] } {
  const faults: Fault[] = [];
  const automations: CompiledAutomation[] = [];
  for (const { file, text } of documents) {
    const read = readDocument(text);
    if ('faults' in read) faults.push(...read.faults.map((f) => ({ file, rule: null, ...f })));
    else {
      const automation = checkDocument(file, read.value, facts, faults);
      if (automation) automations.push(automation);
    }
  }
  return { faults, automations };
}
