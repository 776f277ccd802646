import { applyTerms } from '../../commands/adoption/begin';
import { previewAdoption, type AdoptionPreview } from '../../commands/adoption/preview';
import type { Affected } from '../../commands/adoption/match';
import { checkRuleFiles, contentOf } from '../../commands/publish-rules';
import type { Context } from '../../commands/context';
import type { ListedAdoption, Selection } from '../../db/adoptions';
import { adoptionPage, failuresOf, listedAdoption } from '../../db/read/adoptions';
import { newestSet } from '../../db/rule-sets';
import { noRules } from '../../domain/errors';
import { isId } from '../../domain/ids';
import type { Config } from '../config';
import { print, printJson, progress, UsageError } from './output';
import { actingOn, instantOf } from './rule-versions';
import { filesOf, printFaults, type RulesOptions } from './rules-files';

const MOST_CASES = 20;
const MOST_FAILURES = 20;
const WHERE = ['programme', 'branch', 'subject', 'from', 'until'] as const;

/** "programme=music", "from=2027-01-11T08:00:00+01:00". */
export function selectionOf(list: readonly string[] = []): Selection {
  const selection: Selection = {};
  for (const text of list) {
    const at = text.indexOf('=');
    const name = WHERE.find((w) => w === text.slice(0, at));
    const value = text.slice(at + 1);
    if (at < 0 || !name || value === '') throw new UsageError(`--where is "${text}"; it may be one of ${WHERE.map((w) => `${w}=…`).join(', ')}`);
    selection[name] = name === 'from' || name === 'until' ? instantOf(value)!.toISOString() : value;
  }
  return selection;
}

const at = (instant: Date | null): string => instant?.toISOString() ?? '';
function messageLine(m: Affected): string {
  if (m.from === null) return `    new: ${m.kind}/${m.step} at ${at(m.to)}`;
  return m.to === null
    ? `    no more: ${m.kind}/${m.step}, which was to go at ${at(m.from)}`
    : `    ${m.kind}/${m.step}: ${at(m.from)} → ${at(m.to)}`;
}

export function previewLines(p: AdoptionPreview): string[] {
  if (p.sessions === 0) return ['No message of a lesson that is booked would be another one.'];
  return [
    `Of ${p.sessions} lessons that are booked ${p.affected} would have other messages: ${p.moved} moved, ${p.added} new, ${p.takenBack} no more.`,
    ...p.cases.flatMap((c) => [`  ${c.sessionId}  ${c.title}, ${c.startsAt.toISOString()}`, ...c.messages.map(messageLine)]),
    ...(p.affected > p.cases.length ? [`  and ${p.affected - p.cases.length} more`] : []),
  ];
}

/** What a publish of the files would do to what is planned for lessons that are booked. Writes nothing. Exit 1 with faults. */
export async function previewPublish(config: Config, options: RulesOptions): Promise<number> {
  const files = filesOf(options);
  const faults = checkRuleFiles(files);
  if (faults.length > 0) return printFaults(faults, options);
  return actingOn(config, async (ctx) => {
    const content = contentOf(files, await ctx.db.inOrganisation(ctx.organisationId, newestSet));
    const shown = await previewAdoption(ctx, content, { most: MOST_CASES, told: (done, of) => progress(`${done} of ${of} lessons`) });
    if (options.json) printJson(shown);
    else print(previewLines(shown).join('\n'));
    return 0;
  });
}

/** Lessons that are booked take the terms in force. */
export async function applyRunning(
  ctx: Context,
  { number, selection }: { number: number; selection: Selection },
  { json }: { json?: boolean },
): Promise<number> {
  const id = await applyTerms(ctx, { number, selection });
  if (json) printJson({ adoptionId: id });
  else if (id === null) print('No lesson is meant: nothing follows.');
  else print(`Lessons that are booked take these terms. How far they are: npx lectern rules adoption ${id}`);
  return 0;
}

export function adoptionLine(a: ListedAdoption): string {
  const where = Object.entries(a.selection).map(([k, v]) => ` ${k}=${String(v)}`);
  const done = a.sessions - a.waiting;
  const failed = a.failed > 0 ? `, ${a.failed} could not` : '';
  const what = a.withTerms ? `terms and messages${where.join('')}` : 'messages';
  return `${a.id}  set ${a.number}, ${what}: ${a.state}, ${done} of ${a.sessions} lessons${failed}; messages: ${a.moved} moved, ${a.added} new, ${a.takenBack} no more`;
}

interface AdoptionOptions {
  json?: boolean;
  apply?: string;
  where?: string[];
}

/** How booked lessons follow the rules: the newest, or one with those that could not; with `--apply running` they take the terms in force. */
export function rulesAdoption(config: Config, id: string | undefined, options: AdoptionOptions): Promise<number> {
  if (id !== undefined && !isId(id)) throw new UsageError(`"${id}" is not the id of an adoption; npx lectern rules adoption shows them`);
  checkApply(options);
  const selection = selectionOf(options.where);
  return actingOn(config, async (ctx) => {
    if (options.apply) {
      const inForce = await ctx.db.inOrganisation(ctx.organisationId, newestSet);
      if (!inForce) throw noRules();
      return applyRunning(ctx, { number: inForce.number, selection }, options);
    }
    return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const found =
        id === undefined ? await adoptionPage(tx, { limit: MOST_CASES, after: null }) : [await listedAdoption(tx, id)].flatMap((a) => a ?? []);
      const failures = id === undefined ? [] : await failuresOf(tx, id, MOST_FAILURES);
      if (options.json) printJson(id === undefined ? found : { ...found[0], failures });
      else if (found.length === 0) print(id === undefined ? 'No lesson has followed a publish yet.' : `No adoption has the id ${id}.`);
      else print([...found.map(adoptionLine), ...failures.map((f) => `  ${f.sessionId}: ${f.why}`)].join('\n'));
      return found.length === 0 && id !== undefined ? 1 : 0;
    });
  });
}

export function checkApply({ apply, where = [] }: AdoptionOptions): void {
  if (apply !== undefined && apply !== 'running') throw new UsageError(`--apply is "${apply}"; it may be running`);
  if (apply === undefined && where.length > 0) throw new UsageError('--where goes with --apply running.');
}
