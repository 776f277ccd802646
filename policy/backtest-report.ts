import type { Recorded } from './backtest';
import type { CompiledPolicy } from './compile';
import type { Verdict } from './types';
import { formatValue, inWords } from './units';

export interface Moved {
  point: string;
  /** A rule, or an outcome in words. */
  was: string;
  is: string;
  decisions: number;
}
/** How many decisions a draft would make otherwise, and where. */
export interface Disagreement {
  decisions: number;
  /** The outcome would be another one. */
  differ: number;
  /** The same outcome, by another row. */
  otherRule: number;
  /** Could not be judged. */
  unjudged: number;
  whyUnjudged: { why: string; decisions: number }[];
  byPoint: { point: string; decisions: number; differ: number; unjudged: number }[];
  byProgramme: { programme: string | null; decisions: number; differ: number }[];
  byRule: Moved[];
  byOutcome: Moved[];
}
/** What a draft makes of decisions that were made. Amounts are minor units; `asOf` is business time. */
export interface BacktestReport extends Disagreement {
  /** Of those that differ, how many the rules in force would decide as the draft does: published since, not part of the draft. */
  asInForce: number;
  /** More (positive) or less; decisions that a person has to make, before or after, are counted apart. */
  money: { what: 'charges' | 'pay'; currency: string; minor: number; decisions: number; byPerson: number }[];
  /** Rows of the message plan, each counted for every student that it is about. */
  messages: { kind: string; to: string; gained: number; lost: number }[];
  /** The first of those that differ. */
  cases: BacktestCase[];
}
export interface BacktestCase {
  id: string;
  sessionId: string | null;
  point: string;
  asOf: string;
  was: { rule: string; outcome: string };
  is: { rule: string; outcome: string };
}

type Outcome = Record<string, unknown>;
const listOf = (outcome: Verdict['outcome']): Outcome[] => (Array.isArray(outcome) ? outcome : [outcome]);

/** An outcome in words, in the order in which its decision point declares it; under `collect` how many rows. */
export function outcomeWords(policy: CompiledPolicy, outcome: Verdict['outcome']): string {
  if (policy.spec.hit === 'collect') {
    const count = Array.isArray(outcome) ? outcome.length : 1;
    return `${count} row${count === 1 ? '' : 's'}`;
  }
  const of = listOf(outcome)[0] ?? {};
  const words = Object.entries(policy.spec.outcome)
    .filter(([field]) => of[field] !== undefined)
    .map(([field, spec]) => `${inWords(field)} ${formatValue(spec, of[field] as never)}`);
  return words.join(', ') || 'held for a person';
}

/** By which field two outcomes are told apart in a summary: what happens, not each computed duration. */
function kindOf(policy: CompiledPolicy, outcome: Verdict['outcome']): string {
  if (policy.spec.hit === 'collect') return outcomeWords(policy, outcome);
  const of = listOf(outcome)[0] ?? {};
  const words = Object.entries(policy.spec.outcome)
    .filter(([field, { type }]) => of[field] !== undefined && ['enum', 'boolean', 'percent', 'money'].includes(type))
    .map(([field, spec]) => `${inWords(field)} ${formatValue(spec, of[field] as never)}`);
  return words.join(', ') || outcomeWords(policy, outcome);
}

/** Where a decision that differs has moved, as a summary counts it. */
export function movesOf(recorded: Pick<Recorded, 'rule' | 'outcome'>, policy: CompiledPolicy, verdict: Verdict) {
  const isCollect = policy.spec.hit === 'collect';
  return {
    rule: isCollect ? { was: 'the rows before', is: rowsMoved(recorded.rule, verdict.rule) } : { was: recorded.rule, is: verdict.rule },
    outcome: { was: kindOf(policy, recorded.outcome), is: kindOf(policy, verdict.outcome) },
  };
}

class Counts<K extends object> {
  private readonly byKey = new Map<string, K & { decisions: number }>();
  add(key: K, count = 1): void {
    const text = JSON.stringify(key);
    const known = this.byKey.get(text);
    if (known) known.decisions += count;
    else this.byKey.set(text, { ...key, decisions: count });
  }
  /** The most first. */
  list(): (K & { decisions: number })[] {
    return [...this.byKey.values()].sort((a, b) => b.decisions - a.decisions);
  }
}

export interface Amount {
  what: 'charges' | 'pay';
  currency: string;
  /** Null when a person decides. */
  was: number | null;
  is: number | null;
}

export const MOST_MOVES = 200;

/** Adds up what a draft makes of one decision after the other. */
export class Tally {
  private decisions = 0;
  private differ = 0;
  private asInForce = 0;
  private otherRule = 0;
  private readonly why = new Counts<{ why: string }>();
  private readonly points = new Map<string, { point: string; decisions: number; differ: number; unjudged: number }>();
  private readonly programmes = new Map<string | null, { programme: string | null; decisions: number; differ: number }>();
  private readonly rules = new Counts<{ point: string; was: string; is: string }>();
  private readonly outcomes = new Counts<{ point: string; was: string; is: string }>();
  private readonly money = new Map<string, BacktestReport['money'][number]>();
  private readonly messages = new Map<string, BacktestReport['messages'][number]>();
  private readonly cases: BacktestCase[] = [];

