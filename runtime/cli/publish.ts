import { checkRuleFiles, publishRules } from '../../commands/publish-rules';
import { SYSTEM } from '../../commands/context';
import type { Config } from '../config';
import { print, printJson, progress, UsageError } from './output';
import { filesOf, printFaults, type RulesOptions } from './rules-files';
import { withGround } from './with-lectern';

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
