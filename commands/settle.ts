import { lastChange } from '../db/changes';
import { decisionById } from '../db/decisions';
import { postJournal } from '../db/ledger';
import { closeSession, lockSession, markPhase, moveStatus, participantsOf, phaseDone, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import { viewOf } from '../db/view';
import type { Tx } from '../db/database';
import { askCharge, askPayout } from '../decisions/ask';
import type { Decision } from '../decisions/decide';
import { explainDecision } from '../decisions/explain';
import { newId } from '../domain/ids';
import { percentOf, type Rounding } from '../domain/money';
import { openHeldStep } from './held-steps';

async function changePercentOf(tx: Tx, session: SessionRow): Promise<number | undefined> {
  if (session.status !== 'cancelled') return 0;
  const change = await lastChange(tx, session.id);
  const decision = change?.decisionId ? await decisionById(tx, change.decisionId) : undefined;
  const outcome = decision?.outcome;
  return outcome && !Array.isArray(outcome) && outcome.chargePercent !== undefined ? Number(outcome.chargePercent) : undefined;
}

interface Post {
  kind: 'charge' | 'payout';
  subjectId: string;
  amountMinor: number;
  decision: Decision;
  debit: string;
  credit: string;
}

async function post(tx: Tx, session: SessionRow, p: Post, asOf: Date): Promise<void> {
  const posted =
    p.amountMinor !== 0 &&
    (await postJournal(tx, {
      id: newId(),
      sessionId: session.id,
      rev: session.rev,
      kind: p.kind,
      subjectId: p.subjectId,
      decisionId: p.decision.id,
      reverses: null,
      postedAt: asOf,
      postings: [
        { account: p.debit, amountMinor: p.amountMinor, currency: session.currency },
        { account: p.credit, amountMinor: -p.amountMinor, currency: session.currency },
      ],
    }));
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: posted ? `${p.kind}.posted` : `${p.kind}.none`,
    actor: 'lectern',
    decisionId: p.decision.id,
    data: { subjectId: p.subjectId, amountMinor: p.amountMinor, currency: session.currency },
  });
}

/** One student's charge; false while a person has to say. */
async function chargeStudent(tx: Tx, session: SessionRow, student: ParticipantRow, changePercent: number | undefined, asOf: Date): Promise<boolean> {
  const decision = await askCharge(tx, session, student, changePercent, asOf);
  const chosen = async (option: string): Promise<boolean> => phaseDone(tx, session.id, `charge:${student.personId}:${option}`, session.rev);
  const waived = await chosen('waive');
  const byPerson = waived || (await chosen('charge'));
  if (decision.outcome.verdict === 'hold' && !byPerson) {
    const { sentence } = await explainDecision(tx, decision.id);
    await openHeldStep(tx, {
      session,
      kind: 'charge',
      subject: student.personId,
      audience: 'coordinator',
      reason: sentence,
      shown: {
        question: 'Is this student charged?',
        personId: student.personId,
        evidence: decision.facts as never,
        priceMinor: session.priceMinor,
        currency: session.currency,
      },
      options: ['charge', 'waive'],
      decisionId: decision.id,
      asOf,
    });
    return false;
  }
  const percent = waived ? 0 : byPerson ? 100 : Number(decision.outcome.percent);
  await post(
    tx,
    session,
    {
      kind: 'charge',
      subjectId: student.personId,
      amountMinor: percentOf(session.priceMinor, percent, decision.outcome.rounding as Rounding),
      decision,
      debit: `receivable:${student.personId}`,
      credit: 'revenue:lessons',
    },
    asOf,
  );
  return true;
}

/** The instructor's payout; false while a person has to say. */
async function payOut(tx: Tx, session: SessionRow, instructor: ParticipantRow, changePercent: number | undefined, asOf: Date): Promise<boolean> {
  const decision = await askPayout(tx, session, changePercent, asOf);
  const subjectId = instructor.personId;
  const chosen = (option: string): Promise<boolean> => phaseDone(tx, session.id, `payout:${subjectId}:${option}`, session.rev);
  const refused = await chosen('pay-nothing');
  const byPerson = refused || (await chosen('pay'));
  if (decision.outcome.verdict === 'hold' && !byPerson) {
    const { sentence } = await explainDecision(tx, decision.id);
    await openHeldStep(tx, {
      session,
      kind: 'payout',
      subject: subjectId,
      audience: 'coordinator',
      reason: sentence,
      shown: {
        question: 'Is the instructor paid for this lesson?',
        personId: subjectId,
        evidence: decision.facts as never,
        payMinor: session.payMinor,
        currency: session.currency,
      },
      options: ['pay', 'pay-nothing'],
      decisionId: decision.id,
      asOf,
    });
    return false;
  }
  const percent = refused ? 0 : byPerson ? 100 : Number(decision.outcome.percent);
  const amountMinor = percentOf(session.payMinor, percent, decision.outcome.rounding as Rounding);
  await post(tx, session, { kind: 'payout', subjectId, amountMinor, decision, debit: 'cost:instruction', credit: `payable:${subjectId}` }, asOf);
  return true;
}

/**
 * Posts each student's charge and the instructor's payout, once. Safe to repeat: a decision is stored, a journal is unique by
 * (session, subject, kind, rev). What policy holds for a person keeps the session open.
 */
export async function settle(tx: Tx, sessionId: string, asOf: Date): Promise<void> {
  const session = await lockSession(tx, sessionId);
  if (session.closedAt !== null || !['settling', 'cancelled'].includes(session.status)) return;
  const changePercent = await changePercentOf(tx, session);
  const participants = await participantsOf(tx, sessionId);
  for (const student of participants.filter((p) => p.role === 'student')) {
    if (await phaseDone(tx, sessionId, `charged:${student.personId}`, session.rev)) continue;
    if (await chargeStudent(tx, session, student, changePercent, asOf))
      await markPhase(tx, sessionId, `charged:${student.personId}`, session.rev, asOf);
  }
  const instructor = participants.find((p) => p.role === 'instructor');
  if (instructor && !(await phaseDone(tx, sessionId, 'paid-out', session.rev))) {
    if (await payOut(tx, session, instructor, changePercent, asOf)) await markPhase(tx, sessionId, 'paid-out', session.rev, asOf);
  }
  const view = await viewOf(tx, sessionId);
  const charged = participants.filter((p) => p.role === 'student').every((p) => view.done.includes(`charged:${p.personId}`));
  const paidOut = !instructor || view.done.includes('paid-out');
  if (!charged || !paidOut || view.openObligations > 0 || view.openHeldSteps > 0) return;
  await close(tx, session, asOf);
}

async function close(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (session.status === 'settling') {
    await moveStatus(tx, session, 'settled');
    await addToTimeline(tx, { sessionId: session.id, rev: session.rev, at: asOf, kind: 'session.settled', actor: 'lectern' });
  }
  await closeSession(tx, session.id, asOf);
}

/** Ends a session that was refused or that expired: nothing is owed, nothing is charged. */
export async function closeUnbooked(tx: Tx, sessionId: string, asOf: Date): Promise<void> {
  const session = await lockSession(tx, sessionId);
  if (session.status === 'refused' || session.status === 'expired') await closeSession(tx, sessionId, asOf);
}
