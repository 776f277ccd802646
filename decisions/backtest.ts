import { backtestPage, decisionsCarriedOut, decisionsSince, firstRecorded, type BacktestRow } from '../db/backtest';
import { newestSet, type RuleSetRow } from '../db/rule-sets';
import type { Database, Tx } from '../db/database';
import { noRules } from '../domain/errors';
import { percentOf, type Rounding } from '../domain/money';
import { isSameOutcome, Judge, type Judgement } from '../policy/backtest';
import { Tally, type BacktestReport } from '../policy/backtest-report';
import type { CompiledPolicy } from '../policy/compile';
import { evaluate, isLeftOpen } from '../policy/evaluate';
import { compileRuleSet } from '../policy/ruleset';
import type { Verdict } from '../policy/types';
import { POINTS } from './points';

/** Short readings: nobody who books waits for one. The next is under way while this one is judged. */
const PAGE = 1_000;

export interface BacktestInput {
  organisationId: string;
  draft: RuleSetRow['content'];
  /** Business time. */
  since: Date;
  /** How many of those that differ are named. */
  cases: number;
}
export interface BacktestProgress {
  done: number;
  of: number;
}

const WHY = {
  paused: 'the policy was paused, and a person decided',
  'no-policy': 'the draft has no policy for it',
  'declared-otherwise': 'a fact that the draft names is declared otherwise in it than in the set in force, by which it was recorded',
  labels: 'it is about no session, so it is not known which document of the draft would apply',
  failed: 'the draft failed on it',
};

/** What is published is checked, and fails on nothing; a draft of an older version of Lectern may, and then on one decision and no more. */
function judgementOf(recorded: BacktestRow, judge: Judge): Judgement | { end: 'unjudged'; why: 'failed' } {
  try {
    return judge.judge(recorded);
  } catch {
    return { end: 'unjudged', why: 'failed' };
  }
}

type Differing = { recorded: BacktestRow; finding: 'differs'; policy: CompiledPolicy; verdict: Verdict };
/** What a draft makes of one decision. */
export type Found =
  { recorded: BacktestRow; finding: 'same'; rule: string } | Differing | { recorded: BacktestRow; finding: 'unjudged'; why: string };
/** One that needs facts of which it has to be looked up whether they were recorded. */
export interface Need {
  recorded: BacktestRow;
  judgement: Extract<Judgement, { end: 'needs' }>;
}

export function judgePage(page: readonly BacktestRow[], judge: Judge): { found: Found[]; needs: Need[] } {
  const found: Found[] = [];
  const needs: Need[] = [];
  for (const recorded of page) {
    const judgement = judgementOf(recorded, judge);
    if (judgement.end === 'same') found.push({ recorded, finding: 'same', rule: judgement.rule });
    else if (judgement.end === 'differs') found.push({ recorded, finding: 'differs', policy: judgement.policy, verdict: judgement.verdict });
    else if (judgement.end === 'unjudged') found.push({ recorded, finding: 'unjudged', why: WHY[judgement.why] });
    else needs.push({ recorded, judgement });
  }
  return { found, needs };
}

/** Looks up whether the facts were recorded then: what was not known is judged, what was not recorded cannot be. */
export async function settleNeeds(tx: Tx, needs: readonly Need[], recording: Recording): Promise<Found[]> {
  const found: Found[] = [];
  for (const { recorded, judgement } of needs) {
    const { policy, verdict } = judgement;
    // What a rule set declares is recorded, known or not, wherever a policy named it.
    const declared = judgement.facts.filter((f) => policy.spec.facts[f]?.declared);
    const others = judgement.facts.filter((f) => !declared.includes(f));
    const unrecorded = [...declared, ...(await recording.unrecorded(tx, recorded, others))];
    if (unrecorded.length > 0) found.push({ recorded, finding: 'unjudged', why: `${recorded.point}: ${unrecorded.join(', ')} was not recorded` });
    else if (isSameOutcome(verdict.outcome, recorded.outcome)) found.push({ recorded, finding: 'same', rule: verdict.rule });
    else found.push({ recorded, finding: 'differs', policy, verdict });
  }
  return found;
}

/** Whether facts that a decision does not hold were not known then (so it can be judged), or are not recorded at all. */
export class Recording {
  private readonly first = new Map<string, Promise<Date | null>>();

  async unrecorded(tx: Tx, recorded: BacktestRow, facts: readonly string[]): Promise<string[]> {
    const missing: string[] = [];
    for (const fact of facts) {
      const key = `${recorded.point} ${fact}`;
      let first = this.first.get(key);
      if (!first) this.first.set(key, (first = firstRecorded(tx, recorded.point, fact)));
      const at = await first;
      if (at === null || at > recorded.asOf) missing.push(fact);
    }
    return missing;
  }
}

