import { insertClosure } from '../../db/closures';
import { addAudit } from '../../db/audit';
import type { Tx } from '../../db/database';
import { newId } from '../../domain/ids';
import type { Context } from '../context';
import { closing } from './closing';
import { considerClosure, decideConsidered, type Closed } from './consider';
import { describe, refuseStale, type ClosurePreview } from './describe';
import { layBatch } from './lay-batch';
import { whenOf, type Given } from './when';

export interface ClosureInput extends Given {
  reason: string;
  /** Of a branch only. */
  branch?: string | undefined;
  /** Time off of one person. */
  personId?: string | undefined;
}

async function closedBy(ctx: Context, tx: Tx, { branch, ...input }: ClosureInput): Promise<Closed> {
  const personId = input.personId?.toLowerCase() ?? null;
  return { id: newId(), personId, branch: branch ?? null, ...(await whenOf(ctx, tx, input, { personId, was: null })) };
}

/** What a closure or time off would do with every session that it falls on. Writes nothing. */
export const previewClosure = (ctx: Context, input: ClosureInput): Promise<ClosurePreview> =>
  closing(ctx, async ({ tx, falling }) => {
    const closed = await closedBy(ctx, tx, input);
    return describe(tx, closed, await considerClosure(ctx, tx, closed, await falling(closed)));
  });

/**
 * Closes a time: nothing is booked in it from now on, and what is there is moved, given to another instructor, cancelled or held in one
 * batch, which goes on by itself. Errors: `stale` when its preview would say something else now, `not-found`, `invalid-request`.
 */
export const makeClosure = (
  ctx: Context,
  input: ClosureInput & { previewToken?: string | undefined },
): Promise<{ closureId: string; batchId: string }> =>
  closing(ctx, async ({ tx, falling, settle }) => {
    const closed = await closedBy(ctx, tx, input);
    const found = await considerClosure(ctx, tx, closed, await falling(closed));
    refuseStale(input.previewToken, input.previewToken === undefined ? null : await describe(tx, closed, found));
    await settle();
    const considered = await decideConsidered(tx, found);
    await insertClosure(tx, { ...closed, reason: input.reason, createdBy: ctx.principal.id, createdAt: ctx.asOf });
    const batchId = await layBatch(ctx, tx, closed, { reason: input.reason, items: considered });
    await addAudit(tx, ctx, 'closure.create', 'closure', closed.id, { sessions: considered.filter((c) => c.change).length });
    return { closureId: closed.id, batchId };
  });
