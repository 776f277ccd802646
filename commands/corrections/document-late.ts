import { correctionsOf, insertCorrection } from '../../db/corrections';
import type { SessionRow } from '../../db/sessions';
import { addToTimeline, wake } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { newId } from '../../domain/ids';
import type { Context } from '../context';

/** Opens documentation of a closed session; its workflow sees it by this row. */
export async function documentLate(ctx: Context, tx: Tx, session: SessionRow, decisionId: string): Promise<void> {
  const before = await correctionsOf(tx, session.id);
  if (before.some((c) => c.kind === 'transcript')) return;
  const id = newId();
  await insertCorrection(tx, {
    id,
    sessionId: session.id,
    n: before.length + 1,
    kind: 'transcript',
    input: { kind: 'transcript' },
    reason: null,
    result: { attendance: [], money: [], strikes: [], minutes: null, update: null },
    decisionId,
    madeBy: ctx.principal.kind === 'system' ? null : ctx.principal.id,
    madeAt: ctx.asOf,
  });
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: ctx.asOf,
    kind: 'session.corrected',
    actor: ctx.principal.kind === 'system' ? 'lectern' : ctx.principal.id,
    decisionId,
    data: { correctionId: id, kind: 'transcript' },
  });
  await wake(tx, session.id);
}
