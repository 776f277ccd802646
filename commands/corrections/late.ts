import { firstArrivalOf, forgetArrival } from '../../db/attendance';
import { correctionsOf } from '../../db/corrections';
import { participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { isPresent } from '../../decisions/ask';
import { decide, isAnswered } from '../../decisions/decide';
import { documentsOf } from '../../db/documents';
import { lateTranscriptReason } from '../held-reasons';
import { openHeldStep } from '../held-steps';
import { SYSTEM, type Context } from '../context';
import { correct } from './correct';
import type { AttendanceVerdict } from '../../domain/vocabulary';
import type { CorrectionPreview } from './types';
import { documentLate } from './document-late';

/**
 * Somebody turns out to have been there, and the session is closed: the correction makes itself, as the policy allows, or is held for a
 * coordinator. One transaction is enough for it: what is left to do afterwards is to send a message, and the session's own workflow,
 * woken, does that.
 */
export async function amendByArrival(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { participant, at }: { participant: ParticipantRow; at: Date },
): Promise<void> {
  if (session.status !== 'settled' || isPresent(participant)) return;
  // What came when it was long over is no arrival.
  if (at >= session.endsAt) return;
  const verdict = participant.verdictAt && at >= participant.verdictAt ? 'late' : 'arrived';
  await correct({ ...ctx, principal: SYSTEM }, tx, session, { kind: 'attendance', personId: participant.personId, verdict });
}

/**
 * An arrival of somebody turns out to have been another's, and the session is closed: what was said of them before it holds again, as a
 * correction by whoever says so. Where nothing was said before, they are neither there nor at fault.
 */
export async function amendByLoss(ctx: Context, tx: Tx, session: SessionRow, personId: string): Promise<void> {
  const participant = (await participantsOf(tx, session.id)).find((p) => p.personId === personId);
  if (session.status !== 'settled' || !participant || !isPresent(participant) || (await firstArrivalOf(tx, session.id, personId))) return;
  const said = (await correctionsOf(tx, session.id)).flatMap((c) => (c.result as unknown as CorrectionPreview).attendance);
  const before = said.filter((a) => a.personId === personId && a.after === participant.verdict).at(-1)?.before;
  const verdict = before === 'no-show' || participant.role === 'instructor' ? 'no-show' : 'excused';
  const made = await correct(ctx, tx, session, { kind: 'attendance', personId, verdict });
  if (made?.correctionId) await forgetArrival(tx, session.id, personId, { verdict: made.attendance[0]!.after as AttendanceVerdict, checkAt: null });
}

/**
 * A transcript came when the session was closed and nothing had been documented: it is documented after all, as the policy allows. The
 * session's own workflow, woken, drafts and has it reviewed; what was charged stays.
 */
export async function amendByTranscript(ctx: Context, tx: Tx, session: SessionRow): Promise<void> {
  if (session.closedAt === null || session.status !== 'settled' || (await documentsOf(tx, session.id)).length > 0) return;
  if (!(await isAnswered(tx, 'correction', session))) return;
  const decision = await decide(tx, {
    point: 'correction',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq: `transcript:${ctx.asOf.toISOString()}`,
    facts: { kind: 'transcript', by: 'evidence', closedFor: +ctx.asOf - +session.closedAt, costsMore: false, paysLess: false },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf: ctx.asOf,
  });
  if (decision.outcome.verdict === 'allow') await documentLate(ctx, tx, session, decision.id);
  if (decision.outcome.verdict !== 'hold') return;
  await openHeldStep(tx, {
    session,
    kind: 'correction',
    subject: session.id,
    audience: 'coordinator',
    reason: lateTranscriptReason(session),
    shown: { question: 'Is the lesson documented after all?', correction: { kind: 'transcript' } },
    options: ['approve', 'reject'],
    decisionId: decision.id,
    asOf: ctx.asOf,
  });
}
