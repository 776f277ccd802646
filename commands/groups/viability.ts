import { setViability } from '../../db/groups';
import { participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import { countPlaces } from '../../db/waitlist';
import type { Tx } from '../../db/database';
import { decide, isAnswered, type Decision } from '../../decisions/decide';
import { applyChange } from '../apply-change';
import type { Context } from '../context';
import { holdViability } from './hold';
import { merge } from './merge';
import { readSiblings, type Siblings } from './siblings';

const studentsOf = (participants: readonly ParticipantRow[]): ParticipantRow[] => participants.filter((p) => p.role === 'student');

async function ask(tx: Tx, session: SessionRow, { students, siblings }: { students: number; siblings: Siblings }, asOf: Date): Promise<Decision> {
  const { waiting, offered } = await countPlaces(tx, session.id);
  const { count, nearest } = siblings;
  return decide(tx, {
    point: 'viability',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq: session.viabilityAt!.toISOString(),
    facts: {
      students,
      minimum: session.minStudents!,
      ...(session.capacity !== null && { capacity: session.capacity }),
      waiting,
      offered,
      siblings: count,
      ...(nearest && { siblingApart: Math.abs(+nearest.startsAt - +session.startsAt) }),
      siblingWouldRun: nearest !== null && nearest.students + students >= (nearest.minStudents ?? 1),
      notice: +session.startsAt - +asOf,
      asked: session.viabilityAskedAt !== null,
      isTrial: session.isTrial,
      status: session.status,
    },
    labels: session,
    bookedSetId: null,
    asOf,
  });
}

interface Answer {
  decision: Decision;
  siblings: Siblings;
}

/** What the answer brings about; every change of it is made as a person's would be. */
async function carryOut(ctx: Context, tx: Tx, session: SessionRow, { decision, siblings }: Answer): Promise<void> {
  const { verdict, terms } = decision.outcome;
  if (verdict === 'cancel') return applyChange(ctx, tx, session, { kind: 'cancel' }, decision.id);
  if (verdict === 'convert')
    return applyChange(ctx, tx, session, { kind: 'convert', terms: terms === 'admission' ? 'admission' : 'agreed' }, decision.id);
  if (verdict === 'merge' && siblings.nearest) return merge(ctx, tx, session, { into: siblings.nearest, decisionId: decision.id });
  if (verdict === 'hold' || verdict === 'merge') return holdViability(tx, session, { decision, into: siblings.nearest, asOf: ctx.asOf });
}

/**
 * A group's deadline has come, on its locked session: with enough students nothing is asked, otherwise the rules say what becomes of it. Safe
 * to repeat: what is asked next is set in the transaction in which it is answered.
 */
export async function askViability(ctx: Context, tx: Tx, session: SessionRow): Promise<void> {
  const { asOf } = ctx;
  const students = studentsOf(await participantsOf(tx, session.id));
  const isEnough = students.length >= session.minStudents!;
  if (isEnough || !(await isAnswered(tx, 'viability', session))) return setViability(tx, session, { at: null, askedAt: asOf });
  const siblings = await readSiblings(tx, session, students, asOf);
  const decision = await ask(tx, session, { students: students.length, siblings }, asOf);
  const { verdict, again } = decision.outcome;
  await setViability(tx, session, { at: verdict === 'wait' ? new Date(+asOf + Number(again)) : null, askedAt: asOf });
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: `viability.${String(verdict)}`,
    actor: 'lectern',
    decisionId: decision.id,
    data: { students: students.length, minimum: session.minStudents! },
  });
  await carryOut(ctx, tx, session, { decision, siblings });
}
