import { participantsOf, type SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import type { Decision } from '../../decisions/decide';
import { LecternError } from '../../domain/errors';
import { applyChange } from '../apply-change';
import type { Decided } from '../decided';
import { viabilityReason } from '../held-reasons';
import { openHeldStep } from '../held-steps';
import { merge } from './merge';
import { readSiblings } from './siblings';

interface Held {
  decision: Decision;
  /** The group that its students could go to. */
  into: SessionRow | null;
  asOf: Date;
}

/** A coordinator says what becomes of a group that is too small. */
export async function holdViability(tx: Tx, session: SessionRow, { decision, into, asOf }: Held): Promise<void> {
  const { answerWithin, unanswered } = decision.outcome;
  const students = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student').length;
  await openHeldStep(tx, {
    session,
    kind: 'viability',
    subject: session.id,
    audience: 'coordinator',
    reason: await viabilityReason(tx, session, { students, into, decisionId: decision.id }),
    shown: {
      question: 'Does this group take place?',
      students,
      minimum: session.minStudents,
      intoSessionId: into?.id ?? null,
      intoStartsAt: into?.startsAt.toISOString() ?? null,
    },
    options: ['run', ...(into ? ['merge'] : []), ...(students === 1 ? ['convert'] : []), 'cancel'],
    defaultOption: String(unanswered ?? 'run'),
    deadlineAt: new Date(Math.min(+session.startsAt, answerWithin == null ? Infinity : +asOf + Number(answerWithin))),
    decisionId: decision.id,
    asOf,
  });
}

/** What a coordinator's answer brings about. Errors: `stale` when the other group cannot take them any more. */
export async function answerViability({ ctx, tx, session, step, decision }: Decided): Promise<void> {
  const decisionId = step.decisionId!;
  if (decision === 'cancel') return applyChange(ctx, tx, session, { kind: 'cancel' }, decisionId);
  if (decision === 'convert') return applyChange(ctx, tx, session, { kind: 'convert' }, decisionId);
  if (decision !== 'merge') return;
  const students = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student');
  const { nearest } = await readSiblings(tx, session, students, ctx.asOf);
  const { intoSessionId } = step.shown as { intoSessionId: string };
  if (nearest?.id !== intoSessionId)
    throw new LecternError('stale', `Session ${intoSessionId} has no places for all of them any more, or another one is nearer.`, {
      difference: [{ path: '/intoSessionId', shown: intoSessionId, now: nearest?.id ?? null }],
    });
  await merge(ctx, tx, session, { into: nearest, decisionId });
}
