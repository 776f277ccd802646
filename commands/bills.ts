import { changesOf, type ChangeRow } from '../db/changes';
import { decisionById } from '../db/decisions';
import type { SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import type { Bill } from '../decisions/money';
import type { Json } from '../policy/types';

const shareOf = (outcome: Json | undefined): number | undefined => {
  const share = outcome !== null && typeof outcome === 'object' && !Array.isArray(outcome) ? outcome.chargePercent : undefined;
  return share == null ? undefined : Number(share);
};

async function shareNamedBy(tx: Tx, change: ChangeRow): Promise<number | undefined> {
  return change.decisionId ? shareOf((await decisionById(tx, change.decisionId))?.outcome as Json | undefined) : undefined;
}

/**
 * What a move is billed as: under the rev that it left. Null when it costs nothing, and for a booking that was still held: nobody had
 * agreed to its price.
 */
export const billOfMove = (before: { rev: number; status: string }, changePercent: number | undefined): Bill | null =>
  before.status === 'held' || changePercent === 0 ? null : { rev: before.rev, isMove: true, changePercent };

/** What is billed at the end: each move that cost something, and the lesson as it ended, or its cancellation. */
export async function billsOf(tx: Tx, session: SessionRow): Promise<Bill[]> {
  const moves: (Bill | null)[] = [];
  let cancelled: number | undefined;
  for (const change of session.rev > 1 ? await changesOf(tx, session.id) : []) {
    const share = await shareNamedBy(tx, change);
    if (change.kind === 'cancel') cancelled = share;
    else moves.push(billOfMove({ rev: change.rev - 1, status: change.before.status }, share));
  }
  const lesson = { rev: session.rev, isMove: false, changePercent: session.status === 'cancelled' ? cancelled : 0 };
  return [...moves.filter((m) => m !== null), lesson];
}
