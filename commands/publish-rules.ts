import { z } from 'zod';
import { addAudit } from '../db/audit';
import { insertDraft, moveDraft, scheduledDraft, type RuleDraftRow } from '../db/rule-drafts';
import { insertSet, lockPublishing, newestSet, type RuleSetRow } from '../db/rule-sets';
import type { Tx } from '../db/database';
import { decide, isAnswered } from '../decisions/decide';
import { LecternError } from '../domain/errors';
import { newId } from '../domain/ids';
import { apart, diffRuleSets, type Difference, type DifferencesApart } from '../policy/diff';
import { hashRuleSet } from '../policy/ruleset';
import type { Fault } from '../policy/types';
import { followPublish } from './adoption/begin';
import { checkRuleFiles, type RuleFiles } from './check-rules';
import { idOf, type Context } from './context';
import { endShadowOf } from './shadow/end';

export { checkRuleFiles, type RuleFiles };

/** Every fault of files that are not published; what they leave out is taken from the set in force, as a publish would. */
export async function checkRules({ db, organisationId }: Context, files: RuleFiles): Promise<Fault[]> {
  const inForce = files.facts && files.automations ? undefined : await db.inOrganisation(organisationId, newestSet);
  return checkRuleFiles({ ...files, ...contentOf(files, inForce) });
}

/** What became of a wish to publish. `proposed`: a second person has to approve it; `scheduled`: it comes into force by itself. */
export const PUBLISHED_AS = ['in-force', 'unchanged', 'proposed', 'scheduled'] as const;
export interface Published {
  state: (typeof PUBLISHED_AS)[number];
  /** Of the set; of the draft where it is proposed or scheduled. */
  id: string;
  /** Null as long as it is no set. */
  number: number | null;
  hash: string;
  diff: DifferencesApart;
  /** From when it is in force; null where that is as soon as it is approved. */
  effectiveFrom: Date | null;
}

export interface Publishing extends RuleFiles {
  message: string;
  /** In force from then on; at once when left out. */
  effectiveFrom?: Date | undefined;
  /** The number of the earlier set that this is. */
  rollsBackTo?: number | undefined;
}

/** What files make a set of: mappings, facts and automations that are left out stay as they are in the set in force. No facts is as if there never were any. */
export function contentOf({ policies, messages, ...others }: RuleFiles, inForce: RuleSetRow | undefined): RuleSetRow['content'] {
  const { inbound = inForce?.content.inbound, facts = inForce?.content.facts, automations = inForce?.content.automations } = others;
  return {
    policies,
    messages,
    ...(inbound && { inbound }),
    ...(facts && facts.length > 0 && { facts }),
    ...(automations && automations.length > 0 && { automations }),
  };
}

/** A set that is to come into force, and everything that has been said of it. */
export type Coming = Pick<RuleSetRow, 'hash' | 'content' | 'message' | 'publishedBy'> &
  Partial<Pick<RuleSetRow, 'approvedBy' | 'effectiveFrom' | 'rollsBackTo'>>;

export const refuseFaults = (files: RuleFiles): void => {
  const faults = checkRuleFiles(files);
  if (faults.length === 0) return;
  throw new LecternError('invalid-rules', `The rules have ${faults.length} fault${faults.length === 1 ? '' : 's'}; nothing was published.`, faults);
};

/** One set is to come into force later at a time, and what is published meanwhile would be taken back by it without a word. */
export async function refuseWhileScheduled(tx: Tx): Promise<void> {
  const scheduled = await scheduledDraft(tx);
  if (!scheduled) return;
  const { id, message, effectiveFrom } = scheduled;
  throw new LecternError(
    'already-exists',
    `“${message}” is to come into force at ${effectiveFrom!.toISOString()} and would take back what is published before: withdraw it first (npx lectern rules withdraw ${id}).`,
    { id, effectiveFrom },
  );
}

/**
 * Puts a set in force. Publishing, approving, rolling back and the time that was named all end here, and what a publish leads to
 * elsewhere (the adoption by running sessions) begins here, in the same transaction. Whoever calls holds `lockPublishing`.
 */
export async function putInForce(tx: Tx, ctx: Context, coming: Coming): Promise<Pick<RuleSetRow, 'id' | 'number'>> {
  const id = newId();
  const before = await newestSet(tx);
  const number = await insertSet(tx, { ...coming, id, publishedAt: ctx.asOf });
  const { hash, rollsBackTo = null, approvedBy = null } = coming;
  await addAudit(tx, ctx, rollsBackTo === null ? 'rules.publish' : 'rules.rollback', 'rule-set', id, { number, hash, rollsBackTo, approvedBy });
  if (before) await followPublish(tx, ctx, { id, before: before.content, content: coming.content });
  return { id, number };
}

