import { insertNote, setClaim, setSnooze, type NoteRow } from '../../db/desk';
import { addAudit } from '../../db/audit';
import { lockHeldStep, type LockedHeldStep } from '../../db/held-steps';
import { peopleById } from '../../db/people';
import { lockSession } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { LecternError, notFound } from '../../domain/errors';
import { newId } from '../../domain/ids';
import type { SnoozeEvent } from '../../domain/snooze';
import type { Context } from '../context';
import { refuseEnded, refuseStranger } from '../decide-held-step';

/** Looks after an open step under the locks of its session and itself, in the order in which a decision takes them. */
function onStep<T>(ctx: Context, sessionId: string, stepId: string, work: (tx: Tx, step: LockedHeldStep) => Promise<T>): Promise<T> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    await lockSession(tx, sessionId);
    const step = await lockHeldStep(tx, stepId);
    if (!step) throw notFound('held step', stepId);
    refuseStranger(ctx, step);
    refuseEnded(step);
    return work(tx, step);
  });
}

async function note(ctx: Context, tx: Tx, step: LockedHeldStep, what: string, data: Record<string, string | null> = {}): Promise<void> {
  await addToTimeline(tx, {
    sessionId: step.sessionId,
    rev: step.rev,
    at: ctx.asOf,
    kind: `held-step.${what}`,
    actor: ctx.principal.id,
    data: { heldStepId: step.id, step: step.kind, ...data },
  });
  await addAudit(tx, ctx, `held-step.${what}`, 'held-step', step.id, data);
}

interface Ref {
  id: string;
  sessionId: string;
}

/**
 * Says that one looks after a step. It binds nobody; others see it. Claiming again is harmless; what somebody else has is taken over
 * only when that is said. Errors: `already-claimed`, `already-decided`.
 */
export const claimHeldStep = (ctx: Context, ref: Ref, takeOver: boolean): Promise<void> =>
  onStep(ctx, ref.sessionId, ref.id, async (tx, step) => {
    const { principal, asOf } = ctx;
    if (step.claimedBy === principal.id) return;
    if (step.claimedBy && !takeOver) {
      const since = step.claimedAt!.toISOString();
      throw new LecternError('already-claimed', `${step.claimedByName} has held step ${step.id} since ${since}.`, { by: step.claimedByName, since });
    }
    await setClaim(tx, step.id, { by: principal.id, name: principal.name, at: asOf });
    await note(ctx, tx, step, 'claimed', step.claimedBy ? { from: step.claimedBy } : {});
  });

/** Lets a step go again, one's own or a colleague's. Harmless where nobody has it. */
export const releaseHeldStep = (ctx: Context, ref: Ref): Promise<void> =>
  onStep(ctx, ref.sessionId, ref.id, async (tx, step) => {
    if (!step.claimedBy) return;
    await setClaim(tx, step.id, null);
    await note(ctx, tx, step, 'released', step.claimedBy === ctx.principal.id ? {} : { from: step.claimedBy });
  });

const written = (ctx: Context, step: LockedHeldStep): Pick<NoteRow, 'id' | 'heldStepId' | 'writtenAt' | 'authorId' | 'authorName'> => ({
  id: newId(),
  heldStepId: step.id,
  writtenAt: ctx.asOf,
  authorId: ctx.principal.id,
  authorName: ctx.principal.name,
});

/** A word for whoever looks after the step next. */
export const commentOn = (ctx: Context, ref: Ref, text: string): Promise<{ id: string }> =>
  onStep(ctx, ref.sessionId, ref.id, async (tx, step) => {
    const row = { ...written(ctx, step), kind: 'comment' as const, body: text, personId: null, channel: null, outcome: null, at: ctx.asOf };
    await insertNote(tx, row);
    await note(ctx, tx, step, 'commented', { noteId: row.id });
    return { id: row.id };
  });

export interface ContactInput {
  personId: string;
  channel: NonNullable<NoteRow['channel']>;
  outcome: NonNullable<NoteRow['outcome']>;
  at: Date | null;
  text: string | null;
}

/** That somebody was called or written to by hand, and what came of it. Errors besides: `not-found` for the person, `invalid-request`. */
export const logContact = (ctx: Context, ref: Ref, { personId, channel, outcome, at, text }: ContactInput): Promise<{ id: string }> =>
  onStep(ctx, ref.sessionId, ref.id, async (tx, step) => {
    if (at && at > ctx.asOf) {
      throw new LecternError('invalid-request', 'Nobody was reached in the future.', [{ path: 'at', message: 'must not be in the future' }]);
    }
    if ((await peopleById(tx, [personId])).length === 0) throw notFound('person', personId);
    const row = { ...written(ctx, step), kind: 'contact' as const, body: text, personId, channel, outcome, at: at ?? ctx.asOf };
    await insertNote(tx, row);
    await note(ctx, tx, step, 'contact', { noteId: row.id, personId, channel, outcome });
    return { id: row.id };
  });

export interface SnoozeInput {
  until: Date | null;
  event: SnoozeEvent | null;
  personId: string | null;
}

/** A step rests until a time or an event, whichever comes first. Its deadline stands, so a time behind it is refused. */
export const snoozeHeldStep = (ctx: Context, ref: Ref, { until, event, personId }: SnoozeInput): Promise<void> =>
  onStep(ctx, ref.sessionId, ref.id, async (tx, step) => {
    const fault =
      until && until <= ctx.asOf ? 'must be in the future' : until && step.deadlineAt && until > step.deadlineAt ? 'is after the deadline' : null;
    if (fault) {
      const deadline = step.deadlineAt?.toISOString() ?? null;
      throw new LecternError('invalid-request', `Held step ${step.id} cannot rest until then.`, [{ path: 'until', message: fault, deadline }]);
    }
    if (personId && (await peopleById(tx, [personId])).length === 0) throw notFound('person', personId);
    await note(ctx, tx, step, 'snoozed', { until: until?.toISOString() ?? null, event });
    await setSnooze(tx, step, { until, event, personId, at: ctx.asOf, byName: ctx.principal.name });
  });

export const unsnoozeHeldStep = (ctx: Context, ref: Ref): Promise<void> =>
  onStep(ctx, ref.sessionId, ref.id, async (tx, step) => {
    if (!step.snoozedAt) return;
    await setSnooze(tx, step, null);
    await note(ctx, tx, step, 'unsnoozed');
  });
