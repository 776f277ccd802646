import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkRuleFiles } from '../../commands/check-rules';
import { openDatabase, pgCode } from '../../db/database';
import { organisationIds } from '../../db/organisations';
import { newestSet } from '../../db/rule-sets';
import { diffRuleSets } from '../../policy/diff';
import type { RuleSetContent } from '../../policy/ruleset';
import type { Config } from '../config';
import { startDatabase } from '../engines/engines';
import { readRuleFiles, defaultRulesFolder } from '../rule-files';
import { interruptibly } from './interrupt';
import { print, printJson, progress } from './output';
import { filesOf, printFaults, type RulesOptions } from './rules-files';

const UNDEFINED_FUNCTION = '42883';

/** What is in force, read from the database alone; undefined where nothing was ever published. */
async function published(config: Config, signal: AbortSignal): Promise<RuleSetContent | undefined> {
  if (!config.databaseUrl && !existsSync(path.join(config.lecternHome, 'engines.json'))) return undefined;
  const database = await startDatabase(config, { progress, durable: config.nodeEnv !== 'test', signal });
  const db = openDatabase({ url: database.databaseUrl, poolMax: 1, applicationName: 'lectern-cli' });
  try {
    const [first] = await organisationIds(db.crossing);
    return first === undefined ? undefined : (await db.inOrganisation(first, newestSet))?.content;
  } catch (error) {
    // A database without its schema.
    if (pgCode(error) === UNDEFINED_FUNCTION) return undefined;
    throw error;
  } finally {
    await db.close();
    await database.stop();
  }
}

export interface DiffOptions extends RulesOptions {
  against?: string;
}

function compare(before: RuleSetContent, files: RuleSetContent, { against, json }: DiffOptions): number {
  const differences = diffRuleSets(before, files);
  if (json) printJson(differences);
  else if (differences.length > 0) print(differences.map((d) => d.words).join('\n'));
  else print(against === undefined ? 'The files are what is published.' : 'The two folders say the same.');
  return 0;
}

/** What publishing the files would change, or how they differ from another folder. Exit 0 with or without differences, 1 with faults. */
export async function rulesDiff(configOf: () => Promise<Config>, options: DiffOptions): Promise<number> {
  const files = filesOf(options);
  const faults = checkRuleFiles(files);
  if (faults.length > 0) return printFaults(faults, options);
  if (options.against !== undefined) return compare(filesOf({ rules: options.against }), files, options);
  const config = await configOf();
  return interruptibly(config.lecternHome, async (signal) => {
    const before = await published(config, signal);
    if (before === undefined) progress('nothing has been published yet: compared with the rules as shipped, which the first start publishes');
    return compare(before ?? readRuleFiles(defaultRulesFolder()), files, options);
  });
}