  constructor(private readonly mostCases: number) {}

  private place(r: Pick<Recorded, 'point' | 'programme'>) {
    let point = this.points.get(r.point);
    if (!point) this.points.set(r.point, (point = { point: r.point, decisions: 0, differ: 0, unjudged: 0 }));
    let programme = this.programmes.get(r.programme);
    if (!programme) this.programmes.set(r.programme, (programme = { programme: r.programme, decisions: 0, differ: 0 }));
    return { point, programme };
  }

  /** Each decision is counted once, before what became of it. */
  count(recorded: Pick<Recorded, 'point' | 'programme'>): void {
    this.decisions++;
    const { point, programme } = this.place(recorded);
    point.decisions++;
    programme.decisions++;
  }

  same(recorded: Recorded, rule: string): void {
    if (rule !== recorded.rule) this.otherRule++;
  }

  unjudged(recorded: Recorded, why: string): void {
    this.why.add({ why });
    this.place(recorded).point.unjudged++;
  }

  differs(recorded: Recorded, policy: CompiledPolicy, verdict: Verdict, isInForce: boolean): void {
    this.differ++;
    if (isInForce) this.asInForce++;
    const { point, programme } = this.place(recorded);
    point.differ++;
    programme.differ++;
    const moves = movesOf(recorded, policy, verdict);
    this.rules.add({ point: recorded.point, ...moves.rule });
    this.outcomes.add({ point: recorded.point, ...moves.outcome });
    if (recorded.point === 'obligations') this.addMessages(recorded, verdict);
    if (this.cases.length >= this.mostCases) return;
    this.cases.push({
      id: recorded.id,
      sessionId: recorded.sessionId,
      point: recorded.point,
      asOf: recorded.asOf.toISOString(),
      was: { rule: recorded.rule, outcome: outcomeWords(policy, recorded.outcome) },
      is: { rule: verdict.rule, outcome: outcomeWords(policy, verdict.outcome) },
    });
  }

  addMoney({ what, currency, was, is }: Amount): void {
    const key = `${what} ${currency}`;
    let sum = this.money.get(key);
    if (!sum) this.money.set(key, (sum = { what, currency, minor: 0, decisions: 0, byPerson: 0 }));
    if (was === null || is === null) sum.byPerson++;
    else if (was !== is) {
      sum.minor += is - was;
      sum.decisions++;
    }
  }

  private addMessages(recorded: Recorded, verdict: Verdict): void {
    const nameOf = (o: Outcome): string => `${String(o.kind)} ${String(o.to)} ${String(o.step)} ${String(o.anchor)}`;
    const [before, after] = [listOf(recorded.outcome), listOf(verdict.outcome)];
    const students = typeof recorded.facts.students === 'number' ? recorded.facts.students : 1;
    const add = (o: Outcome, field: 'gained' | 'lost'): void => {
      const [kind, to] = [String(o.kind), String(o.to)];
      let sum = this.messages.get(`${kind} ${to}`);
      if (!sum) this.messages.set(`${kind} ${to}`, (sum = { kind, to, gained: 0, lost: 0 }));
      sum[field] += to === 'student' || to === 'guardian' ? students : 1;
    };
    for (const o of after) if (o.kind !== undefined && !before.some((b) => nameOf(b) === nameOf(o))) add(o, 'gained');
    for (const o of before) if (o.kind !== undefined && !after.some((a) => nameOf(a) === nameOf(o))) add(o, 'lost');
  }

  report(): BacktestReport {
    const whyUnjudged = this.why.list();
    return {
      decisions: this.decisions,
      differ: this.differ,
      asInForce: this.asInForce,
      otherRule: this.otherRule,
      unjudged: whyUnjudged.reduce((n, w) => n + w.decisions, 0),
      whyUnjudged,
      byPoint: [...this.points.values()].sort((a, b) => b.differ - a.differ || b.decisions - a.decisions),
      byProgramme: [...this.programmes.values()].sort((a, b) => b.differ - a.differ || b.decisions - a.decisions).slice(0, MOST_MOVES),
      byRule: this.rules.list().slice(0, MOST_MOVES),
      byOutcome: this.outcomes.list().slice(0, MOST_MOVES),
      money: [...this.money.values()],
      messages: [...this.messages.values()],
      cases: this.cases,
    };
  }
}

/** "without a, with b": of a message plan it is told which rows no longer apply, and which do now. */
function rowsMoved(was: string, is: string): string {
  const [before, after] = [was.split(','), is.split(',')];
  const gone = before.filter((r) => !after.includes(r));
  const come = after.filter((r) => !before.includes(r));
  const parts = [gone.length > 0 && `without ${gone.join(', ')}`, come.length > 0 && `with ${come.join(', ')}`].filter(Boolean);
  return parts.join('; ') || 'the same rows with other values';
}
