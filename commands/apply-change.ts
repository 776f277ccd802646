import { insertChange, moveSession } from '../db/changes';
import { withdrawHeldSteps } from '../db/held-steps';
import { conflictsOf, lockPeople, moveStatus, participantsOf, type SessionRow } from '../db/sessions';
import { addToTimeline, wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { decide, type Ask, type Decision } from '../decisions/decide';
import { loadActiveSet } from '../decisions/rule-sets';
import { LecternError } from '../domain/errors';
import { newId } from '../domain/ids';
import { wallTimeOf } from '../domain/time';
import { expiryOf, termsOf } from './admission';
import { readmit, renewHold } from './hold-booking';
import { planEvents } from './plan';
import { decidePreparation } from './preparation';
import { replan, suppressPlanned } from './replan';
import type { Context } from './context';
import type { ChangeInput } from './types';

export interface After {
  session: SessionRow;
  /** Of a held booking that moves: admission for the new time. */
  admission: Decision | null;
}

/** The session as it will be after the change: its times, what the rules make of them, and its status. */
export async function sessionAfter(ctx: Context, tx: Tx, before: SessionRow, input: ChangeInput, ask: Ask): Promise<After> {
  const next = { ...before, rev: before.rev + 1 };
  if (input.kind === 'cancel') return { session: { ...next, status: 'cancelled' }, admission: null };
  Object.assign(next, {
    startsAt: input.startsAt,
    endsAt: input.endsAt,
    agreedWallTime: wallTimeOf(+input.startsAt!, before.anchorZone),
    status: before.status === 'held' ? 'held' : 'booked',
  });
  const students = (await participantsOf(tx, before.id)).filter((p) => p.role === 'student').length;
  Object.assign(next, await decidePreparation(tx, next, { students, seq: `move:${ctx.asOf.toISOString()}`, asOf: ctx.asOf, ask }));
  if (next.status !== 'held') return { session: next, admission: null };
  const admission = await readmit(ctx, tx, next, ask);
  Object.assign(next, termsOf(admission, before), {
    expiresAt: expiryOf(admission, next.startsAt, ctx.asOf),
    bookedSetId: (await loadActiveSet(tx)).id,
  });
  return { session: next, admission };
}

/** Nobody is promised a slot that somebody else has; the people are locked, so that a booking of one of them waits. */
export async function takeSlots(tx: Tx, next: SessionRow): Promise<void> {
  const keys = (await participantsOf(tx, next.id)).map((p) => p.personKey);
  await lockPeople(tx, keys);
  const conflicts = await conflictsAt(tx, keys, next);
  if (conflicts.length > 0) throw new LecternError('slot-clash', 'Somebody on this session already has a lesson at that time.', { conflicts });
}

export const conflictsAt = (tx: Tx, keys: number[], s: SessionRow): ReturnType<typeof conflictsOf> =>
  conflictsOf(tx, keys, s.startsAt, new Date(+s.endsAt + s.bufferMinutes * 60_000), s.id);

/**
 * Writes the change to the locked session: slots, status, plan, notices, one timeline line, one wake. A held booking stays held:
 * moved, it is asked about anew; cancelled, it frees its slot; and nobody is told of a lesson that was never booked.
 */
export async function applyChange(ctx: Context, tx: Tx, session: SessionRow, input: ChangeInput, decisionId: string): Promise<void> {
  const { asOf } = ctx;
  const isCancel = input.kind === 'cancel';
  const before = { startsAt: session.startsAt.toISOString(), endsAt: session.endsAt.toISOString(), status: session.status };
  const { session: next, admission } = await sessionAfter(ctx, tx, session, input, decide);
  if (!isCancel) await takeSlots(tx, next);
  await insertChange(tx, {
    id: newId(),
    sessionId: session.id,
    rev: next.rev,
    kind: input.kind,
    reason: input.reason ?? null,
    before,
    after: { startsAt: next.startsAt.toISOString(), endsAt: next.endsAt.toISOString(), status: next.status },
    compensates: ['room', 'credentials'],
    decisionId,
    madeBy: ctx.principal.id,
    madeAt: asOf,
  });
  if (isCancel) await moveStatus(tx, session, 'cancelled', { cancelledAt: asOf, reason: input.reason ?? null });
  await moveSession(tx, next);
  Object.assign(session, next);
  await withdrawHeldSteps(tx, session.id, asOf, admission && 'booking');
  if (admission) await renewHold(tx, session, admission.id);
  else if (before.status !== 'held') await tellOf(tx, session, isCancel ? null : new Date(before.startsAt), asOf);
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: isCancel ? 'session.cancelled' : 'session.moved',
    actor: ctx.principal.id,
    decisionId,
    data: { from: before.startsAt, to: session.startsAt.toISOString() },
  });
  await wake(tx, session.id);
}

async function tellOf(tx: Tx, session: SessionRow, movedFrom: Date | null, asOf: Date): Promise<void> {
  if (movedFrom) return replan(tx, session, { reason: 'session-moved', asOf, movedFrom });
  await suppressPlanned(tx, session.id, 'session-cancelled', asOf);
  await planEvents(tx, session, { event: 'cancelled', asOf });
}
