import { insertChange, moveSession } from '../../db/changes';
import { moveStatus, participantsOf, type SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { HeldStepRow } from '../../db/held-steps';
import type { Tx } from '../../db/database';
import { decide } from '../../decisions/decide';
import { loadActiveSet } from '../../decisions/rule-sets';
import { LecternError } from '../../domain/errors';
import { newId } from '../../domain/ids';
import { wallTimeOf } from '../../domain/time';
import { termsOf } from '../admission';
import { applyChange, takeSlots } from '../apply-change';
import { refuseUnchangeable } from '../changes/refuse';
import { admitHeld, readmit } from '../hold-booking';
import type { Context } from '../context';
import type { ChangeInput } from '../types';
import type { OtherTime } from './other-times';

/** A time as a held step shows it, with the answer that takes it. */
export type Offered = { [Field in keyof OtherTime]: OtherTime[Field] } & { option: string };

export const offered = (times: readonly OtherTime[]): Offered[] => times.map((time, i) => ({ option: `take-${i + 1}`, ...time }));

/** The time that an answer names ("take-2"); undefined for an answer that names none. */
export function chosenTime(step: Pick<HeldStepRow, 'shown'>, decision: string): OtherTime | undefined {
  const { alternatives = [] } = step.shown as unknown as { alternatives?: Offered[] };
  return alternatives.find((a) => a.option === decision);
}

/**
 * A booked lesson takes the time that an answer names, as any move of it. Errors: `illegal-move` when that time or the lesson has passed,
 * `slot-clash` when somebody has taken it meanwhile (the step stays open).
 */
export async function moveTo(ctx: Context, tx: Tx, session: SessionRow, { step, time }: { step: HeldStepRow; time: OtherTime }): Promise<void> {
  const input: ChangeInput = { kind: 'reschedule', startsAt: new Date(time.startsAt), endsAt: new Date(time.endsAt) };
  if (input.startsAt! <= ctx.asOf) throw new LecternError('illegal-move', `That time has passed: ${time.startsAt}. Choose another.`);
  refuseUnchangeable(session, input);
  await applyChange(ctx, tx, session, input, step.decisionId!);
}

/**
 * A lesson of a series that waited without a slot takes another time and is booked, or is left out. Errors: `slot-clash` when somebody
 * has taken that time meanwhile (the step stays open), `refused-by-policy`.
 */
export async function answerOccurrence(ctx: Context, tx: Tx, session: SessionRow, step: HeldStepRow, decision: string): Promise<void> {
  const time = chosenTime(step, decision);
  if (!time) return moveStatus(tx, session, ctx.principal.kind === 'system' ? 'expired' : 'refused');
  const startsAt = new Date(time.startsAt);
  if (startsAt <= ctx.asOf) throw new LecternError('illegal-move', `That time has passed: ${time.startsAt}. Choose another, or skip the lesson.`);
  const before = { startsAt: session.startsAt.toISOString(), endsAt: session.endsAt.toISOString(), status: session.status };
  const next: SessionRow = {
    ...session,
    rev: session.rev + 1,
    startsAt,
    endsAt: new Date(time.endsAt),
    agreedWallTime: wallTimeOf(+startsAt, session.anchorZone),
    withoutSlot: false,
  };
  await takeSlots(tx, next);
  const admission = await readmit(ctx, tx, { session: next, participants: await participantsOf(tx, next.id) }, decide);
  if (admission.outcome.verdict === 'refuse') {
    throw new LecternError('refused-by-policy', 'The rules refuse a booking at that time.', { rule: admission.rule, say: admission.say });
  }
  Object.assign(next, termsOf(admission, session), { bookedSetId: (await loadActiveSet(tx)).id });
  await insertChange(tx, {
    id: newId(),
    sessionId: session.id,
    rev: next.rev,
    kind: 'reschedule',
    reason: null,
    before,
    after: { startsAt: time.startsAt, endsAt: time.endsAt, status: 'booked' },
    compensates: [],
    decisionId: admission.id,
    madeBy: ctx.principal.id,
    madeAt: ctx.asOf,
  });
  await moveSession(tx, next);
  Object.assign(session, next);
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: ctx.asOf,
    kind: 'session.booked',
    actor: ctx.principal.id,
    decisionId: admission.id,
    data: { from: before.startsAt, to: time.startsAt },
  });
  await admitHeld(ctx, tx, session);
}
