import { checkRuleFiles, publishRules } from '../../commands/publish-rules';
import { missingTables } from '../../commands/import-table';
import type { Config } from '../config';
import { progress, UsageError } from './output';
import { actingOn, instantOf, printPublished } from './rule-versions';
import { applyRunning, checkApply, previewPublish, selectionOf } from './rules-adoption';
import { filesOf, printFaults, type RulesOptions } from './rules-files';

export interface PublishOptions extends RulesOptions {
  message?: string;
  from?: string;
  preview?: boolean;
  apply?: string;
  where?: string[];
}

/** Publishes the files as the set in force, now or from `--from` on. Exit 1 with faults. The same content as is in force is not published again. */
export async function rulesPublish(config: Config, options: PublishOptions): Promise<number> {
  checkApply(options);
  const selection = selectionOf(options.where);
  if (options.preview) return previewPublish(config, options);
  if (options.message === undefined || options.message.trim() === '') throw new UsageError('-m says what changes and why; it must not be empty.');
  const { message } = options;
  const effectiveFrom = instantOf(options.from);
  const files = filesOf(options);
  const faults = checkRuleFiles(files);
  if (faults.length > 0) {
    progress('nothing was published');
    return printFaults(faults, options);
  }
  return actingOn(config, async (ctx) => {
    const published = await publishRules(ctx, { ...files, message, effectiveFrom });
    for (const { table, facts } of await ctx.db.inOrganisation(ctx.organisationId, missingTables))
      progress(`${facts.join(', ')}: ${table} is not there to look up in; npx lectern rules table import ${table}`);
    const code = printPublished(published, options);
    if (!options.apply) return code;
    if (published.number === null)
      throw new UsageError('Not in force yet, so nothing took its terms: once it is, npx lectern rules adoption --apply running');
    return applyRunning(ctx, { number: published.number, selection }, options);
  });
}
