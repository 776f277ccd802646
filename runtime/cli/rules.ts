import { checkRuleFiles, type RuleFiles } from '../../commands/check-rules';
import { POINTS } from '../../decisions/points';
import { checkPolicies } from '../../policy/check';
import type { Fault } from '../../policy/types';
import { defaultRulesFolder, readRuleFiles } from '../rule-files';
import { print, printJson, UsageError } from './output';

export interface RulesOptions {
  rules?: string;
  json?: boolean;
}

export function filesOf({ rules }: RulesOptions): RuleFiles {
  try {
    return readRuleFiles(rules ?? defaultRulesFolder());
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** "change.json › cancel-late /rules/4/when: "notic" is not a fact or parameter here (did you mean notice?)" */
export function faultLine(f: Fault): string {
  const place = [f.file, f.rule && `› ${f.rule}`, f.path].filter(Boolean).join(' ');
  const remedy = f.suggestion === null ? '' : ` (${/^[\w.$-]+$/.test(f.suggestion) ? `did you mean ${f.suggestion}?` : f.suggestion})`;
  return `${place}: ${f.message}${remedy}`;
}

/** Every fault of the files. Exit 1 with any. */
export function rulesCheck(options: RulesOptions): number {
  const files = filesOf(options);
  const faults = checkRuleFiles(files);
  if (faults.length > 0) return printFaults(faults, options);
  if (options.json) printJson([]);
  else print(`${files.policies.length} policies, ${files.messages.length} messages and ${files.inbound?.length ?? 0} mappings: no fault`);
  return 0;
}

export function printFaults(faults: Fault[], { json }: RulesOptions): number {
  if (json) printJson(faults);
  else print(`${faults.map(faultLine).join('\n')}\n\n${faults.length} fault${faults.length === 1 ? '' : 's'}`);
  return 1;
}

/** Runs the examples of every policy. Exit 1 when one fails or a file cannot be read. */
export function rulesTest(options: RulesOptions): number {
  const { policies: documents, unread = [] } = filesOf(options);
  const { faults: found, policies } = checkPolicies(documents, POINTS);
  const faults = [...unread, ...found];
  const results = policies
    .filter((p) => !faults.some((f) => f.file === p.file))
    .map((p) => ({ file: p.file, passed: p.document.examples.cases.length }));
  const passed = results.reduce((n, r) => n + r.passed, 0);
  if (options.json) printJson({ passed, results, faults });
  else {
    results.forEach((r) => print(`${r.file}: ${r.passed} example${r.passed === 1 ? '' : 's'} hold`));
    faults.forEach((f) => print(faultLine(f)));
    print(`\n${passed} examples hold${faults.length > 0 ? `, ${faults.length} fault${faults.length === 1 ? '' : 's'}` : ''}`);
  }
  return faults.length === 0 ? 0 : 1;
}
