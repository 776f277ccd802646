import { findClosure, lockClosure, removeClosure, type ClosureRow } from '../../db/closures';
import { addAudit } from '../../db/audit';
import type { Tx } from '../../db/database';
import { decideEach } from '../../decisions/decide';
import { LecternError, notFound } from '../../domain/errors';
import { differenceSince, previewTokenOf } from '../../domain/preview-token';
import type { Context } from '../context';
import { layBatch } from './lay-batch';
import { considerReopened, type Reopened } from './reopened';

export interface ReopenPreview {
  sessions: {
    sessionId: string;
    title: string;
    was: Reopened['was'];
    originalStartsAt: Date;
    startsAt: Date;
    verdict: Reopened['verdict'];
    why: string;
  }[];
  previewToken: string;
}

async function found(tx: Tx, id: string, find: typeof findClosure = findClosure): Promise<ClosureRow> {
  const closure = await find(tx, id);
  if (!closure) throw notFound('closure', id);
  return closure;
}

const shownOf = (list: readonly Reopened[]): Record<string, unknown> => ({
  sessions: list.map((r) => [r.session.id, r.was, r.verdict, r.session.rev]),
});

function describe(list: readonly Reopened[]): ReopenPreview {
  const sessions = list.map(({ session, was, originalStartsAt, verdict, why }) => ({
    sessionId: session.id,
    title: session.title,
    was,
    originalStartsAt,
    startsAt: session.startsAt,
    verdict,
    why,
  }));
  return { sessions, previewToken: previewTokenOf(shownOf(list)) };
}

/** What a closure did with sessions whose time it no longer closes. */
const openOf = (ctx: Context, tx: Tx, closure: ClosureRow): Promise<Reopened[]> =>
  considerReopened(ctx, tx, closure, (from, to) => closure.state === 'removed' || to <= closure.startsAt || from >= closure.endsAt);

/** What became of sessions because of a closure, as they would stand if it were removed, and which of them could be put back. Writes nothing. */
export const previewRemoval = (ctx: Context, closureId: string): Promise<ReopenPreview> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => describe(await openOf(ctx, tx, { ...(await found(tx, closureId)), state: 'removed' })));

/** Opens a time again. What was moved or cancelled for it stays so: nobody is told twice of one lesson without somebody having said so. */
export async function reopen(ctx: Context, closureId: string): Promise<{ closureId: string }> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    await found(tx, closureId, lockClosure);
    await removeClosure(tx, closureId, ctx.asOf);
    await addAudit(tx, ctx, 'closure.remove', 'closure', closureId, {});
    return { closureId };
  });
}

/** Which sessions whose time is open again would be put back as they were. Writes nothing. */
export const previewRestore = (ctx: Context, closureId: string): Promise<ReopenPreview> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => describe(await openOf(ctx, tx, await found(tx, closureId))));

/**
 * Puts back, in one batch, what the rules offer of the sessions whose time is open again; everybody is told once. Errors: `stale` when its
 * preview would say something else now, `not-found`.
 */
export async function restore(
  ctx: Context,
  closureId: string,
  { reason, previewToken }: { reason: string; previewToken?: string | undefined },
): Promise<{ closureId: string; batchId: string }> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const closure = await found(tx, closureId, lockClosure);
    const open = await openOf(ctx, tx, closure);
    const difference = previewToken === undefined ? [] : differenceSince(previewToken, shownOf(open));
    if (difference.length > 0) throw new LecternError('stale', 'What would be put back is not what its preview showed.', { difference });
    const back = open.filter((r) => r.verdict === 'restore');
    const decisions = await decideEach(
      tx,
      back.map((r) => r.question!),
    );
    const items = back.map((r, n) => ({ session: r.session, change: { ...r.change!, restores: true }, decision: decisions[n]! }));
    const batchId = await layBatch(ctx, tx, closure, { reason, items });
    await addAudit(tx, ctx, 'closure.restore', 'closure', closureId, { sessions: items.length });
    return { closureId, batchId };
  });
}
