import { countStrike, endStrike, strikesOfSession, strikesThisTerm, type StrikeRow } from '../db/strikes';
import { phasesDone, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { isAnswered, type Ask } from '../decisions/decide';
import { isAgainstFault, roundOf, speakingOf, type Evidence } from '../decisions/money';
import { newId } from '../domain/ids';
import { billsOf } from './bills';

export interface Striking {
  evidence: Evidence;
  asOf: Date;
  ask: Ask;
}

export interface StrikeChange {
  personId: string;
  kind: StrikeRow['kind'];
  /** What becomes of it. */
  to: 'counted' | 'reversed';
  decisionId: string | null;
  existing: StrikeRow | undefined;
}

/** What may be a strike of a student: that they did not come, or that their lesson was cancelled. */
const kindOf = (session: SessionRow, p: ParticipantRow): StrikeRow['kind'] | null =>
  session.status === 'cancelled' ? 'late-cancellation' : p.verdict === 'no-show' ? 'no-show' : null;

async function asksToCount(
  tx: Tx,
  session: SessionRow,
  p: ParticipantRow,
  { evidence, asOf, ask }: Striking,
): Promise<{ id: string; counts: boolean }> {
  const kind = kindOf(session, p)!;
  const [done, before, bills] = await Promise.all([phasesDone(tx, session.id), strikesThisTerm(tx, session.id), billsOf(tx, session)]);
  const decision = await ask(tx, {
    point: 'strike',
    sessionId: session.id,
    subject: p.personId,
    rev: session.rev,
    seq: roundOf(session),
    facts: {
      kind,
      isTrial: session.isTrial,
      againstFault: kind === 'no-show' && isAgainstFault(speakingOf(evidence, p.personId)),
      changePercent: kind === 'no-show' ? 0 : bills.at(-1)!.changePercent,
      waived: done.some((d) => d.rev === session.rev && d.phase === `charge:${p.personId}:waive`),
      strikesThisTerm: before.get(p.personId) ?? 0,
    },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf,
  });
  return { id: decision.id, counts: decision.outcome.verdict === 'count' };
}

/** Which strikes come and go by what is known of a session now. Under `preview` nothing is stored. */
export async function strikesAgain(tx: Tx, session: SessionRow, striking: Striking): Promise<StrikeChange[]> {
  const students = striking.evidence.participants.filter((p) => p.role === 'student');
  const candidates = students.filter((p) => kindOf(session, p) !== null);
  // A lesson to which everybody came is asked about by nobody, unless it was decided on before.
  if ((candidates.length === 0 && session.amendments === 0) || !(await isAnswered(tx, 'strike', session))) return [];
  const existing = await strikesOfSession(tx, session.id);
  const changes: StrikeChange[] = [];
  for (const p of students) {
    const kind = kindOf(session, p);
    const asked = kind === null ? null : await asksToCount(tx, session, p, striking);
    for (const k of existing.filter((e) => e.personId === p.personId && e.state === 'counted'))
      if (k.kind !== kind || !asked?.counts)
        changes.push({ personId: p.personId, kind: k.kind, to: 'reversed', decisionId: asked?.id ?? null, existing: k });
    const there = existing.find((e) => e.personId === p.personId && e.kind === kind);
    if (kind !== null && asked?.counts && (!there || there.state === 'reversed'))
      changes.push({ personId: p.personId, kind, to: 'counted', decisionId: asked.id, existing: there });
  }
  return changes;
}

/** Counts and takes back. Safe to repeat: a strike is one row for session, person and kind. */
export async function writeStrikes(tx: Tx, session: SessionRow, changes: StrikeChange[], asOf: Date): Promise<void> {
  for (const c of changes) {
    if (c.to === 'reversed') await endStrike(tx, c.existing!.id, { state: 'reversed', at: asOf, by: null, reason: 'decided-anew' });
    else await countStrike(tx, { id: newId(), sessionId: session.id, personId: c.personId, kind: c.kind, decisionId: c.decisionId! }, asOf);
    await addToTimeline(tx, {
      sessionId: session.id,
      rev: session.rev,
      at: asOf,
      kind: `strike.${c.to}`,
      actor: 'lectern',
      decisionId: c.decisionId,
      data: { personId: c.personId, kind: c.kind },
    });
  }
}
