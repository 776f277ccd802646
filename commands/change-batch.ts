import { claimChange, endBatch, endItem, findBatch, itemsOf, lockBatch, markHeld, type BatchItemRow, type BatchRow } from '../db/batches';
import { findSession, lockSession, type SessionRow } from '../db/sessions';
import { pgCode, type Tx } from '../db/database';
import { LecternError } from '../domain/errors';
import { applyChange } from './apply-change';
import { holdItem } from './batches/hold';
import { tellTogether, TOLD_TOGETHER } from './batches/tell';
import { refuseUnchangeable } from './changes/refuse';
import type { Context } from './context';
import type { ChangeInput } from './types';

/** A change as an item keeps it. */
export function inputOf({ change }: BatchItemRow, reason: string | null): ChangeInput {
  const at = (value: unknown): Date | undefined => (typeof value === 'string' ? new Date(value) : undefined);
  return { kind: change.kind as ChangeInput['kind'], reason: reason ?? undefined, startsAt: at(change.startsAt), endsAt: at(change.endsAt) };
}

/** What a batch does is done in the name of whoever asked for it. */
const inTheNameOf = (ctx: Context, batch: BatchRow): Context => ({ ...ctx, principal: { ...ctx.principal, id: batch.madeBy ?? ctx.principal.id } });

async function make(ctx: Context, tx: Tx, item: BatchItemRow): Promise<void> {
  const batch = (await findBatch(tx, item.batchId))!;
  const session = await lockSession(tx, item.sessionId);
  if (!(await endItem(tx, item, { state: 'done', why: null, at: ctx.asOf }))) return;
  if (item.change.kind === 'hold') return hold(ctx, tx, { batch, item, session, why: 'The rules leave it to a person.' });
  const input = inputOf(item, batch.reason);
  refuseUnchangeable(session, input);
  if (session.rev !== item.rev) throw new LecternError('stale', 'The session has changed since this was previewed.');
  await applyChange(inTheNameOf(ctx, batch), tx, session, input, item.decisionId!);
  await claimChange(tx, { batchId: batch.id, sessionId: session.id, rev: session.rev }, `${TOLD_TOGETHER}:${batch.id}`, ctx.asOf);
}

interface Held {
  batch: BatchRow;
  item: BatchItemRow;
  session: SessionRow;
  why: string;
}

async function hold(ctx: Context, tx: Tx, { batch, item, session, why }: Held): Promise<void> {
  await markHeld(tx, item, why);
  await holdItem(ctx, tx, { batch, session, decisionId: item.decisionId, why });
}

/**
 * Makes one change of a batch, in the transaction that ends its item: so a kill in the middle of a batch loses none and makes none twice. What
 * cannot be made any more waits for a person, and the others go on; a session that is over by now needs nothing.
 */
export async function changeItem(ctx: Context, item: BatchItemRow): Promise<void> {
  try {
    await ctx.db.inOrganisation(ctx.organisationId, (tx) => make(ctx, tx, item));
  } catch (error) {
    const isClash = pgCode(error) === '23P01';
    if (!isClash && !(error instanceof LecternError)) throw error;
    const why = isClash ? 'Somebody on it has another lesson then.' : (error as Error).message;
    await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const batch = (await findBatch(tx, item.batchId))!;
      const session = await lockSession(tx, item.sessionId);
      const isOver = !['held', 'booked', 'ready'].includes(session.status);
      if (!(await endItem(tx, item, { state: 'refused', why, at: ctx.asOf })) || isOver) return;
      await hold(ctx, tx, { batch, item, session, why });
    });
  }
}

/** The end of a batch: everybody concerned is told once of all that was changed for them. Safe to repeat: it ends once. */
export async function finishBatch(ctx: Context, batchId: string): Promise<void> {
  await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const batch = await lockBatch(tx, batchId);
    if (batch?.state !== 'running') return;
    const items = await itemsOf(tx, batchId);
    if (items.some((i) => i.state === 'waiting')) throw new Error(`Batch ${batchId} has changes that wait.`);
    const sessions: SessionRow[] = [];
    for (const item of items.filter((i) => i.state === 'done')) sessions.push((await findSession(tx, item.sessionId))!);
    await tellTogether(ctx, tx, batch, sessions);
    await endBatch(tx, batchId, ctx.asOf);
  });
}
