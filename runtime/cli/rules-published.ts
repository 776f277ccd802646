import { existsSync } from 'node:fs';
import path from 'node:path';
import { openDatabase, pgCode } from '../../db/database';
import { organisationIds } from '../../db/organisations';
import { newestSet } from '../../db/rule-sets';
import type { RuleSetContent } from '../../policy/ruleset';
import type { Config } from '../config';
import { startDatabase } from '../engines/engines';
import { interruptibly } from './interrupt';
import { progress } from './output';

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

/** Does a command's work on what is in force. Starts at most the database of this home, and that for as long as it is read. */
export const withPublished = (config: Config, work: (published: RuleSetContent | undefined) => number): Promise<number> =>
  interruptibly(config.lecternHome, async (signal) => work(await published(config, signal)));
