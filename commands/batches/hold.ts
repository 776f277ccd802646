import type { BatchRow } from '../../db/batches';
import { participantsOf, type SessionRow } from '../../db/sessions';
import { findClosure } from '../../db/closures';
import { wake } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { preview } from '../../decisions/decide';
import { itemReason } from '../held-reasons';
import { openHeldStep } from '../held-steps';
import { askAhead, otherTimes, type OtherTime } from '../series/other-times';
import type { Context } from '../context';

/** Other times for a session that is booked, from an instant on. */
export async function timesFor(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { after, given = [] }: { after: Date; given?: { startsAt: Date; endsAt: Date }[] },
): Promise<OtherTime[]> {
  const participants = await participantsOf(tx, session.id);
  const studentIds = participants.filter((p) => p.role === 'student').map((p) => p.personId);
  const instructorId = participants.find((p) => p.role === 'instructor')?.personId;
  if (!instructorId) return [];
  const about = { ...session, seq: 'other-times', students: studentIds.length };
  const ahead = await askAhead(tx, about, { asOf: ctx.asOf, ask: preview });
  const { startsAt, endsAt, bufferMinutes, branch, anchorZone } = session;
  const lengthMinutes = Math.round((+endsAt - +startsAt) / 60_000);
  return otherTimes(tx, { startsAt, lengthMinutes, bufferMinutes, branch, anchorZone, instructorId, studentIds, after, given }, ahead);
}

/** A change of a batch that a person has to see to: another time, cancelled, or left as it is. */
export async function holdItem(
  ctx: Context,
  tx: Tx,
  { batch, session, decisionId, why }: { batch: BatchRow; session: SessionRow; decisionId: string | null; why: string },
): Promise<void> {
  const closure = batch.cause === 'series' ? undefined : await findClosure(tx, batch.causeId);
  const alternatives = await timesFor(ctx, tx, session, { after: closure?.endsAt ?? ctx.asOf });
  const kind = batch.cause === 'series' ? 'series-occurrence' : 'closure';
  await openHeldStep(tx, {
    session,
    kind,
    subject: session.id,
    audience: 'coordinator',
    reason: await itemReason(tx, session, { cause: batch.cause, why, alternatives }),
    shown: {
      question: 'What becomes of this lesson?',
      batchId: batch.id,
      startsAt: session.startsAt.toISOString(),
      endsAt: session.endsAt.toISOString(),
      why,
      alternatives: alternatives.map((a, i) => ({ option: `take-${i + 1}`, ...a })),
    },
    options: [...alternatives.map((_, i) => `take-${i + 1}`), 'cancel', 'keep'],
    defaultOption: 'keep',
    deadlineAt: session.startsAt,
    decisionId,
    asOf: ctx.asOf,
  });
  await wake(tx, session.id);
}
