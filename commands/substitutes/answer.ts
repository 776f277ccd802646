import { endOpenSearch } from './end';
import { startSearch } from './start';
import { applyChange } from '../apply-change';
import { chosenTime, moveTo } from '../series/take-time';
import type { Decided } from '../decided';

/** What a coordinator's answer brings about, when nobody took a lesson: another time, a new search, as it is, or cancelled. */
export async function answerSearch({ ctx, tx, session, step, decision }: Decided): Promise<void> {
  if (decision === 'cancel') return applyChange(ctx, tx, session, { kind: 'cancel', reason: 'no substitute' }, step.decisionId!);
  const time = chosenTime(step, decision);
  // The change ends the search, as any other would.
  if (time) return moveTo(ctx, tx, session, { step, time });
  await endOpenSearch(tx, session, { state: 'ended', reason: decision === 'keep' ? 'kept' : 'search-again', asOf: ctx.asOf });
  // The first round is due at once, and is the workflow's.
  if (decision === 'search-again') await startSearch(tx, session, { cause: 'asked', by: ctx.principal.id, asOf: ctx.asOf });
}
