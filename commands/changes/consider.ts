import { strikesThisTerm } from '../../db/strikes';
import type { Tx } from '../../db/database';
import { preview, type Ask, type Decision, type Question } from '../../decisions/decide';
import { POINTS } from '../../decisions/points';
import { loadActiveSet, loadSet } from '../../decisions/rule-sets';
import { explain } from '../../policy/explain';
import { selectPolicy } from '../../policy/select';
import { roleOf } from '../admission';
import { afterOf, movingOf } from '.';
import { considerLoad } from './consider-load';
import { participantsAfter, type After, type Changing, type Moving } from './kind';

/** A change, what the rules say of it, and what the session would be after it. */
export interface Considered {
  changing: Changing;
  /** What the rules say of it in the end. */
  decision: Decision;
  /** By which terms it is charged. */
  terms: Decision;
  why: string;
  after: After;
}

function questionOf({ ctx, before, input }: Changing, moving: Moving, strikes: number): Question {
  const { session } = before;
  const about = input.studentId ?? input.instructorId ?? input.withSessionId;
  return {
    point: 'change',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq: [input.kind, ...(about ? [about] : []), ctx.asOf.toISOString()].join(':'),
    facts: {
      kind: input.kind,
      notice: +session.startsAt - +ctx.asOf,
      ...(input.startsAt && { newNotice: +input.startsAt - +ctx.asOf }),
      by: roleOf(ctx),
      isTrial: session.isTrial,
      students: participantsAfter(before, moving, ctx.asOf).filter((p) => p.role === 'student').length,
      status: session.status,
      strikesThisTerm: strikes,
    },
    ...(input.studentId !== undefined && { about: [input.studentId] }),
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf: ctx.asOf,
  };
}

/** The decision in words, for one that may not be stored (a preview). */
export async function inWords(tx: Tx, q: Question, decision: Decision): Promise<string> {
  const set = POINTS[q.point]!.binding === 'booked' && q.bookedSetId ? await loadSet(tx, q.bookedSetId) : await loadActiveSet(tx);
  const policy = selectPolicy(set.compiled.policies, q.point, q.labels);
  return explain(policy, decision.facts, { outcome: decision.outcome, rule: decision.rule, missing: decision.missing, say: decision.say }).sentence;
}

async function said(changing: Changing, after: After, terms: Decision, q: Question, decision: Decision): Promise<Considered> {
  return { changing, after, terms, decision, why: await inWords(changing.tx, q, decision) };
}

/**
 * Asks whether the change may be, and of a held booking whether it could be admitted as it would be then; and whether
 * those whom it gives a lesson more may have it. The strictest answer is the one that is given.
 */
export async function considerChange(changing: Changing, ask: Ask): Promise<Considered> {
  const moving = await movingOf(changing);
  const strikes = await strikesThisTerm(changing.tx, changing.before.session.id);
  const q = questionOf(changing, moving, Math.max(0, ...strikes.values()));
  const allowed = await ask(changing.tx, q);
  const after = await afterOf(changing, moving, preview);
  if (after.admission?.outcome.verdict === 'refuse') return said(changing, after, allowed, { ...q, point: 'admission' }, after.admission);
  const load = allowed.outcome.verdict === 'refuse' ? null : await considerLoad(changing, after, ask);
  const isTooMuch = load?.decision.outcome.verdict === 'refuse' || (load?.decision.outcome.verdict === 'hold' && allowed.outcome.verdict === 'allow');
  return isTooMuch ? said(changing, after, allowed, load.question, load.decision) : said(changing, after, allowed, q, allowed);
}
