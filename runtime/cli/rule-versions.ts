import { SYSTEM, type Context } from '../../commands/context';
import type { Published } from '../../commands/publish-rules';
import { approveDraft, rollBack, withdrawDraft } from '../../commands/rule-drafts';
import { whoIs } from '../../commands/sign-in';
import { draftPage, listedDraft, type ListedDraft } from '../../db/read/rule-drafts';
import { wholeRuleSets, type ListedRuleSet, type WholeRuleSet } from '../../db/read/rule-sets';
import { draftById } from '../../db/rule-drafts';
import type { Tx } from '../../db/database';
import { LecternError } from '../../domain/errors';
import { isId } from '../../domain/ids';
import { apart, diffRuleSets, type DifferencesApart } from '../../policy/diff';
import type { RuleSetContent } from '../../policy/ruleset';
import type { Config } from '../config';
import type { Ground } from '../ground';
import { printApart } from './differences';
import { print, printJson, UsageError } from './output';
import { withGround } from './with-lectern';

interface JsonOption {
  json?: boolean;
}

/** "2027-01-11T08:00:00+01:00"; a wall time without its offset would mean another instant on another machine. */
export function instantOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new UsageError(`"${text}" is no instant; write 2027-01-11T08:00:00+01:00`);
  return new Date(text);
}

/** Who acts: whose key LECTERN_KEY is, which has to be an admin's, or without one the installation itself. */
async function contextOf(config: Config, { db, now, engines, first }: Ground): Promise<Context> {
  const ctx = { db, organisationId: first.organisationId, principal: SYSTEM, asOf: now(), requestId: null, secret: engines.secret };
  if (config.lecternKey === undefined) return ctx;
  const found = await whoIs(db, config.lecternKey, new Date());
  if (!found || found.kind !== 'key') throw new UsageError('LECTERN_KEY is unknown, expired or revoked.');
  if (!found.principal.roles.includes('admin')) throw new UsageError(`The key of ${found.principal.name} is not an admin's.`);
  return { ...ctx, organisationId: found.organisationId, principal: found.principal };
}

/** Runs a command of the rules as whoever acts; what is refused for a reason is told, exit 1. */
export const actingOn = (config: Config, work: (ctx: Context, ground: Ground) => Promise<number>): Promise<number> =>
  withGround(config, async (ground) => {
    const ctx = await contextOf(config, ground);
    try {
      return await work(ctx, ground);
    } catch (error) {
      if (!(error instanceof LecternError) || error.code === 'internal') throw error;
      process.stderr.write(`${error.message}\n${detailsOf(error)}${error.remedy}\n`);
      return 1;
    }
  });

const detailsOf = ({ details }: LecternError): string =>
  Array.isArray(details) ? details.map((d: unknown) => `  ${JSON.stringify(d)}\n`).join('') : '';

export function printPublished(published: Published, { json }: JsonOption): number {
  const { state, number, id, hash, diff, effectiveFrom } = published;
  if (json) printJson(published);
  else {
    printApart(diff);
    if (state === 'unchanged') print('Nothing has changed.');
    const set = `(${hash.slice(0, 12)})`;
    if (number !== null) print(`In force: set ${number} ${set}.`);
    else if (state === 'scheduled') print(`In force from ${effectiveFrom!.toISOString()} on ${set}; until then: npx lectern rules withdraw ${id}`);
    else print(`Proposed ${set}: the rules ask for a second person. Somebody else: npx lectern rules approve ${id}`);
  }
  return 0;
}

const whoWrote = (s: ListedRuleSet): string => `${s.publishedByName ?? 'the command line'}${s.approvedBy ? `, approved by ${s.approvedByName}` : ''}`;

/** What each set changed, beside the one before it. */
function withDiffs(sets: WholeRuleSet[]): (ListedRuleSet & { diff: DifferencesApart | null })[] {
  return sets.map(({ content, ...set }) => {
    const before = sets.find((s) => s.number === set.number - 1);
    return { ...set, diff: before ? apart(diffRuleSets(before.content, content)) : null };
  });
}

