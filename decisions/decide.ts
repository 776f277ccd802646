import { insertDecision, insertDecisions, insertPaused, findDecision, type DecisionRow } from '../db/decisions';
import { pausedPolicies } from '../db/pauses';
import type { Tx } from '../db/database';
import { newId } from '../domain/ids';
import { signal } from '../domain/signals';
import { evaluate, isLeftOpen, whilePaused } from '../policy/evaluate';
import { appliesTo, selectPolicy, type Labels } from '../policy/select';
import type { Facts, Json, Verdict } from '../policy/types';
import { withDeclared } from './declared';
import { POINTS } from './points';
import { loadActiveSet, loadSet, type LoadedSet } from './rule-sets';

/** A question put to the rules. */
export interface Question {
  point: string;
  sessionId: string | null;
  /** Which participant, document or request the question is about. */
  subject: string;
  rev: number;
  /** The due instant or event that raised it: the same question asked again has the same answer. */
  seq: string;
  facts: Facts;
  /** The students whom a fact that the rule set declares is about; who is on the session when left out. */
  about?: readonly string[];
  labels: Labels;
  /** The set agreed at booking; read for points whose binding is `booked`. */
  bookedSetId: string | null;
  asOf: Date;
}

/** Tells whoever measures what was decided, in words of few values. */
export function announce({ point, outcome, rule }: Pick<DecisionRow, 'point' | 'outcome' | 'rule'>): void {
  const first = (Array.isArray(outcome) ? outcome[0] : outcome) ?? {};
  const word = first['verdict'] ?? first['next'] ?? (isLeftOpen({ rule }) ? 'left-open' : 'decided');
  signal('decision', { point, outcome: typeof word === 'string' ? word : 'decided' });
}

export interface Decision {
  id: string;
  outcome: Record<string, Json>;
  /** Under `collect`, the outcome of every row that was true. */
  outcomes: Record<string, Json>[];
  rule: string;
  missing: string[];
  say: Record<string, string> | null;
  facts: Facts;
}

async function setFor(tx: Tx, question: Question): Promise<LoadedSet> {
  const booked = POINTS[question.point]!.binding === 'booked' && question.bookedSetId !== null;
  return booked ? loadSet(tx, question.bookedSetId!) : loadActiveSet(tx);
}

function asDecision(id: string, verdict: Pick<Verdict, 'outcome' | 'rule' | 'missing' | 'say'>, facts: Facts): Decision {
  const outcomes = Array.isArray(verdict.outcome) ? verdict.outcome : [verdict.outcome];
  return { id, outcome: outcomes[0] ?? {}, outcomes, rule: verdict.rule, missing: verdict.missing, say: verdict.say, facts };
}

const stored = (row: DecisionRow): Decision => asDecision(row.id, row, row.facts);

/** A question answered by a set, not stored yet: the decision as it will be, and its row. */
export interface Answered {
  decision: Decision;
  row: DecisionRow;
}

/** Answers a question by the rules alone, or leaves it open where its policy is paused. For a subject that is new, whose decisions are inserted with it. */
export function answer(set: LoadedSet, question: Question, paused: readonly string[] = []): Answered {
  const policy = selectPolicy(set.compiled.policies, question.point, question.labels);
  const verdict = paused.includes(question.point) ? whilePaused(policy) : evaluate(policy, question.facts);
  const { point, sessionId, subject, rev, seq, facts, asOf } = question;
  const row = {
    id: newId(),
    sessionId,
    point,
    subject,
    rev,
    seq,
    setId: set.id,
    policyFile: policy.file,
    policyHash: policy.hash,
    facts,
    asOf,
    ...verdict,
  };
  return { decision: asDecision(row.id, verdict, facts), row };
}

/**
 * Decides within the caller's transaction, so that the decision and the rows that follow from it are written together or not
 * at all. Safe to repeat: the same (session, point, subject, rev, seq) returns the stored decision with the facts it saw.
 */
export async function decide(tx: Tx, question: Question): Promise<Decision> {
  const set = await setFor(tx, question);
  const [asked] = await withDeclared(tx, set.compiled, [question]);
  const { decision, row } = answer(set, asked!);
  if (await insertDecision(tx, row)) {
    announce(row);
    return decision;
  }
  const known = await findDecision(tx, question);
  if (known) return stored(known);
  const open = answer(set, asked!, [question.point]);
  if (await insertPaused(tx, open.row)) {
    announce(open.row);
    return open.decision;
  }
  return stored((await findDecision(tx, question))!);
}

/**
 * Whether the rules in force answer a question at all: a set that was published before the question was asked anywhere does not, and
 * what it would lead to is left undone until the organisation publishes an answer.
 */
export async function isAnswered(tx: Tx, point: string, labels: Question['labels']): Promise<boolean> {
  const { policies } = (await loadActiveSet(tx)).compiled;
  return policies.some(({ document: d }) => d.policy === point && appliesTo(d.appliesTo ?? {}, labels));
}

/** Many questions of one moment, none of which was asked before: answered by the set in force, and stored in one statement. */
export async function decideEach(tx: Tx, questions: readonly Question[]): Promise<Decision[]> {
  if (questions.length === 0) return [];
  const set = await loadActiveSet(tx);
  const paused = await pausedPolicies(tx);
  const answers = (await withDeclared(tx, set.compiled, questions)).map((q) => answer(set, q, paused));
  await insertDecisions(
    tx,
    answers.map((a) => a.row),
  );
  for (const a of answers) announce(a.row);
  return answers.map((a) => a.decision);
}

/** `decideEach`, or `previewEach` where nothing may be stored. */
export type AskEach = (tx: Tx, questions: readonly Question[]) => Promise<Decision[]>;

/** The same answers without storing anything. */
export async function previewEach(tx: Tx, questions: readonly Question[]): Promise<Decision[]> {
  if (questions.length === 0) return [];
  const set = await loadActiveSet(tx);
  const paused = await pausedPolicies(tx);
  return (await withDeclared(tx, set.compiled, questions)).map((q) => ({ ...answer(set, q, paused).decision, id: 'preview' }));
}

/** `decide`, or `preview` where nothing may be stored. */
export type Ask = (tx: Tx, question: Question) => Promise<Decision>;

/** The same answer without storing anything: what would be decided. */
export async function preview(tx: Tx, question: Question): Promise<Decision> {
  const set = await setFor(tx, question);
  const policy = selectPolicy(set.compiled.policies, question.point, question.labels);
  const isPaused = (await pausedPolicies(tx)).includes(question.point);
  const [{ facts }] = (await withDeclared(tx, set.compiled, [question])) as [Question];
  return asDecision('preview', isPaused ? whilePaused(policy) : evaluate(policy, facts), facts);
}

/** What another set than the one in force would decide; nothing is stored. */
export function previewBy(set: LoadedSet): Ask {
  return async (tx, question) => {
    const [asked] = await withDeclared(tx, set.compiled, [question]);
    return { ...answer(set, asked!).decision, id: 'preview' };
  };
}
