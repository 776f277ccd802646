import { checkRuleFiles } from '../../commands/check-rules';
import { apart, diffRuleSets } from '../../policy/diff';
import type { RuleSetContent } from '../../policy/ruleset';
import type { Config } from '../config';
import { readRuleFiles, defaultRulesFolder } from '../rule-files';
import { printApart } from './differences';
import { print, printJson, progress } from './output';
import { filesOf, printFaults, type RulesOptions } from './rules-files';

export interface DiffOptions extends RulesOptions {
  against?: string;
}

function compare(before: RuleSetContent, files: RuleSetContent, { against, json }: DiffOptions): number {
  const differences = diffRuleSets(before, files);
  if (json) printJson(differences);
  else if (differences.length > 0) printApart(apart(differences));
  else print(against === undefined ? 'The files are what is published.' : 'The two folders say the same.');
  return 0;
}

/** What publishing the files would change, or how they differ from another folder. Exit 0 with or without differences, 1 with faults. */
export async function rulesDiff(configOf: () => Promise<Config>, options: DiffOptions): Promise<number> {
  const files = filesOf(options);
  const faults = checkRuleFiles(files);
  if (faults.length > 0) return printFaults(faults, options);
  if (options.against !== undefined) return compare(filesOf({ rules: options.against }), files, options);
  const { withPublished } = await import('./rules-published.js');
  return withPublished(await configOf(), (before) => {
    if (before === undefined) progress('nothing has been published yet: compared with the rules as shipped, which the first start publishes');
    return compare(before ?? readRuleFiles(defaultRulesFolder()), files, options);
  });
}
