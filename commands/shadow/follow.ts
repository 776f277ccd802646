import { draftById } from '../../db/rule-drafts';
import type { BacktestRow } from '../../db/backtest';
import {
  claimShadow,
  insertAnswers,
  lookNoFurther,
  seenUpTo,
  seenWith,
  settledBelow,
  unseenDecisions,
  type ShadowAnswer,
  type ShadowRow,
} from '../../db/rule-shadows';
import type { Database, Tx } from '../../db/database';
import { Judge } from '../../policy/backtest';
import { movesOf } from '../../policy/backtest-report';
import { compileRuleSet } from '../../policy/ruleset';
import { loadActiveSet } from '../../decisions/rule-sets';
import { judgePage, Recording, settleNeeds, type Found } from '../../decisions/backtest';
import { POINTS } from '../../decisions/points';
import { SYSTEM } from '../context';
import { endShadow } from './end';

/** A transaction a page: whoever stops it or publishes its draft waits no longer than for one. */
const PAGE = 500;
/** A place that is moved on with nothing to look at is written once in a while. */
const FAR_BEHIND = 10_000;
/** Numbers of transactions begin anew in a database that was restored. */
const RESTORED = 'the database was restored from a backup, so that it is not known what it has yet to be asked of: begin anew';

const NO_MOVE = { ruleWas: null, ruleIs: null, outcomeWas: null, outcomeIs: null };

function answerOf(shadowId: string, found: Found): ShadowAnswer {
  const { id: decisionId, point, programme, asOf, rule: rowBefore } = found.recorded;
  const of = { shadowId, decisionId, point, programme, asOf };
  if (found.finding === 'unjudged') return { ...of, finding: 'unjudged', rule: null, outcome: null, why: found.why, ...NO_MOVE };
  if (found.finding === 'same') {
    const finding = found.rule === rowBefore ? 'same' : 'other-rule';
    return { ...of, finding, rule: found.rule, outcome: null, why: null, ...NO_MOVE };
  }
  const { rule, outcome } = movesOf(found.recorded, found.policy, found.verdict);
  const moved = { ruleWas: rule.was, ruleIs: rule.is, outcomeWas: outcome.was, outcomeIs: outcome.is };
  return { ...of, finding: 'differs', rule: found.verdict.rule, outcome: found.verdict.outcome, why: null, ...moved };
}

/** The draft as it decides, or why it cannot. */
async function judgeOf(tx: Tx, draftId: string): Promise<Judge | string> {
  try {
    const { facts } = (await loadActiveSet(tx)).compiled;
    return new Judge(compileRuleSet((await draftById(tx, draftId))!.content, POINTS), facts);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Writes down what the draft says of a page, or gives the reason why it says nothing. */
async function judgeAll(tx: Tx, { id, draftId }: ShadowRow, page: readonly BacktestRow[], recording: Recording): Promise<string | null> {
  if (page.length === 0) return null;
  const judge = await judgeOf(tx, draftId);
  if (typeof judge === 'string') return judge;
  const { found, needs } = judgePage(page, judge);
  const list = [...found, ...(await settleNeeds(tx, needs, recording))];
  await insertAnswers(
    tx,
    list.map((f) => answerOf(id, f)),
  );
  return null;
}

/** One page, in one transaction: its answers are written with the place they lead up to. True when there is more. */
async function followPage(tx: Tx, shadowId: string, asOf: Date, recording: Recording): Promise<boolean> {
  const shadow = await claimShadow(tx, shadowId);
  if (!shadow) return false;
  const settled = await settledBelow(tx);
  const bound = Math.min(settled, shadow.until ?? settled);
  const page = await unseenDecisions(tx, shadow, bound, PAGE);
  const fault = settled < shadow.seenRecorded ? RESTORED : await judgeAll(tx, shadow, page, recording);
  if (fault !== null) {
    if (shadow.endedAt) await lookNoFurther(tx, shadowId);
    else await endShadow(tx, { principal: SYSTEM, requestId: null, asOf }, shadow, 'failed', fault);
    return false;
  }
  if (page.length === PAGE) await seenWith(tx, shadowId, page.at(-1)!.id);
  else if (page.length > 0 || bound === shadow.until || bound - shadow.seenRecorded > FAR_BEHIND) await seenUpTo(tx, shadowId, bound);
  return page.length === PAGE;
}

export interface Following {
  organisationId: string;
  shadowId: string;
  /** Business time. */
  asOf: () => Date;
  /** What is known of which facts were recorded when; looked up anew when left out. */
  recording?: Recording;
  /** Told before each page. */
  onPage?: () => void;
}

/**
 * Puts the draft of a shadow to everything that was decided since it was last looked at, with the facts of then. Done again it goes on
 * where it was; two at once do nothing twice.
 */
export async function followShadow(db: Database, { organisationId, shadowId, asOf, recording = new Recording(), onPage }: Following): Promise<void> {
  const step = (): Promise<boolean> => {
    onPage?.();
    return db.inOrganisation(organisationId, (tx) => followPage(tx, shadowId, asOf(), recording));
  };
  while (await step());
}
