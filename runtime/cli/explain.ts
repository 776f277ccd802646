import { decisionsOfSession, type DecisionRow } from '../../db/decisions';
import { peopleById } from '../../db/people';
import type { Tx } from '../../db/database';
import { explainRow, type ExplainedDecision } from '../../decisions/explain';
import { POINTS } from '../../decisions/points';
import { isId } from '../../domain/ids';
import type { Config } from '../config';
import { inTurn, print, printJson, UsageError } from './output';
import { withGround } from './with-lectern';

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
  return [`${d.asOf.toISOString()}  ${d.title} (${d.point}${about})`, `  ${d.sentence}`, ...notApplied(d).map((line) => `    ${line}`)];
}

/** Every decision of a session in words. Exit 1 when there is none. */
export async function rulesExplain(config: Config, sessionId: string, options: { json?: boolean }): Promise<number> {
  if (!isId(sessionId)) throw new UsageError(`"${sessionId}" is not the id of a session.`);
  return withGround(config, async (lectern) => {
    const told = await lectern.db.inOrganisation(lectern.first.organisationId, (tx) => tell(tx, sessionId));
    if (options.json) printJson(told);
    else if (told.length === 0) print(`No decision was made on session ${sessionId}.`);
    else for (const d of told) print(linesOf(d).join('\n'));
    return told.length === 0 ? 1 : 0;
  });
}
