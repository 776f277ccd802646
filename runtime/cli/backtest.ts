import { checkRuleFiles } from '../../commands/publish-rules';
import { isId } from '../../domain/ids';
import { moneyInWords } from '../../domain/money';
import type { BacktestReport, Disagreement } from '../../policy/backtest-report';
import { parseDuration } from '../../policy/units';
import { runBacktest } from '../backtest/run';
import type { Config } from '../config';
import { print, printJson, progress, UsageError } from './output';
import { filesOf, printFaults } from './rules-files';
import { actingOn, instantOf, keptRules } from './rule-versions';

export interface BacktestOptions {
  draft?: string;
  since: string;
  cases: string;
  atMost: string;
  json?: boolean;
}

export function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} is "${text}"; it may be a whole number`);
  return Number(text);
}

/** "30d" before now, or an instant. */
function sinceOf(text: string): (now: Date) => Date {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return (now) => new Date(+now - ms);
  const at = instantOf(text);
  return () => at!;
}

const decisions = (n: number): string => `${n} decision${n === 1 ? '' : 's'}`;
const more = (n: number, unit: (n: number) => string): string => (n === 0 ? 'the same' : `${unit(Math.abs(n))} ${n > 0 ? 'more' : 'less'}`);

const part = (head: string, lines: string[]): string[] => (lines.length === 0 ? [] : ['', head, ...lines.map((line) => `  ${line}`)]);

/** Where a draft differs, and what of it could not be judged. */
export function disagreementLines(r: Disagreement, more: string[] = []): string[] {
  const moves = (list: Disagreement['byRule']): string[] => list.slice(0, 20).map((m) => `${m.decisions} × ${m.point}: ${m.was} → ${m.is}`);
  return [
    ...(r.otherRule > 0 ? [`${r.otherRule} come out the same by another rule.`] : []),
    ...part(
      'By decision point:',
      r.byPoint
        .filter((p) => p.differ + p.unjudged > 0)
        .map((p) => `${p.point}: ${p.differ} of ${p.decisions}${p.unjudged > 0 ? `, ${p.unjudged} not judged` : ''}`),
    ),
    ...part('By rule:', moves(r.byRule)),
    ...part('By outcome:', moves(r.byOutcome)),
    ...part(
      'By programme:',
      r.byProgramme.filter((p) => p.differ > 0).map((p) => `${p.programme ?? '(none)'}: ${p.differ} of ${p.decisions}`),
    ),
    ...more,
    ...part(
      'Not judged:',
      r.whyUnjudged.map((w) => `${w.decisions}: ${w.why}`),
    ),
  ];
}

function consequences(r: BacktestReport): string[] {
  return [
    ...part(
      'Money:',
      r.money.map((m) => {
        const person = m.byPerson > 0 ? `; in ${m.byPerson} a person decides, before or after` : '';
        return `${m.what === 'charges' ? 'families are charged' : 'instructors are paid'} ${more(m.minor, (n) => moneyInWords(n, m.currency))}, in ${decisions(m.decisions)}${person}`;
      }),
    ),
    ...part(
      'Messages:',
      r.messages.map((m) => `${m.kind} to ${m.to}: ${m.gained} more, ${m.lost} fewer`),
    ),
  ];
}

export function backtestLines(r: BacktestReport, since: Date, how: string): string[] {
  const inForce = r.asInForce > 0 ? ` (${r.asInForce} as the rules in force decide them now)` : '';
  const judged = r.decisions - r.unjudged;
  return [
    `Of ${decisions(r.decisions)} since ${since.toISOString()}, ${judged} could be judged and ${r.differ} would come out differently${inForce}.`,
    ...disagreementLines(r, consequences(r)),
    ...(r.cases.length > 0 ? ['', `${how}:`] : []),
    ...r.cases.map((c) => `  ${c.id}  ${c.asOf}  ${c.point}: ${c.was.outcome} (${c.was.rule}) → ${c.is.outcome} (${c.is.rule})`),
  ];
}

/**
 * Decides recorded decisions anew by files that are not published, or by a draft that is kept. Exit 0 when at most `--at-most` differ and all could be judged,
 * 1 otherwise and when the files have a fault.
 */
export async function rulesBacktest(config: Config, options: BacktestOptions): Promise<number> {
  const [cases, atMost] = [wholeNumber('cases', options.cases), wholeNumber('at-most', options.atMost)];
  const since = sinceOf(options.since);
  const { draft } = options;
  const files = isId(draft) ? undefined : filesOf({ ...(draft !== undefined && { rules: draft }) });
  const faults = files ? checkRuleFiles(files) : [];
  if (faults.length > 0) return printFaults(faults, options);
  return actingOn(config, async ({ db, organisationId, asOf }, { engines }) => {
    const from = since(asOf);
    let told = 0;
    const report = await runBacktest(
      {
        databaseUrl: engines.databaseUrl,
        organisationId,
        draft: files ?? (await db.inOrganisation(organisationId, (tx) => keptRules(tx, draft!))),
        since: from,
        cases,
      },
      ({ done, of }) => {
        const tenths = of === 0 ? 10 : Math.floor((10 * done) / of);
        if (tenths > told) progress(`${done} of ${of} decisions`);
        told = Math.max(told, tenths);
      },
    );
    if (options.json) printJson({ since: from, ...report });
    else
      print(
        backtestLines(
          report,
          from,
          `Each with both explanations: npx lectern rules explain DECISION${draft === undefined ? ' --draft rules' : ` --draft ${draft}`}`,
        ).join('\n'),
      );
    return report.differ <= atMost && report.unjudged === 0 ? 0 : 1;
  });
}