/** Every published set, the newest first: who, when, why, and what it changed. */
export const rulesLog = (config: Config, { json, limit = '20' }: JsonOption & { limit?: string }): Promise<number> => {
  if (!/^[1-9]\d{0,2}$/.test(limit)) throw new UsageError(`--limit is "${limit}"; it may be a number from 1 to 999`);
  return actingOn(config, async ({ db, organisationId }) => {
    // One more than is shown, so that the last has one to be compared with.
    const told = withDiffs(await db.inOrganisation(organisationId, (tx) => wholeRuleSets(tx, Number(limit) + 1))).slice(0, Number(limit));
    if (json) printJson(told);
    else
      for (const s of told) {
        const back = s.rollsBackTo === null ? '' : `, back to set ${s.rollsBackTo}`;
        print(
          `set ${s.number}${s.active ? ' (in force)' : ''}  ${s.hash.slice(0, 12)}  from ${s.effectiveFrom!.toISOString()}  by ${whoWrote(s)}${back}`,
        );
        print(`  “${s.message}”`);
        for (const words of [...(s.diff?.current ?? []), ...(s.diff?.booked ?? []).map((w) => `${w} (for what is booked from then on)`)])
          print(`    ${words}`);
      }
    return 0;
  });
};

/** Takes an earlier set back into force: the one before, or the one named. */
export function rulesRollback(config: Config, number: string | undefined, options: JsonOption & { message: string; from?: string }): Promise<number> {
  if (number !== undefined && !/^[1-9]\d{0,8}$/.test(number))
    throw new UsageError(`"${number}" is not the number of a set; npx lectern rules log shows them`);
  if (options.message.trim() === '') throw new UsageError('-m says why; it must not be empty.');
  const input = { number: number === undefined ? undefined : Number(number), message: options.message, effectiveFrom: instantOf(options.from) };
  return actingOn(config, async (ctx) => printPublished(await rollBack(ctx, input), options));
}

function lineOf(d: ListedDraft): string {
  const when = d.effectiveFrom ? `, in force from ${d.effectiveFrom.toISOString()}` : '';
  const end = d.reason ? `: ${d.reason}` : '';
  return `${d.id}  ${d.state}${end}  by ${d.authorName ?? 'the command line'} at ${d.createdAt.toISOString()}${when}\n  “${d.message}”`;
}

/** What is not in force: drafts, proposals, what is to come into force, and what became of them. */
export const rulesDrafts = (config: Config, { json }: JsonOption): Promise<number> =>
  actingOn(config, async ({ db, organisationId }) => {
    const found = await db.inOrganisation(organisationId, (tx) => draftPage(tx, { limit: 50, after: null }));
    if (json) printJson(found.map(({ cursorAt: _, ...d }) => d));
    else print(found.length === 0 ? 'There is no draft.' : found.map(lineOf).join('\n'));
    return 0;
  });

/** The files of a draft that is kept. */
export async function keptRules(tx: Tx, id: string): Promise<RuleSetContent> {
  const draft = await draftById(tx, id);
  if (!draft) throw new UsageError(`No draft has the id ${id}; npx lectern rules drafts shows them`);
  return draft.content;
}

/** Its newest version is the one that is acted on: on the command line it was looked at just now. */
async function versionOf({ db, organisationId }: Context, id: string): Promise<number> {
  if (!isId(id)) throw new UsageError(`"${id}" is not the id of a draft; npx lectern rules drafts shows them`);
  const draft = await db.inOrganisation(organisationId, (tx) => listedDraft(tx, id));
  if (!draft) throw new UsageError(`No draft has the id ${id}; npx lectern rules drafts shows them`);
  return draft.version;
}

export const rulesApprove = (config: Config, id: string, options: JsonOption): Promise<number> =>
  actingOn(config, async (ctx) => printPublished(await approveDraft(ctx, id, await versionOf(ctx, id)), options));

export const rulesWithdraw = (config: Config, id: string, { json }: JsonOption): Promise<number> =>
  actingOn(config, async (ctx) => {
    await withdrawDraft(ctx, id, await versionOf(ctx, id));
    if (json) printJson({ id, state: 'withdrawn' });
    else print(`Draft ${id} is withdrawn.`);
    return 0;
  });
