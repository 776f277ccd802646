import { changeClosure, findClosure, lockClosure, type ClosureRow } from '../../db/closures';
import { addAudit } from '../../db/audit';
import type { Tx } from '../../db/database';
import { LecternError, notFound } from '../../domain/errors';
import type { Context } from '../context';
import { closing, type Closing } from './closing';
import { considerClosure, decideConsidered, type ConsideredSession } from './consider';
import { describe, refuseStale, type ClosurePreview } from './describe';
import { layBatch } from './lay-batch';
import { whenOf, type Given } from './when';

export interface ClosureEdit extends Given {
  version: number;
  reason?: string | undefined;
  previewToken?: string | undefined;
}

async function current(tx: Tx, id: string, version: number, find: typeof findClosure): Promise<ClosureRow> {
  const found = await find(tx, id);
  if (!found) throw notFound('closure', id);
  if (found.state === 'removed') throw new LecternError('illegal-move', `Closure ${id} was removed; close the time anew.`);
  if (found.version !== version)
    throw new LecternError('stale', `Closure ${id} has changed since you looked at it.`, {
      difference: { version: { shown: version, now: found.version } },
    });
  return found;
}

interface Edited {
  next: ClosureRow;
  considered: ConsideredSession[];
}

/** The closure as it is to be, and what becomes of the sessions that it did not fall on before. */
async function edited(ctx: Context, { tx, falling }: Closing, was: ClosureRow, edit: ClosureEdit): Promise<Edited> {
  const next = { ...was, ...(await whenOf(ctx, tx, edit, { personId: was.personId, was })), reason: edit.reason ?? was.reason };
  const before = new Set(await falling(was));
  const added = (await falling(next)).filter((id) => !before.has(id));
  return { next, considered: await considerClosure(ctx, tx, next, added) };
}

/** What other times of a closure would do with the sessions that it did not fall on before. Writes nothing. */
export const previewEdit = (ctx: Context, closureId: string, edit: ClosureEdit): Promise<ClosurePreview> =>
  closing(ctx, async (c) => {
    const { next, considered } = await edited(ctx, c, await current(c.tx, closureId, edit.version, findClosure), edit);
    return describe(c.tx, next, considered);
  });

/**
 * Gives a closure other times: what it falls on now and did not before is done in a batch of its own. What it no longer falls on stays as it
 * is, until somebody puts it back (`restore`). Errors: `stale`, `illegal-move`, `not-found`, `invalid-request`.
 */
export const editClosure = (ctx: Context, closureId: string, edit: ClosureEdit): Promise<{ closureId: string; batchId: string }> =>
  closing(ctx, async (c) => {
    const { tx } = c;
    const { next, considered: found } = await edited(ctx, c, await current(tx, closureId, edit.version, findClosure), edit);
    refuseStale(edit.previewToken, edit.previewToken === undefined ? null : await describe(tx, next, found));
    await c.settle();
    await current(tx, closureId, edit.version, lockClosure);
    const considered = await decideConsidered(tx, found);
    await changeClosure(tx, next);
    const batchId = await layBatch(ctx, tx, next, { reason: next.reason, items: considered });
    await addAudit(tx, ctx, 'closure.edit', 'closure', closureId, { sessions: considered.filter((c) => c.change).length });
    return { closureId, batchId };
  });
