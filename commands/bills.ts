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
  const decision = change.decisionId ? await decisionById(tx, change.decisionId) : undefined;
  // What no terms were asked about (a substitute, say) costs a family nothing.
  return shareOf(decision?.outcome as Json | undefined) ?? (decision && decision.point !== 'change' ? 0 : undefined);
}

/** A session as a change found it, and whom the change was about. */
interface Billed {
  rev: number;
  status: string;
  studentId?: string | undefined;
  madeAt: Date;
}

/**
 * What a change is billed as: under the rev that it left, a cancellation under the one it gave. Null when it costs nothing, and for a
 * booking that was still held: nobody had agreed to its price.
 */
export function billOfChange(kind: string, { rev, status, studentId, madeAt }: Billed, changePercent: number | undefined): Bill | null {
  if (kind === 'cancel') return { rev: rev + 1, isMove: false, changePercent };
  if (status === 'held' || changePercent === 0) return null;
  const isDrop = kind === 'drop';
  return { rev, isMove: !isDrop, isDrop, changePercent, madeAt, ...((isDrop || kind === 'add') && { studentId }) };
}

/** The student whom a change added or dropped. */
function studentOf({ before, after }: ChangeRow): string | undefined {
  const [was, is] = [before.participantIds ?? [], after.participantIds ?? []];
  return is.find((id) => !was.includes(id)) ?? was.find((id) => !is.includes(id));
}

/** What is billed at the end: each change that cost something, and the lesson as it ended, or its cancellation. */
export async function billsOf(tx: Tx, session: SessionRow): Promise<Bill[]> {
  const changes: (Bill | null)[] = [];
  let cancelled: number | undefined;
  for (const change of session.rev > 1 ? await changesOf(tx, session.id) : []) {
    const share = await shareNamedBy(tx, change);
    const found = { rev: change.rev - 1, status: change.before.status, studentId: studentOf(change), madeAt: change.madeAt };
    if (change.kind === 'cancel') cancelled = share;
    else changes.push(billOfChange(change.kind, found, share));
  }
  const lesson = { rev: session.rev, isMove: false, changePercent: session.status === 'cancelled' ? cancelled : 0 };
  return [...changes.filter((c) => c !== null), lesson];
}