/** Whether the rules in force let this be published by one person. A set from before this was asked lets everybody. */
async function needsSecond(
  tx: Tx,
  ctx: Context,
  subject: string,
  { rollsBackTo }: Pick<Publishing, 'rollsBackTo'>,
  differences: Difference[],
): Promise<boolean> {
  const labels = { programme: null, branch: null, subject: null };
  if (!(await isAnswered(tx, 'publish', labels))) return false;
  const of = (binding: Difference['binding']): number => differences.filter((d) => d.binding === binding).length;
  const { kind } = ctx.principal;
  const { outcome } = await decide(tx, {
    point: 'publish',
    sessionId: null,
    subject,
    rev: 1,
    seq: ctx.asOf.toISOString(),
    facts: {
      by: kind === 'system' ? 'command-line' : kind,
      bookedDifferences: of('booked'),
      currentDifferences: of('current'),
      isRollback: rollsBackTo !== undefined,
    },
    labels,
    bookedSetId: null,
    asOf: ctx.asOf,
  });
  return outcome['verdict'] !== 'publish';
}

/**
 * Publishes rule files as a new immutable set, in force from here on, or from the instant named, for every `current` binding; what is
 * `booked` keeps its own. Where the rules in force ask for a second person it is proposed instead. Errors: `invalid-rules` with every
 * fault; `already-exists` while another set is to come into force. The same content as the newest set is not published again. Mappings that
 * and facts that are left out stay as they are.
 */
export async function publishRules(ctx: Context, input: Publishing): Promise<Published> {
  const { message } = input;
  if (message.trim() === '')
    throw new LecternError('invalid-request', 'A publish says what changes and why.', [{ path: 'message', message: 'must not be empty' }]);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    await lockPublishing(tx);
    const content = contentOf(input, await newestSet(tx));
    refuseFaults({ ...input, ...content });
    return enact(tx, ctx, { ...input, content, hash: hashRuleSet(content) }, null);
  });
}

type Wish = Pick<Publishing, 'message' | 'effectiveFrom' | 'rollsBackTo'> & Pick<RuleSetRow, 'content' | 'hash'>;

/** Within the transaction of a publish, behind `lockPublishing`. `draft`: the draft that is published, which then says what became of it. */
export async function enact(tx: Tx, ctx: Context, wish: Wish, draft: RuleDraftRow | null): Promise<Published> {
  const { content, hash, message, rollsBackTo = null } = wish;
  const effectiveFrom = wish.effectiveFrom && wish.effectiveFrom > ctx.asOf ? wish.effectiveFrom : null;
  const before = await newestSet(tx);
  if (before?.hash === hash) {
    const { id, number, publishedAt } = before;
    return { state: 'unchanged', id, number, hash, diff: apart([]), effectiveFrom: before.effectiveFrom ?? publishedAt };
  }
  await refuseWhileScheduled(tx);
  const differences = before ? diffRuleSets(before.content, content) : [];
  const diff = apart(differences);
  const id = draft?.id ?? newId();
  const isProposed = before !== undefined && (await needsSecond(tx, ctx, id, wish, differences));
  const authorId = idOf(ctx.principal);
  if (before && (isProposed || effectiveFrom)) {
    const state = isProposed ? 'proposed' : 'scheduled';
    const kept = { id, state, hash, content, message, baseSetId: before.id, effectiveFrom, rollsBackTo, authorId, createdAt: ctx.asOf } as const;
    // Whoever proposes it answers for it, whoever wrote it: they cannot be its second person.
    await (draft ? moveDraft(tx, draft, state, { effectiveFrom, authorId }) : insertDraft(tx, kept));
    const detail = { hash, effectiveFrom: effectiveFrom?.toISOString() ?? null };
    await addAudit(tx, ctx, isProposed ? 'rules.propose' : 'rules.schedule', 'rule-draft', id, detail);
    return { state, id, number: null, hash, diff, effectiveFrom };
  }
  const set = await putInForce(tx, ctx, { hash, content, message, publishedBy: authorId, rollsBackTo });
  if (draft) {
    await moveDraft(tx, draft, 'published', { setId: set.id, endedBy: authorId, endedAt: ctx.asOf });
    await endShadowOf(tx, ctx, draft, 'published');
  }
  return { state: 'in-force', ...set, hash, diff, effectiveFrom: ctx.asOf };
}

/** A result as it was kept beside an Idempotency-Key. */
export const publishedSchema: z.ZodType<Published> = z.object({
  state: z.enum(PUBLISHED_AS),
  id: z.string(),
  number: z.int().nullable(),
  hash: z.string(),
  diff: z.object({ current: z.array(z.string()), booked: z.array(z.string()) }),
  effectiveFrom: z.coerce.date().nullable(),
});
