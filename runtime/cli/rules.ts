import { automationsOf, checkRuleFiles, pointsOf } from '../../commands/check-rules';
import { checkPolicies } from '../../policy/check';
import { print, printJson, UsageError } from './output';
import { coverage, printCoverage } from './rules-coverage';
import { faultLine, filesOf, folderOf, printFaults, type RulesOptions } from './rules-files';
import { whileWatching } from './rules-watch';

export type { RulesOptions };

function checkOnce(options: RulesOptions): number {
  const files = filesOf(options);
  const faults = checkRuleFiles(files);
  if (faults.length > 0) return printFaults(faults, options);
  if (options.json) printJson([]);
  else {
    const { policies, messages, inbound = [], facts = [], automations = [] } = files;
    print(
      `${policies.length} policies, ${messages.length} messages, ${inbound.length} mappings, ${facts.length} facts and ${automations.length} automations: no fault`,
    );
  }
  return 0;
}

/** Every fault of the files. Exit 1 with any. With `watch` again and again while they are edited. */
export function rulesCheck(options: RulesOptions & { watch?: boolean }): number | Promise<number> {
  if (!options.watch) return checkOnce(options);
  if (options.json) throw new UsageError('--watch prints again and again, and --json prints one document.');
  filesOf(options);
  return whileWatching(folderOf(options), () => {
    try {
      checkOnce(options);
    } catch (error) {
      // The folder is on its way to be another one.
      print((error as Error).message);
    }
  });
}

/** Runs the examples of every policy and every automation. Exit 1 when one fails or a file cannot be read, and with `coverage` when a rule is never reached. */
export function rulesTest(options: RulesOptions & { coverage?: boolean }): number {
  const files = filesOf(options);
  const { points, faults: inFacts } = pointsOf(files);
  const { faults: found, policies } = checkPolicies(files.policies, points);
  const { faults: inAutomations, automations } = automationsOf(files);
  const faults = [...(files.unread ?? []), ...inFacts, ...found, ...inAutomations];
  const sound = policies.filter((p) => !faults.some((f) => f.file === p.file));
  const results = sound.map((p) => ({ file: p.file, passed: p.document.examples.cases.length, properties: p.document.properties?.length ?? 0 }));
  const whole = automations.filter((a) => !faults.some((f) => f.file === a.file));
  results.push(...whole.map((a) => ({ file: `automations/${a.file}`, passed: a.document.examples.cases.length, properties: 0 })));
  const sum = (of: 'passed' | 'properties'): number => results.reduce((n, r) => n + r[of], 0);
  const covered = options.coverage ? coverage(sound) : undefined;
  if (options.json)
    printJson({ passed: sum('passed'), properties: sum('properties'), results, faults, ...(covered && { coverage: covered.coverage }) });
  else {
    if (covered) printCoverage(covered.coverage);
    else results.forEach((r) => print(`${r.file}: ${r.passed} example${r.passed === 1 ? '' : 's'} hold`));
    faults.forEach((f) => print(faultLine(f)));
    const found = faults.length > 0 ? `, ${faults.length} fault${faults.length === 1 ? '' : 's'}` : '';
    print(`\n${sum('passed')} examples and ${sum('properties')} properties hold${found}`);
  }
  return faults.length === 0 && !covered?.hasFindings ? 0 : 1;
}
