import type { DecisionRow } from '../db/decisions';
import type { RuleSetRow } from '../db/rule-sets';
import { findSession, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { LecternError } from '../domain/errors';
import { nearest as nearestName } from '../domain/nearest';
import { businessDate, clockForReader, timeForReader } from '../domain/time';
import type { CompiledPolicy } from '../policy/compile';
import { isSameOutcome } from '../policy/backtest';
import { outcomeWords } from '../policy/backtest-report';
import { evaluate } from '../policy/evaluate';
import { explain, type Explanation } from '../policy/explain';
import { nearest, type AskedWhen } from '../policy/nearest';
import { compileRuleSet } from '../policy/ruleset';
import { selectPolicy } from '../policy/select';
import type { DecisionPointSpec, Facts, Json, Verdict } from '../policy/types';
import { parseValue, WRITTEN } from '../policy/units';
import { policyOf } from './explain';
import { POINTS } from './points';

/** A decision with everything that can be said of it. */
export interface WholeExplanation extends Explanation {
  title: string;
  policyFile: string;
  rule: string;
  outcome: Verdict['outcome'];
  /** The outcome alone, in words. */
  outcomeWords: string;
  facts: Facts;
  /** What a family may read, by locale. */
  say: Record<string, string> | null;
  /** What would have had to be otherwise for another answer; null where nothing near is found. */
  nearest: string | null;
}

type Lesson = Pick<SessionRow, 'anchorZone' | 'programme' | 'branch' | 'subject'> | undefined;

/** Instants are said in the lesson's own zone: the clock time alone on the day of the question. */
function whenOf({ asOf }: Pick<DecisionRow, 'asOf'>, lesson: Lesson): AskedWhen {
  const zone = lesson?.anchorZone ?? 'UTC';
  const isThatDay = (at: Date): boolean => businessDate(+at, zone) === businessDate(+asOf, zone);
  return { asOf, clock: (at) => (isThatDay(at) ? clockForReader(+at, zone, 'en') : timeForReader(+at, zone, 'en')) };
}

function told(policy: CompiledPolicy, facts: Facts, verdict: Verdict, when: AskedWhen): WholeExplanation {
  const { rule, outcome, say } = verdict;
  return {
    ...explain(policy, facts, verdict),
    title: policy.document.title,
    policyFile: policy.file,
    rule,
    outcome,
    outcomeWords: outcomeWords(policy, outcome),
    facts,
    say,
    nearest: nearest(policy, facts, verdict, when)?.sentence ?? null,
  };
}

const lessonOf = async (tx: Tx, { sessionId }: DecisionRow): Promise<Lesson> => (sessionId === null ? undefined : findSession(tx, sessionId));

/** A recorded decision, as it was made. `session`: its session, where whoever asks has read it. */
export async function explainWhole(tx: Tx, decision: DecisionRow, session?: Lesson): Promise<WholeExplanation> {
  const policy = await policyOf(tx, decision);
  return told(policy, decision.facts, decision, whenOf(decision, session ?? (await lessonOf(tx, decision))));
}

/** Facts as an admin writes them ("20m", true, null for not known). Errors: `invalid-request` that names each and the nearest right name. */
export function readFacts({ facts: specs, point }: DecisionPointSpec, given: Record<string, Json>): Facts {
  const faults: { path: string; message: string }[] = [];
  const read: Facts = {};
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name]! : undefined;
    const parsed = spec && (value === null ? null : parseValue(spec, value));
    const suggestion = nearestName(name, Object.keys(specs));
    if (!spec) faults.push({ path: `facts.${name}`, message: `is no fact of ${point}${suggestion ? ` (did you mean ${suggestion}?)` : ''}` });
    else if (parsed === undefined)
      faults.push({
        path: `facts.${name}`,
        message: `must be ${spec.values ? `one of ${spec.values.join(', ')}` : WRITTEN[spec.type]}, or null for not known`,
      });
    else read[name] = parsed;
  }
  if (faults.length > 0) throw new LecternError('invalid-request', 'These facts cannot be put.', faults);
  return read;
}

export interface WhatIf {
  /** Facts that are put in the place of the recorded ones, as an admin writes them. */
  facts?: Record<string, Json> | undefined;
  /** Rules that are put in the place of those that decided. */
  rules?: RuleSetRow['content'] | undefined;
}
export interface WhatIfAnswer extends WholeExplanation {
  differs: boolean;
  /** Facts that these rules need and that were not recorded: it cannot be judged without them. */
  notRecorded: string[];
}

/** The same question with other facts, or put to other rules; nothing is stored. Errors: `invalid-request`, `not-found`. */
export async function whatIf(tx: Tx, decision: DecisionRow, { facts: given = {}, rules }: WhatIf): Promise<WhatIfAnswer> {
  const lesson = await lessonOf(tx, decision);
  const policy = rules ? otherPolicy(rules, decision, lesson) : await policyOf(tx, decision);
  const facts = { ...decision.facts, ...readFacts(policy.spec, given) };
  const verdict = evaluate(policy, facts);
  const notRecorded = verdict.missing.filter((name) => !Object.hasOwn(facts, name) && !decision.missing.includes(name));
  return { ...told(policy, facts, verdict, whenOf(decision, lesson)), differs: !isSameOutcome(verdict.outcome, decision.outcome), notRecorded };
}

function otherPolicy(rules: RuleSetRow['content'], { point }: DecisionRow, lesson: Lesson): CompiledPolicy {
  const { policies } = compileRuleSet(rules, POINTS);
  if (!policies.some((p) => p.document.policy === point)) throw new LecternError('not-found', `These rules have no policy for "${point}".`);
  return selectPolicy(policies, point, lesson ?? { programme: null, branch: null, subject: null });
}
