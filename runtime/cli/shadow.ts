import { checkRuleFiles } from '../../commands/check-rules';
import type { Context } from '../../commands/context';
import { saveDraft } from '../../commands/rule-drafts';
import { followShadow } from '../../commands/shadow/follow';
import { promoteShadow, startShadow, stopShadow } from '../../commands/shadow/shadow';
import { newestShadow } from '../../db/rule-shadows';
import { differencePage, listedShadow, shadowReport, type ListedDifference, type ListedShadow, type ShadowReport } from '../../db/read/rule-shadows';
import { isId } from '../../domain/ids';
import type { Config } from '../config';
import { disagreementLines, wholeNumber } from './backtest';
import { print, printJson, UsageError } from './output';
import { filesOf, printFaults, type RulesOptions } from './rules-files';
import { actingOn, instantOf, printPublished } from './rule-versions';

/** Keeps the files as a draft, and prints its id. Exit 1 with faults. */
export function rulesDraft(config: Config, options: RulesOptions & { message: string }): Promise<number> | number {
  if (options.message.trim() === '') throw new UsageError('-m says what changes and why; it must not be empty.');
  const files = filesOf(options);
  const faults = checkRuleFiles(files);
  if (faults.length > 0) return printFaults(faults, options);
  return actingOn(config, async (ctx) => {
    const id = await saveDraft(ctx, { ...files, message: options.message });
    if (options.json) printJson({ id, state: 'draft' });
    else print(`Kept as draft ${id}; nothing of it is in force. Beside the live set: npx lectern rules shadow ${id}`);
    return 0;
  });
}

export interface ShadowOptions {
  stop?: boolean;
  promote?: boolean;
  from?: string;
  cases: string;
  json?: boolean;
}

/** The one that runs, or the last that did. */
async function theShadow({ db, organisationId }: Context): Promise<ListedShadow> {
  const found = await db.inOrganisation(organisationId, async (tx) => {
    const newest = await newestShadow(tx);
    return newest && listedShadow(tx, newest.id);
  });
  if (!found) throw new UsageError('No draft is or was beside the live set; npx lectern rules shadow DRAFT puts one there.');
  return found;
}

const caseLine = (d: ListedDifference): string =>
  `  ${d.decisionId}  ${d.asOf.toISOString()}  ${d.point}: ${d.outcomeWas} (${d.ruleWas}) → ${d.outcomeIs} (${d.rule})`;

export function shadowLines(s: ListedShadow, r: ShadowReport, cases: readonly ListedDifference[]): string[] {
  const end = s.endedAt ? ` until ${s.endedAt.toISOString()} (${s.endedAs}${s.reason ? `: ${s.reason}` : ''})` : '';
  const judged = r.decisions - r.unjudged;
  return [
    `“${s.draftMessage}” (draft ${s.draftId}) beside the live set since ${s.startedAt.toISOString()}${end}.`,
    `Of ${r.decisions} decisions ${judged} could be judged and ${r.differ} would have come out differently.`,
    ...(r.waiting > 0 ? [`${r.waiting} more are not looked at yet.`] : []),
    ...disagreementLines(r),
    ...(cases.length > 0 ? ['', `Each with both explanations: npx lectern rules explain DECISION --draft ${s.draftId}:`] : []),
    ...cases.map(caseLine),
  ];
}

/** Looks at what waits by itself, so that it is complete where no worker runs, and adds up. */
async function report(ctx: Context, options: ShadowOptions): Promise<number> {
  const { db, organisationId } = ctx;
  const limit = wholeNumber('cases', options.cases);
  const { id: shadowId } = await theShadow(ctx);
  await followShadow(db, { organisationId, shadowId, asOf: () => ctx.asOf });
  const found = await db.inOrganisation(organisationId, async (tx) => {
    const shadow = (await listedShadow(tx, shadowId))!;
    const cases = limit === 0 ? [] : (await differencePage(tx, shadowId, { limit, after: null })).slice(0, limit);
    return { shadow, report: await shadowReport(tx, shadow), cases };
  });
  if (options.json) {
    const { seenRecorded: _seen, seenId: _id, until: _until, ...shadow } = found.shadow;
    printJson({ shadow, ...found.report, cases: found.cases.map(({ outcome: _, ...c }) => c) });
  } else print(shadowLines(found.shadow, found.report, found.cases).join('\n'));
  return 0;
}

async function start(ctx: Context, draft: string, { json }: ShadowOptions): Promise<number> {
  if (!isId(draft))
    throw new UsageError(`"${draft}" is not the id of a draft; npx lectern rules draft keeps files as one, npx lectern rules drafts shows them.`);
  const id = await startShadow(ctx, draft);
  if (json) printJson({ id, draftId: draft });
  else print(`Draft ${draft} is beside the live set from here on. What it would have said: npx lectern rules shadow report`);
  return 0;
}

async function stop(ctx: Context, { json }: ShadowOptions): Promise<number> {
  const { id, version, draftId } = await theShadow(ctx);
  await stopShadow(ctx, id, version);
  if (json) printJson({ id, draftId, endedAs: 'stopped' });
  else print(`Draft ${draftId} is no longer beside the live set. What it would have said is kept.`);
  return 0;
}

/** Puts a draft beside the live set, takes it away again, publishes it, or tells what it would have said. */
export function rulesShadow(config: Config, draft: string | undefined, options: ShadowOptions): Promise<number> {
  if ([draft !== undefined, options.stop, options.promote].filter(Boolean).length > 1)
    throw new UsageError('One at a time: a draft to begin with, --stop, or --promote.');
  const effectiveFrom = instantOf(options.from);
  if (effectiveFrom && !options.promote) throw new UsageError('--from goes with --promote.');
  return actingOn(config, async (ctx) => {
    if (draft !== undefined) return start(ctx, draft, options);
    if (options.stop) return stop(ctx, options);
    if (!options.promote) return report(ctx, options);
    const { id, version } = await theShadow(ctx);
    return printPublished(await promoteShadow(ctx, id, { version, effectiveFrom }), options);
  });
}
