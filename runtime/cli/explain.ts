import { checkRuleFiles } from '../../commands/check-rules';
import { decisionById, decisionsOfSession, type DecisionRow } from '../../db/decisions';
import { peopleById } from '../../db/people';
import type { Tx } from '../../db/database';
import { explainRow, type ExplainedDecision } from '../../decisions/explain';
import { explainWhole, whatIf, type WhatIf, type WhatIfAnswer, type WholeExplanation } from '../../decisions/explain-whole';
import { POINTS } from '../../decisions/points';
import { isId } from '../../domain/ids';
import type { Json } from '../../policy/types';
import type { Config } from '../config';
import { inTurn, print, printJson, UsageError } from './output';
import { filesOf, printFaults } from './rules-files';
import { actingOn, keptRules } from './rule-versions';

export interface ToldDecision extends ExplainedDecision {
  asOf: Date;
  subject: string;
  /** Whom it is about, where it is about one person. */
  about: string | null;
}

/** What is asked of the rules in one instant, in the order in which one leads to the other: who is owed a message comes last. */
const ORDER = [...Object.keys(POINTS).filter((point) => point !== 'obligations'), 'obligations'];
const inOrder = (decisions: DecisionRow[]): DecisionRow[] =>
  [...decisions].sort((a, b) => +a.asOf - +b.asOf || ORDER.indexOf(a.point) - ORDER.indexOf(b.point) || a.seq.localeCompare(b.seq));

async function tell(tx: Tx, sessionId: string): Promise<ToldDecision[]> {
  const decisions = inOrder(await decisionsOfSession(tx, sessionId));
  const people = await peopleById(tx, [...new Set(decisions.map((d) => d.subject).filter(isId))]);
  const nameOf = (id: string): string | null => people.find((p) => p.id === id)?.name ?? null;
  return inTurn(decisions, async (d) => ({ ...(await explainRow(tx, d)), asOf: d.asOf, subject: d.subject, about: nameOf(d.subject) }));
}

/** Rows that did not apply, with what spoke against each; those of which the same is true stand on one line. */
export function notApplied({ rows, rule }: Pick<ExplainedDecision, 'rows' | 'rule'>): string[] {
  const fired = rule.split(',');
  const byReason = new Map<string, string[]>();
  for (const row of rows.filter((r) => r.result !== 'true' && !fired.includes(r.rule))) {
    const why = row.conditions
      .filter((c) => c.holds !== 'true')
      .map((c) => c.text)
      .join('; ');
    byReason.set(why, [...(byReason.get(why) ?? []), row.rule]);
  }
  return [...byReason].map(([why, rules]) => `not ${rules.map((r) => `“${r}”`).join(', ')}: ${why}`);
}

export function linesOf(d: ToldDecision): string[] {
  const about = d.about === null ? '' : `, about ${d.about}`;
  return [`${d.asOf.toISOString()}  ${d.title} (${d.point}${about})  ${d.id}`, `  ${d.sentence}`, ...notApplied(d).map((line) => `    ${line}`)];
}

/** "lateBy=20m", "isTrial=true", "providerSays=null". */
export function givenFacts(list: readonly string[]): Record<string, Json> {
  return Object.fromEntries(
    list.map((text) => {
      const [name, value] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
      if (!text.includes('=') || name === '') throw new UsageError(`"${text}" gives no fact; write --if lateBy=20m`);
      try {
        return [name, JSON.parse(value) as Json];
      } catch {
        return [name, value];
      }
    }),
  );
}

/** One decision in full: what was decided, what spoke against the rows before, who reads what, and what was nearest. */
export function wholeLines(w: WholeExplanation): string[] {
  const fired = w.rule.split(',');
  const rows = w.rows.flatMap((row) => [
    `    ${fired.includes(row.rule) ? 'applied' : 'not'} “${row.rule}”`,
    ...row.conditions.map((c) => `      ${c.holds === 'true' ? 'yes' : c.holds === 'false' ? 'no' : 'not known'}: ${c.text}`),
  ]);
  return [
    `  ${w.sentence}`,
    ...(w.because === null ? [] : [`  A coordinator reads: ${w.because}`]),
    ...Object.entries(w.say ?? {}).map(([language, words]) => `  A family reads (${language}): ${words}`),
    ...(w.nearest === null ? [] : [`  ${w.nearest}`]),
    `  Rows of ${w.policyFile}, in order:`,
    ...rows,
  ];
}

interface ExplainOptions {
  json?: boolean;
  if?: string[];
  draft?: string;
}

function printWhole(decision: DecisionRow, recorded: WholeExplanation, other: WhatIfAnswer | null): void {
  print(`${decision.asOf.toISOString()}  ${recorded.title} (${decision.point})  ${decision.id}`);
  print(wholeLines(recorded).join('\n'));
  if (!other) return;
  print(`\n${other.differs ? 'Otherwise:' : 'The same:'}`);
  if (other.notRecorded.length > 0) print(`  It cannot be judged: ${other.notRecorded.join(', ')} was not recorded; give it with --if.`);
  print(wholeLines(other).join('\n'));
}

async function explainOne(tx: Tx, decision: DecisionRow, { json, ...options }: ExplainOptions, rules: WhatIf['rules']): Promise<number> {
  const facts = givenFacts(options.if ?? []);
  const isAsked = rules !== undefined || Object.keys(facts).length > 0;
  const recorded = await explainWhole(tx, decision);
  const other = isAsked ? await whatIf(tx, decision, { facts, rules }) : null;
  if (json) printJson({ id: decision.id, point: decision.point, sessionId: decision.sessionId, asOf: decision.asOf, recorded, whatIf: other });
  else printWhole(decision, recorded, other);
  return 0;
}

/**
 * Every decision of a session in words, or one decision in full; with other facts (`--if`) or by other files (`--draft`, a folder or
 * the id of a draft) how it would have been. Exit 1 when there is none.
 */
export async function rulesExplain(config: Config, id: string, options: ExplainOptions): Promise<number> {
  if (!isId(id)) throw new UsageError(`"${id}" is not the id of a session or a decision.`);
  const { draft } = options;
  const files = draft === undefined || isId(draft) ? undefined : filesOf({ rules: draft });
  const faults = files ? checkRuleFiles(files) : [];
  if (faults.length > 0) return printFaults(faults, options);
  return actingOn(config, ({ db, organisationId }) =>
    db.inOrganisation(organisationId, async (tx) => {
      const decision = await decisionById(tx, id);
      if (decision) return explainOne(tx, decision, options, isId(draft) ? await keptRules(tx, draft) : files);
      if (options.if || draft !== undefined)
        throw new UsageError('--if and --draft go with the id of a decision; without them every decision of a session is listed.');
      const told = await tell(tx, id);
      if (options.json) printJson(told);
      else if (told.length === 0) print(`No decision was made on session ${id}.`);
      else for (const d of told) print(linesOf(d).join('\n'));
      return told.length === 0 ? 1 : 0;
    }),
  );
}
