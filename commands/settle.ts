import { isHeldStepOpen } from '../db/held-steps';
import { postJournal } from '../db/ledger';
import { closeSession, markPhase, moveStatus, phasesDone, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import { viewOf } from '../db/view';
import type { Tx } from '../db/database';
import { decide, type Decision } from '../decisions/decide';
import { askCharge, askPayout, concernedBy, readEvidence, roundOf, type Asked } from '../decisions/money';
import { newId } from '../domain/ids';
import { percentOf, type Rounding } from '../domain/money';
import { billsOf } from './bills';
import { moneyReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import { strikesAgain, writeStrikes } from './strikes';

/** The two things that settlement posts, one shape: what is asked, what a person may answer, and the accounts. */
export const KINDS = {
  charge: {
    ask: askCharge,
    question: 'Is this student charged?',
    amount: 'priceMinor',
    options: { all: 'charge', nothing: 'waive' },
    accounts: (id: string) => [`receivable:${id}`, 'revenue:lessons'],
  },
  payout: {
    ask: (tx: Tx, session: SessionRow, _id: string, asked: Asked) => askPayout(tx, session, asked),
    question: 'Is the instructor paid for this lesson?',
    amount: 'payMinor',
    options: { all: 'pay', nothing: 'pay-nothing' },
    accounts: (id: string) => ['cost:instruction', `payable:${id}`],
  },
} as const;

export interface Due {
  kind: keyof typeof KINDS;
  subjectId: string;
  asked: Asked;
}

export const dueOf = (p: { personId: string; role: ParticipantRow['role'] }, asked: Asked): Due => ({
  kind: p.role === 'student' ? 'charge' : 'payout',
  subjectId: p.personId,
  asked,
});

export const amountOf = (session: SessionRow, kind: Due['kind'], percent: number, decision: Decision): number =>
  percentOf(session[KINDS[kind].amount], percent, decision.outcome.rounding as Rounding | undefined);

export async function post(tx: Tx, session: SessionRow, { kind, subjectId, asked }: Due, decision: Decision, percent: number): Promise<void> {
  const { accounts } = KINDS[kind];
  const { rev } = asked.bill;
  const amountMinor = amountOf(session, kind, percent, decision);
  const [debit, credit] = accounts(subjectId) as [string, string];
  const { currency } = session;
  const posted =
    amountMinor !== 0 &&
    (await postJournal(tx, {
      id: newId(),
      sessionId: session.id,
      rev,
      amendment: session.amendments,
      kind,
      subjectId,
      decisionId: decision.id,
      reverses: null,
      postedAt: asked.asOf,
      postings: [
        { account: debit, amountMinor, currency },
        { account: credit, amountMinor: -amountMinor, currency },
      ],
    }));
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asked.asOf,
    kind: posted ? `${kind}.posted` : `${kind}.none`,
    actor: 'lectern',
    decisionId: decision.id,
    data: { subjectId, amountMinor, currency, ...((asked.bill.isMove || asked.bill.isDrop) && { forMoveOfRev: rev }) },
  });
}

/** What "yes" of a person means: the share that the change named, or all of it. */
const wholeOf = (session: SessionRow, { bill }: Asked): number =>
  bill.isMove || bill.isDrop || session.status === 'cancelled' ? (bill.changePercent ?? 100) : 100;

async function hold(tx: Tx, session: SessionRow, { kind, subjectId, asked }: Due, decision: Decision): Promise<void> {
  const { question, amount, options } = KINDS[kind];
  const reason = { what: kind, personId: subjectId, amountMinor: session[amount], percent: wholeOf(session, asked), decisionId: decision.id };
  await openHeldStep(tx, {
    session: { id: session.id, rev: asked.bill.rev },
    kind,
    subject: subjectId,
    audience: 'coordinator',
    reason: await moneyReason(tx, session, reason),
    shown: {
      question,
      personId: subjectId,
      evidence: decision.facts as never,
      [amount]: session[amount],
      percent: wholeOf(session, asked),
      currency: session.currency,
    },
    options: [options.all, options.nothing],
    decisionId: decision.id,
    asOf: asked.asOf,
  });
}

/** Posts one charge or payout, unless it is posted already; false while a person has to say. */
async function settleOne(tx: Tx, session: SessionRow, due: Due, isDone: (phase: string) => boolean): Promise<boolean> {
  const { kind, subjectId, asked } = due;
  const phase = (what: string): string => `${kind}:${subjectId}:${what}`;
  if (isDone(phase('posted'))) return true;
  const decision = await KINDS[kind].ask(tx, session, subjectId, asked);
  const { all, nothing } = KINDS[kind].options;
  const byPerson = isDone(phase(nothing)) ? 0 : isDone(phase(all)) ? wholeOf(session, asked) : null;
  if (byPerson === null && decision.outcome.verdict === 'hold') {
    await hold(tx, session, due, decision);
    return false;
  }
  await post(tx, session, due, decision, byPerson ?? Number(decision.outcome.percent));
  await markPhase(tx, session.id, phase('posted'), asked.bill.rev, asked.asOf);
  return true;
}

/**
 * Posts each student's charge and the instructor's payout, once for the lesson and once for each move that cost something. Safe to
 * repeat: a decision is stored, a journal is unique by (session, subject, kind, rev). Nothing is posted while a person has yet to say
 * who came, and what policy holds for a person keeps the session open.
 */
export async function settle(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (session.closedAt !== null || !['settling', 'cancelled'].includes(session.status)) return;
  const evidence = await readEvidence(tx, session);
  const wasJudged = evidence.participants.some((p) => p.verdictDecisionId !== null);
  if (wasJudged && (await isHeldStepOpen(tx, session.id, 'no-show'))) return;
  const done = await phasesDone(tx, session.id);
  const seq = roundOf(session);
  let isAllPosted = true;
  for (const bill of await billsOf(tx, session)) {
    const isDone = (phase: string): boolean => done.some((d) => d.phase === phase && d.rev === bill.rev);
    for (const p of concernedBy(bill, evidence))
      isAllPosted = (await settleOne(tx, session, dueOf(p, { bill, evidence, asOf, ask: decide, seq }), isDone)) && isAllPosted;
  }
  if (!isAllPosted) return;
  await writeStrikes(tx, session, await strikesAgain(tx, session, { evidence, asOf, ask: decide }), asOf);
  const view = await viewOf(tx, session.id);
  if (view.openObligations === 0 && view.openHeldSteps === 0) await close(tx, session, asOf);
}

async function close(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (session.status === 'settling') {
    await moveStatus(tx, session, 'settled');
    await addToTimeline(tx, { sessionId: session.id, rev: session.rev, at: asOf, kind: 'session.settled', actor: 'lectern' });
  }
  await closeSession(tx, session.id, asOf);
}

/** Ends a session that was refused or that expired: nothing is owed, nothing is charged. */
export async function closeUnbooked(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (session.status === 'refused' || session.status === 'expired') await closeSession(tx, session.id, asOf);
}
