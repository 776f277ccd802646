import { checkRuleFiles, publishRules } from '../../commands/publish-rules';
import { SYSTEM } from '../../commands/context';
import { newestSet } from '../../db/rule-sets';
import { POINTS } from '../../decisions/points';
import { checkPolicies } from '../../policy/check';
import { diffRuleSets } from '../../policy/diff';
import type { Fault } from '../../policy/types';
import type { RuleFiles } from '../../commands/publish-rules';
import type { Config } from '../config';
import { defaultRulesFolder, readRuleFiles } from '../rule-files';
import { print, printJson, progress, UsageError } from './output';
import { withGround } from './with-lectern';

export interface RulesOptions {
  rules?: string;
  json?: boolean;
}

function filesOf({ rules }: RulesOptions): RuleFiles {
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

function printFaults(faults: Fault[], { json }: RulesOptions): number {
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

/** What publishing the files would change. Exit 0 with or without differences, 1 when the files could not be published. */
export async function rulesDiff(config: Config, options: RulesOptions): Promise<number> {
  const files = filesOf(options);
  const faults = checkRuleFiles(files);
  if (faults.length > 0) return printFaults(faults, options);
  return withGround(config, async (lectern) => {
    const active = await lectern.db.inOrganisation(lectern.first.organisationId, newestSet);
    const differences = active ? diffRuleSets(active.content, files) : [];
    if (options.json) printJson(differences);
    else print(differences.length === 0 ? 'The files are what is published.' : differences.map((d) => d.words).join('\n'));
    return 0;
  });
}

/** Publishes the files as the set in force. Exit 1 with faults. The same content as is in force is not published again. */
export async function rulesPublish(config: Config, options: RulesOptions & { message: string }): Promise<number> {
  if (options.message.trim() === '') throw new UsageError('-m says what changes and why; it must not be empty.');
  const files = filesOf(options);
  const faults = checkRuleFiles(files);
  if (faults.length > 0) {
    progress('nothing was published');
    return printFaults(faults, options);
  }
  return withGround(config, async (lectern) => {
    const ctx = {
      db: lectern.db,
      organisationId: lectern.first.organisationId,
      principal: SYSTEM,
      asOf: lectern.now(),
      requestId: null,
      secret: lectern.engines.secret,
    };
    const published = await publishRules(ctx, { ...files, message: options.message });
    if (options.json) printJson(published);
    else {
      published.diff.forEach(print);
      if (!published.isNew) print('Nothing has changed.');
      print(`In force: set ${published.number} (${published.hash.slice(0, 12)}).`);
    }
    return 0;
  });
}