type Shared = Record<string, unknown>;
const only = (outcome: Verdict['outcome']): Shared => (Array.isArray(outcome) ? (outcome[0] ?? {}) : outcome);

/** What one outcome costs or pays; null when a person decides. */
function amountOf(recorded: BacktestRow, { outcome, rule }: Pick<Verdict, 'outcome' | 'rule'>): number | null {
  const { verdict, percent, chargePercent, rounding } = only(outcome);
  if (isLeftOpen({ rule }) || verdict === 'hold') return null;
  const of = (minor: number | null, share: unknown): number => percentOf(minor ?? 0, Number(share ?? 0), (rounding as Rounding) ?? 'half-up');
  if (recorded.point === 'charge') return of(recorded.priceMinor, percent);
  if (recorded.point === 'settlement') return of(recorded.payMinor, percent);
  // A change that is refused is not made, and costs nothing; one that is made is charged to each student on the session.
  const students = recorded.facts.kind === 'drop' ? 1 : Number(recorded.facts.students ?? 1);
  return verdict === 'refuse' ? 0 : students * of(recorded.priceMinor, chargePercent);
}

/** Charges name their share at the charge, and those of a change at the change, which the charge only passes on. */
const MONEY: Record<string, 'charges' | 'pay'> = { charge: 'charges', change: 'charges', settlement: 'pay' };

export async function addDiffering(tx: Tx, tally: Tally, inForce: Judge, list: readonly Differing[]): Promise<void> {
  const changes = list.filter(({ recorded }) => recorded.point === 'change').map(({ recorded }) => recorded.id);
  const carriedOut = changes.length > 0 ? await decisionsCarriedOut(tx, changes) : new Set<string>();
  for (const { recorded, policy, verdict } of list) {
    const now = inForce.policyFor(recorded);
    const isInForce = now !== null && isSameOutcome(evaluate(now, recorded.facts).outcome, verdict.outcome);
    tally.differs(recorded, policy, verdict, isInForce);
    const what = MONEY[recorded.point];
    if (!what || recorded.currency === null || (recorded.point === 'change' && !carriedOut.has(recorded.id))) continue;
    tally.addMoney({ what, currency: recorded.currency, was: amountOf(recorded, recorded), is: amountOf(recorded, verdict) });
  }
}

/**
 * Decides recorded decisions anew by a draft, with the facts that were kept with each, and adds up what would be different. Reads
 * only. The draft has been checked. `progress` is called after each page.
 */
export async function backtest(db: Database, input: BacktestInput, progress: (p: BacktestProgress) => void): Promise<BacktestReport> {
  const { organisationId, since } = input;
  const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.inOrganisation(organisationId, work);
  const { of, active } = await inTx(async (tx) => ({ of: await decisionsSince(tx, since), active: await newestSet(tx) }));
  if (!active) throw noRules();
  const live = compileRuleSet(active.content, POINTS);
  const [draft, inForce] = [new Judge(compileRuleSet(input.draft, POINTS), live.facts), new Judge(live)];
  const tally = new Tally(input.cases);
  const recording = new Recording();
  const read = (after: string | null): Promise<BacktestRow[]> => inTx((tx) => backtestPage(tx, since, after, PAGE));
  let done = 0;
  for (let next: Promise<BacktestRow[]> | null = read(null); next;) {
    const page: BacktestRow[] = await next;
    next = page.length === PAGE ? read(page.at(-1)!.id) : null;
    // Its failure is that of the turn which awaits it.
    next?.catch(() => undefined);
    const { found, needs } = judgePage(page, draft);
    for (const recorded of page) tally.count(recorded);
    const differ = addTo(tally, found);
    if (needs.length + differ.length > 0)
      await inTx(async (tx) => addDiffering(tx, tally, inForce, [...differ, ...addTo(tally, await settleNeeds(tx, needs, recording))]));
    done += page.length;
    progress({ done, of: Math.max(of, done) });
  }
  return tally.report();
}

/** Counts what is the same and what cannot be judged; gives what differs, of which more has to be looked up. */
function addTo(tally: Tally, list: readonly Found[]): Differing[] {
  return list.flatMap((f) => {
    if (f.finding === 'same') tally.same(f.recorded, f.rule);
    if (f.finding === 'unjudged') tally.unjudged(f.recorded, f.why);
    return f.finding === 'differs' ? [f] : [];
  });
}
