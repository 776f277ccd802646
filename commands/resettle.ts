import { lastDecision } from '../db/decisions';
import { withdrawHeldStep } from '../db/held-steps';
import { postJournal, standingOf, type Standing } from '../db/ledger';
import { forgetPhases, phasesDone, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { isPresent } from '../decisions/ask';
import type { Ask, Decision } from '../decisions/decide';
import { concernedBy, readEvidence, roundOf, type Asked, type Evidence } from '../decisions/money';
import { hashOf, newId } from '../domain/ids';
import { billsOf } from './bills';
import { amountOf, dueOf, KINDS, post, type Due } from './settle';

/** A charge or payout that is another one now than it was when it was decided last. */
export interface Redecided {
  due: Due;
  decision: Decision;
  /** Null while a person has to say. */
  percent: number | null;
  beforeMinor: number;
  /** Null while a person has to say. */
  afterMinor: number | null;
  standing: Standing | undefined;
}

export interface Again {
  asOf: Date;
  ask: Ask;
  /** What a person says somebody is charged or paid of the lesson, in percent, whatever the rules say. */
  said?: ReadonlyMap<string, number>;
  /** As it would be; read when left out. */
  evidence?: Evidence;
  delivered?: Delivered | undefined;
}

/** The lesson was not as long as agreed: of what the terms say for the whole of it, this share holds for who came. In percent. */
export interface Delivered {
  chargePercent: number;
  payPercent: number;
  /** It is said now, so that every charge and payout is asked anew. */
  isNew: boolean;
  /** Whose share a person has said: it stands. */
  said: ReadonlySet<string>;
}

/** The share that holds for this charge or payout; undefined where how long the lesson was does not matter. */
function partOf({ subjectId, kind }: Due, { participants }: Evidence, delivered: Delivered | undefined): number | undefined {
  const came = participants.some((p) => p.personId === subjectId && isPresent(p));
  if (!delivered || !came || delivered.said.has(subjectId)) return undefined;
  return kind === 'charge' ? delivered.chargePercent : delivered.payPercent;
}

const phasesOf = ({ kind, subjectId }: Due): string[] =>
  ['posted', KINDS[kind].options.all, KINDS[kind].options.nothing].map((what) => `${kind}:${subjectId}:${what}`);

/** The verdict on which an answer of a person rested: it answers no question about another one. */
const verdictIn = (kind: Due['kind'], facts: Decision['facts']): unknown => facts[kind === 'charge' ? 'verdict' : 'instructorVerdict'];

/**
 * Asks anew of every charge and payout of a session that was decided on, and gives those that come out another way: the facts have
 * changed, or a person says a share. What a person said before stands while what is said of whom it concerns does. Writes nothing
 * but decisions, and under `preview` not even those.
 */
export async function decideAgain(tx: Tx, session: SessionRow, { asOf, ask, said = new Map(), evidence, delivered }: Again): Promise<Redecided[]> {
  const known = evidence ?? (await readEvidence(tx, session));
  const [standing, done] = await Promise.all([standingOf(tx, session.id), phasesDone(tx, session.id)]);
  const found: Redecided[] = [];
  for (const bill of await billsOf(tx, session)) {
    const asked: Asked = { bill, evidence: known, asOf, ask, seq: roundOf(session) };
    for (const due of concernedBy(bill, known).map((p) => dueOf(p, asked))) {
      const before = await lastDecision(tx, {
        sessionId: session.id,
        point: due.kind === 'charge' ? 'charge' : 'settlement',
        subject: pointSubject(session, due),
        rev: bill.rev,
      });
      if (!before) continue;
      const isLesson = !bill.isMove && !bill.isDrop;
      const share = isLesson ? said.get(due.subjectId) : undefined;
      const part = isLesson ? partOf(due, known, delivered) : undefined;
      const decision = await KINDS[due.kind].ask(tx, session, due.subjectId, asked);
      const answered = done.some((d) => d.rev === bill.rev && phasesOf(due).slice(1).includes(d.phase));
      const isSame = hashOf(before.facts) === hashOf(decision.facts);
      const stands = isSame || (answered && verdictIn(due.kind, before.facts) === verdictIn(due.kind, decision.facts));
      // What a person has said stands, here as well; an answer that was overtaken since says nothing any more.
      const isByRules = decision.outcome.verdict !== 'hold' && (isSame || !answered);
      const isShorter = part !== undefined && delivered!.isNew && isByRules;
      if (share === undefined && stands && !isShorter) continue;
      const percent = share ?? (decision.outcome.verdict === 'hold' ? null : (Number(decision.outcome.percent) * (part ?? 100)) / 100);
      const now = standing.find((j) => j.kind === due.kind && j.subjectId === due.subjectId && j.rev === bill.rev);
      const afterMinor = percent === null ? null : amountOf(session, due.kind, percent, decision);
      found.push({ due, decision, percent, beforeMinor: now?.amountMinor ?? 0, afterMinor, standing: now });
    }
  }
  return found;
}

const pointSubject = (session: SessionRow, { kind, subjectId }: Due): string => (kind === 'charge' ? subjectId : session.id);

/** A journal is taken back by its mirror image, never edited. */
async function reverse(tx: Tx, session: SessionRow, { due, decision, standing }: Redecided): Promise<void> {
  if (!standing) return;
  await postJournal(tx, {
    id: newId(),
    sessionId: session.id,
    rev: standing.rev,
    amendment: session.amendments,
    kind: 'reversal',
    subjectId: due.subjectId,
    decisionId: decision.id,
    reverses: standing.id,
    postedAt: due.asked.asOf,
    postings: standing.postings.map((p) => ({ ...p, amountMinor: -p.amountMinor })),
  });
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: due.asked.asOf,
    kind: `${due.kind}.reversed`,
    actor: 'lectern',
    decisionId: decision.id,
    data: { subjectId: due.subjectId, amountMinor: -standing.amountMinor, currency: session.currency },
  });
}

/** Writes what was decided anew: reversals, then what is posted instead. The session's round of amendment has begun. */
export async function postAgain(tx: Tx, session: SessionRow, list: Redecided[]): Promise<void> {
  for (const r of list) {
    if (r.afterMinor === r.beforeMinor) continue;
    await reverse(tx, session, r);
    if (r.afterMinor) await post(tx, session, r.due, r.decision, r.percent!);
  }
}

/**
 * The same while the session is open: what is not posted yet is left to its settlement, which asks anew; what a person has to say is
 * taken back until they have.
 */
export async function reviseOpen(tx: Tx, session: SessionRow, list: Redecided[]): Promise<void> {
  const done = await phasesDone(tx, session.id);
  for (const r of list) {
    const { rev } = r.due.asked.bill;
    const [posted, ...answers] = phasesOf(r.due) as [string, ...string[]];
    const isPosted = done.some((d) => d.rev === rev && d.phase === posted);
    await withdrawHeldStep(tx, session.id, r.due.kind, r.due.subjectId, r.due.asked.asOf);
    await forgetPhases(tx, session.id, rev, isPosted && r.percent !== null ? answers : [posted, ...answers]);
    if (!isPosted) continue;
    if (r.percent === null) await reverse(tx, session, r);
    else await postAgain(tx, session, [r]);
  }
}
