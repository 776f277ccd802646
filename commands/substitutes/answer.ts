import type { HeldStepRow } from '../../db/held-steps';
import { endOpenSearch } from './end';
import { startSearch } from './start';
import { applyChange } from '../apply-change';
import type { SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import type { Context } from '../context';

/** What a coordinator's answer brings about, when nobody took a lesson: search again, keep it as it is, or cancel it. */
export async function answerSearch({
  ctx,
  tx,
  session,
  step,
  decision,
}: {
  ctx: Context;
  tx: Tx;
  session: SessionRow;
  step: HeldStepRow;
  decision: string;
}): Promise<void> {
  if (decision === 'cancel') return applyChange(ctx, tx, session, { kind: 'cancel', reason: 'no substitute' }, step.decisionId!);
  await endOpenSearch(tx, session, { state: 'ended', reason: decision === 'keep' ? 'kept' : 'search-again', asOf: ctx.asOf });
  // The first round is due at once, and is the workflow's.
  if (decision === 'search-again') await startSearch(tx, session, { cause: 'asked', by: ctx.principal.id, asOf: ctx.asOf });
}
