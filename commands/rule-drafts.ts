import { addAudit } from '../db/audit';
import { insertDraft, lockDraft, moveDraft, scheduledDraft, type RuleDraftRow } from '../db/rule-drafts';
import { lockPublishing, newestSet, setByNumber, type RuleSetRow } from '../db/rule-sets';
import type { Tx } from '../db/database';
import { LecternError, noRules, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import { apart, diffRuleSets } from '../policy/diff';
import { hashRuleSet } from '../policy/ruleset';
import { checkRuleFiles, type RuleFiles } from './check-rules';
import { idOf, SYSTEM, type Context } from './context';
import { endShadowOf } from './shadow/end';
import { contentOf, publishRules, putInForce, refuseFaults, refuseWhileScheduled, type Published } from './publish-rules';

/** Keeps rule files that are not in force, to be looked at first. Errors: `invalid-rules`. */
export function saveDraft(ctx: Context, { message, ...files }: RuleFiles & { message: string }): Promise<string> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const base = await newestSet(tx);
    if (!base) throw noRules();
    const content = contentOf(files, base);
    refuseFaults({ ...files, ...content });
    const id = newId();
    const by = { authorId: idOf(ctx.principal), createdAt: ctx.asOf };
    const draft = {
      id,
      state: 'draft' as const,
      hash: hashRuleSet(content),
      content,
      message,
      baseSetId: base.id,
      effectiveFrom: null,
      rollsBackTo: null,
    };
    await insertDraft(tx, { ...draft, ...by });
    await addAudit(tx, ctx, 'rules.draft', 'rule-draft', id, { hash: draft.hash });
    return id;
  });
}

async function theDraft(tx: Tx, id: string, version: number): Promise<RuleDraftRow> {
  const draft = await lockDraft(tx, id);
  if (!draft) throw notFound('draft', id);
  if (draft.version !== version) throw new LecternError('stale', `Draft ${id} is ${draft.state} meanwhile.`, [{ path: '/state', now: draft.state }]);
  return draft;
}

/** What a draft is no longer for. */
export const over = ({ id, state, endedAt }: RuleDraftRow): LecternError =>
  new LecternError('already-decided', `Draft ${id} is ${state}${endedAt ? ` since ${endedAt.toISOString()}` : ''}.`, { state, at: endedAt });

/** What was proposed was compared with a set that is no longer in force: it says what it would change now. */
export function refuseStale(draft: RuleDraftRow, now: RuleSetRow): void {
  if (draft.baseSetId === now.id) return;
  const words = diffRuleSets(now.content, draft.content).map((d) => d.words);
  throw new LecternError('stale', `Set ${now.number} was published after this was proposed: withdraw it and propose it anew.`, [
    { path: '/diff', now: words },
  ]);
}

/**
 * A second person lets a proposal come into force. Errors: `self-approval` for its author and for the command line without a key,
 * `already-decided`, `stale` when it or the set in force is another one now.
 */
export function approveDraft(ctx: Context, id: string, version: number): Promise<Published> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    await lockPublishing(tx);
    const draft = await theDraft(tx, id, version);
    if (draft.state !== 'proposed') throw over(draft);
    const approvedBy = idOf(ctx.principal);
    if (approvedBy === null)
      throw new LecternError('self-approval', 'The command line is nobody without a key: set LECTERN_KEY to that of an admin.');
    if (approvedBy === draft.authorId) throw new LecternError('self-approval', 'Whoever proposed it cannot approve it.');
    const before = (await newestSet(tx))!;
    refuseStale(draft, before);
    refuseFaults(draft.content);
    await refuseWhileScheduled(tx);
    const { hash, content, message, authorId, rollsBackTo } = draft;
    const diff = apart(diffRuleSets(before.content, content));
    const later = draft.effectiveFrom && draft.effectiveFrom > ctx.asOf ? draft.effectiveFrom : null;
    if (later) {
      await moveDraft(tx, draft, 'scheduled', { approvedBy });
      await addAudit(tx, ctx, 'rules.approve', 'rule-draft', id, { hash });
      return { state: 'scheduled', id, number: null, hash, diff, effectiveFrom: later };
    }
    const set = await putInForce(tx, ctx, { hash, content, message, publishedBy: authorId, approvedBy, rollsBackTo });
    await moveDraft(tx, draft, 'published', { approvedBy, setId: set.id, endedBy: approvedBy, endedAt: ctx.asOf });
    await endShadowOf(tx, ctx, draft, 'published');
    return { state: 'in-force', ...set, hash, diff, effectiveFrom: ctx.asOf };
  });
}

/** Lets go of a draft, a proposal, or a set that was to come into force. Errors: `already-decided`, `stale`. */
export function withdrawDraft(ctx: Context, id: string, version: number): Promise<void> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const draft = await theDraft(tx, id, version);
    if (!['draft', 'proposed', 'scheduled'].includes(draft.state)) throw over(draft);
    await moveDraft(tx, draft, 'withdrawn', { endedBy: idOf(ctx.principal), endedAt: ctx.asOf });
    await addAudit(tx, ctx, 'rules.withdraw', 'rule-draft', id);
    await endShadowOf(tx, ctx, draft, 'withdrawn');
  });
}

/**
 * Takes an earlier set back into force, by publishing it anew. `number`: the one before the set in force when left out. Errors:
 * `not-found`; `invalid-rules` when this version of Lectern can no longer decide by it; those of a publish.
 */
export async function rollBack(
  ctx: Context,
  { number, message, effectiveFrom }: { number?: number | undefined; message: string; effectiveFrom?: Date | undefined },
): Promise<Published> {
  const { target, content } = await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const newest = await newestSet(tx);
    if (!newest) throw noRules();
    const earlier = await setByNumber(tx, number ?? newest.number - 1);
    if (!earlier) throw notFound('rule set', String(number ?? newest.number - 1));
    return { target: earlier.number, content: earlier.content };
  });
  // Its facts and automations go back with it, also where it had none.
  const { facts = [], automations = [] } = content;
  return publishRules(ctx, { ...content, facts, automations, message, effectiveFrom, rollsBackTo: target });
}

/** Puts in force what was to come into force by now; what can no longer be is kept as failed, with the reason. */
export function publishDue(ctx: Omit<Context, 'principal'>): Promise<'published' | 'failed' | null> {
  const by: Context = { ...ctx, principal: SYSTEM };
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    await lockPublishing(tx);
    const draft = await scheduledDraft(tx);
    if (!draft || draft.effectiveFrom! > ctx.asOf) return null;
    const before = (await newestSet(tx))!;
    const [fault] = checkRuleFiles(draft.content);
    const reason = fault ? `${fault.file}: ${fault.message}` : before.id === draft.baseSetId ? null : `set ${before.number} was published meanwhile`;
    if (reason !== null) {
      await moveDraft(tx, draft, 'failed', { endedAt: ctx.asOf, reason });
      await addAudit(tx, by, 'rules.fail', 'rule-draft', draft.id);
      await endShadowOf(tx, by, draft, 'failed', reason);
      return 'failed';
    }
    const { hash, content, message, authorId, approvedBy, rollsBackTo, effectiveFrom } = draft;
    const set = await putInForce(tx, by, { hash, content, message, publishedBy: authorId, approvedBy, rollsBackTo, effectiveFrom });
    await moveDraft(tx, draft, 'published', { setId: set.id, endedAt: ctx.asOf });
    await endShadowOf(tx, by, draft, 'published');
    return 'published';
  });
}
