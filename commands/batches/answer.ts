import { participantsOf, type SessionRow } from '../../db/sessions';
import { decide } from '../../decisions/decide';
import type { HeldStepRow } from '../../db/held-steps';
import type { Tx } from '../../db/database';
import { LecternError } from '../../domain/errors';
import type { Json } from '../../policy/types';
import { setApart } from '../../db/series';
import { refuseUnchangeable } from '../changes/refuse';
import { tooMuchBy } from '../changes/too-much';
import { applySeveral, considerSeveral, type DecidedChange } from '../changes/several';
import type { OtherTime } from '../series/other-times';
import { inputOf } from './parts';
import { answerOccurrence, chosenTime } from '../series/take-time';
import type { Context } from '../context';
import type { ChangeInput } from '../types';

/**
 * A person says what becomes of a lesson that a closure, or an edit of its series, could not see to by itself. Whoever is concerned is told of it
 * as of any change.
 */
export async function answerItem(ctx: Context, tx: Tx, session: SessionRow, step: HeldStepRow, decision: string): Promise<void> {
  if (session.withoutSlot) return answerOccurrence(ctx, tx, session, step, decision);
  // Whatever a person says, the lesson is its own from now on.
  await setApart(tx, session.id);
  if (decision === 'keep') return;
  const time = chosenTime(step, decision);
  if (time && new Date(time.startsAt) <= ctx.asOf) throw new LecternError('illegal-move', `That time has passed: ${time.startsAt}. Choose another.`);
  const inputs: ChangeInput[] = time ? withTime(step, time) : [{ kind: 'cancel' }];
  refuseUnchangeable(session, inputs[0]!);
  if (time && !keptBy(step)) await refuseTooMuch(ctx, tx, session, inputs[0]!);
  await applySeveral(ctx, tx, session, await decided(ctx, tx, session, { step, inputs }));
}

const keptBy = ({ shown }: HeldStepRow): Json[] | null => {
  const { parts } = shown as unknown as { parts?: Json };
  return Array.isArray(parts) ? parts : null;
};

/** A person may choose what the rules would have asked about, and not what they refuse. Errors: `refused-by-policy`; the step stays open. */
async function refuseTooMuch(ctx: Context, tx: Tx, session: SessionRow, input: ChangeInput): Promise<void> {
  const before = { session, participants: await participantsOf(tx, session.id) };
  const found = await tooMuchBy({ ctx, tx, input, before }, decide);
  if (found?.decision.outcome.verdict !== 'refuse') return;
  throw new LecternError('refused-by-policy', found.why, { rule: found.decision.rule, say: found.decision.say });
}

/** The time that was chosen, and whatever else the edit of its series brings: who teaches, who takes part. */
function withTime(step: HeldStepRow, time: OtherTime): ChangeInput[] {
  const others = (keptBy(step) ?? []).map((part) => inputOf(part, null)).filter((input) => input.kind !== 'reschedule');
  return [{ kind: 'reschedule', startsAt: new Date(time.startsAt), endsAt: new Date(time.endsAt) }, ...others];
}

/** What a closure costs its own policy has said; what is done instead of an edit costs what the terms of the lesson say of that. */
async function decided(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { step, inputs }: { step: HeldStepRow; inputs: ChangeInput[] },
): Promise<DecidedChange[]> {
  if (!keptBy(step)) return inputs.map((input) => ({ input, decisionId: step.decisionId }));
  const before = { session: { ...session }, participants: await participantsOf(tx, session.id) };
  const considered = await considerSeveral(ctx, tx, before, { inputs, ask: decide });
  return considered.map((c) => ({ input: c.changing.input, decisionId: c.decision.id }));
}
