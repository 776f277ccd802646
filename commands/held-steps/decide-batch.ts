import { findHeldStep } from '../../db/held-steps';
import { LecternError } from '../../domain/errors';
import type { Context } from '../context';
import { decideHeldStep } from '../decide-held-step';
import type { DecideInput, DecideResult } from '../types';

export type BatchItem = Pick<DecideInput, 'version' | 'hash' | 'decision' | 'comment'> & { id: string };
export type BatchResult = { id: string; decided: DecideResult } | { id: string; error: LecternError };

/** One that a batch decided before it was cut off, and repeats: it counts as what it is, its own decision. */
async function ownBefore(ctx: Context, { id, decision }: BatchItem): Promise<DecideResult | null> {
  const step = await ctx.db.inOrganisation(ctx.organisationId, (tx) => findHeldStep(tx, id));
  if (step?.state !== 'decided' || step.chosenBy !== ctx.principal.id || step.chosen !== decision) return null;
  const { kind, sessionId, chosenByName, chosenAt } = step;
  return { heldStepId: id, state: 'decided', kind, decision, decidedBy: chosenByName!, decidedAt: chosenAt!, sessionId, claimedBy: null };
}

/**
 * Decides many steps, each by itself as if it were the only one, in the order given: one that is refused keeps none of the others.
 * `mayDecide` says of each whether the caller sees it at all.
 */
export async function decideBatch(ctx: Context, items: BatchItem[], mayDecide: (id: string) => Promise<boolean>): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  for (const item of items) {
    try {
      if (!(await mayDecide(item.id))) throw new LecternError('not-found', `No held step with id ${item.id}.`);
      results.push({ id: item.id, decided: await decideHeldStep(ctx, item.id, item) });
    } catch (error) {
      if (!(error instanceof LecternError)) throw error;
      const before = error.code === 'already-decided' ? await ownBefore(ctx, item) : null;
      results.push(before ? { id: item.id, decided: before } : { id: item.id, error });
    }
  }
  return results;
}
