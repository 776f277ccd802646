import { addAudit } from '../../db/audit';
import { lockDraft } from '../../db/rule-drafts';
import { lockPublishing, newestSet } from '../../db/rule-sets';
import { insertShadow, lockRunningShadow, lockShadow, shadowById, type ShadowRow } from '../../db/rule-shadows';
import type { Tx } from '../../db/database';
import { LecternError, notFound } from '../../domain/errors';
import { newId } from '../../domain/ids';
import { idOf, SYSTEM, type Context } from '../context';
import { enact, refuseFaults, type Published } from '../publish-rules';
import { over, refuseStale } from '../rule-drafts';
import { endShadow } from './end';

/**
 * Puts a draft beside the live set: from here on it is asked what it would have said of each decision, and nothing follows from that. Errors:
 * `already-exists` while another one runs, `already-decided` for a draft that is none any more, `invalid-rules`.
 */
export function startShadow(ctx: Context, draftId: string): Promise<string> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    // Two that start at once: the second sees the first.
    await lockPublishing(tx);
    const draft = await lockDraft(tx, draftId);
    if (!draft) throw notFound('draft', draftId);
    if (!['draft', 'proposed', 'scheduled'].includes(draft.state)) throw over(draft);
    const running = await lockRunningShadow(tx);
    if (running) {
      const { id, startedAt } = running;
      throw new LecternError('already-exists', `A draft has been beside the live set since ${startedAt.toISOString()}: stop it first.`, {
        id,
        startedAt,
      });
    }
    refuseFaults(draft.content);
    const id = newId();
    await insertShadow(tx, { id, draftId, startedAt: ctx.asOf, startedBy: idOf(ctx.principal) });
    await addAudit(tx, ctx, 'rules.shadow', 'rule-shadow', id, { draftId, hash: draft.hash });
    return id;
  });
}

async function theShadow(tx: Tx, id: string, version: number): Promise<ShadowRow> {
  const shadow = await lockShadow(tx, id);
  if (!shadow) throw notFound('shadow', id);
  if (shadow.version === version) return shadow;
  throw new LecternError('stale', `Shadow ${id} has ended meanwhile.`, [{ path: '/endedAs', now: shadow.endedAs }]);
}

/** Errors: `already-decided` when it has ended, `stale`. */
export function stopShadow(ctx: Context, id: string, version: number): Promise<void> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const shadow = await theShadow(tx, id, version);
    const { endedAs: state, endedAt: at } = shadow;
    if (at) throw new LecternError('already-decided', `Shadow ${id} has ended at ${at.toISOString()}: ${state}.`, { state, at });
    await endShadow(tx, ctx, shadow, 'stopped');
  });
}

/**
 * Publishes the draft of a shadow, by the one way into force: where the rules in force ask for a second person it is proposed, and its
 * shadow goes on until somebody has approved it. Errors: `already-decided` when the draft is none any more, `stale` when another set was
 * published since it was kept, or this was not the newest version; those of a publish.
 */
export function promoteShadow(
  ctx: Context,
  id: string,
  { version, effectiveFrom }: { version: number; effectiveFrom?: Date | undefined },
): Promise<Published> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    await lockPublishing(tx);
    const shadow = await shadowById(tx, id);
    if (!shadow) throw notFound('shadow', id);
    const draft = (await lockDraft(tx, shadow.draftId))!;
    await theShadow(tx, id, version);
    if (draft.state !== 'draft') throw over(draft);
    refuseStale(draft, (await newestSet(tx))!);
    refuseFaults(draft.content);
    const { content, hash, message } = draft;
    return enact(tx, ctx, { content, hash, message, effectiveFrom }, draft);
  });
}

/** For a draft that cost its thread too much: it is let go of, and everything else goes on. */
export function failShadow(ctx: Omit<Context, 'principal'>, id: string, reason: string): Promise<void> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const shadow = await lockShadow(tx, id);
    if (shadow && !shadow.endedAt) await endShadow(tx, { ...ctx, principal: SYSTEM }, shadow, 'failed', reason);
  });
}
