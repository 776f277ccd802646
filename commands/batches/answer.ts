import type { SessionRow } from '../../db/sessions';
import type { HeldStepRow } from '../../db/held-steps';
import type { Tx } from '../../db/database';
import { LecternError } from '../../domain/errors';
import { applyChange } from '../apply-change';
import { refuseUnchangeable } from '../changes/refuse';
import { answerOccurrence, chosenTime } from '../series/take-time';
import type { Context } from '../context';
import type { ChangeInput } from '../types';

/**
 * A person says what becomes of a lesson that a closure, or an edit of its series, could not see to by itself. Whoever is concerned is told of it
 * as of any change.
 */
export async function answerItem(ctx: Context, tx: Tx, session: SessionRow, step: HeldStepRow, decision: string): Promise<void> {
  if (session.withoutSlot) return answerOccurrence(ctx, tx, session, step, decision);
  if (decision === 'keep') return;
  const time = chosenTime(step, decision);
  const input: ChangeInput = time ? { kind: 'reschedule', startsAt: new Date(time.startsAt), endsAt: new Date(time.endsAt) } : { kind: 'cancel' };
  if (input.startsAt && input.startsAt <= ctx.asOf)
    throw new LecternError('illegal-move', `That time has passed: ${time!.startsAt}. Choose another.`);
  refuseUnchangeable(session, input);
  await applyChange(ctx, tx, session, input, step.decisionId!);
}
