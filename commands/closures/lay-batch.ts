import { insertBatch, type ItemChange } from '../../db/batches';
import type { SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { newId } from '../../domain/ids';
import type { Context } from '../context';
import type { Closed } from './consider';

interface Item {
  session: SessionRow;
  change: ItemChange | null;
  decision: { id: string } | null;
}

/** What is to be done with sessions of a closure, as a batch that goes on by itself; gives its id. */
export async function layBatch(
  ctx: Context,
  tx: Tx,
  closed: Pick<Closed, 'id' | 'personId'>,
  about: { reason: string; items: readonly Item[] },
): Promise<string> {
  const id = newId();
  const items = about.items.flatMap(({ session, change, decision }, n) =>
    change ? [{ n, sessionId: session.id, rev: session.rev, change, decisionId: decision?.id ?? null }] : [],
  );
  const cause = closed.personId ? 'time-off' : 'closure';
  await insertBatch(tx, { id, cause, causeId: closed.id, reason: about.reason, madeBy: ctx.principal.id, madeAt: ctx.asOf }, items);
  return id;
}
