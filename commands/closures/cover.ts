import { setItem, type BatchItemRow, type BatchRow } from '../../db/batches';
import { findClosure } from '../../db/closures';
import { participantsOf, type SessionRow } from '../../db/sessions';
import { peopleById } from '../../db/people';
import type { Tx } from '../../db/database';
import { decide, decideEach } from '../../decisions/decide';
import { timesFor } from '../batches/hold';
import { followSearch } from '../substitutes/round';
import { startSearch } from '../substitutes/start';
import type { Context } from '../context';
import { closureQuestion, concluded } from './consider';
import { standInsFor } from './substitutes';

interface Covering {
  ctx: Context;
  tx: Tx;
  batch: BatchRow;
  item: BatchItemRow;
  session: SessionRow;
}

/** What is said of an item that another takes than was previewed. */
async function insteadOf(tx: Tx, wantedId: string, takesId: string | null): Promise<string> {
  const people = await peopleById(tx, takesId ? [wantedId, takesId] : [wantedId]);
  const name = (id: string): string => people.find((p) => p.id === id)?.name ?? 'Somebody';
  return takesId
    ? `${name(wantedId)} cannot take it any more; ${name(takesId)} does.`
    : `${name(wantedId)} cannot take it any more, and nobody else can.`;
}

/**
 * Asks again, at the moment of giving a lesson of somebody who is away to another, whether that one may still take it. If not, the next
 * best does; and when nobody can, the policy is asked anew, without substitutes, what becomes of it.
 */
export async function stillCovered(covering: Covering): Promise<BatchItemRow> {
  const { ctx, tx, batch, item, session } = covering;
  const wantedId = String(item.change.instructorId);
  // A decision about a person is told from another by its seq, so the session is named in it.
  const seq = `batch:${batch.id}:${session.id}:${ctx.asOf.toISOString()}`;
  const asking = { session, seq, given: new Set<string>(), ask: decideEach, asOf: ctx.asOf };
  const standIns = await standInsFor(tx, asking);
  const takes = standIns.find((s) => s.personId === wantedId) ?? standIns[0];
  if (takes) {
    if (takes.personId === wantedId) return { ...item, decisionId: takes.decisionId };
    const change = { kind: 'reassign', instructorId: takes.personId };
    return setItem(tx, { ...item, change, decisionId: takes.decisionId, why: await insteadOf(tx, wantedId, takes.personId) });
  }
  const closed = (await findClosure(tx, batch.causeId))!;
  const participants = await participantsOf(tx, session.id);
  const times = await timesFor(ctx, tx, session, { after: closed.endsAt });
  const about = { session, participants, times, standIns, hasBegun: false };
  const question = closureQuestion(ctx, closed, about, seq);
  const decision = await decide(tx, question);
  const { change } = concluded({ ...about, question, tooMuch: null }, String(decision.outcome.verdict));
  const why = await insteadOf(tx, wantedId, null);
  return setItem(tx, { ...item, change: change ?? { kind: 'keep' }, decisionId: decision.id, why });
}

/** A lesson of somebody who is away is offered to substitutes, as in any search. */
export async function searchInstead({ ctx, tx, batch, item, session }: Covering): Promise<void> {
  const search = await startSearch(tx, session, {
    cause: 'asked',
    note: batch.reason,
    by: batch.madeBy,
    decisionId: item.decisionId,
    asOf: ctx.asOf,
  });
  await followSearch(ctx, tx, session, search);
}
