import { stopWaiting } from '../../db/acknowledgements';
import { withdrawHeldStep } from '../../db/held-steps';
import type { SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import type { ChangeKind } from '../../domain/vocabulary';
import type { Context } from '../context';
import { askAcknowledgement } from './acknowledge';
import { endOpenSearch } from './end';

/** Changes after which somebody else teaches, or the same person at another time. */
const ASKED_ANEW: readonly ChangeKind[] = ['reschedule', 'reassign', 'swap'];
const ENDED_BY: Partial<Record<ChangeKind, string>> = {
  cancel: 'session-cancelled',
  reschedule: 'session-moved',
  reassign: 'reassigned',
  swap: 'reassigned',
};

/** What a change means to the search for a substitute and to the acknowledgement; in its transaction, on the session as it is now. */
export async function followChange(ctx: Context, tx: Tx, session: SessionRow, kind: ChangeKind): Promise<void> {
  const reason = ENDED_BY[kind];
  if (reason === undefined) return;
  await endOpenSearch(tx, session, { state: 'ended', reason, asOf: ctx.asOf });
  // A search that was handed over is open no more; its question is answered by the change all the same.
  await withdrawHeldStep(tx, session.id, 'substitute', session.id, ctx.asOf);
  if (ASKED_ANEW.includes(kind) && session.status !== 'held') await askAcknowledgement(ctx, tx, session);
  else await stopWaiting(tx, session.id);
}
