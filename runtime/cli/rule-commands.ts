import type { Command } from 'commander';
import type { Config } from '../config';
import type { BacktestOptions } from './backtest';
import type { RulesOptions } from './rules';
import type { ShadowOptions } from './shadow';

const config = async (): Promise<Config> => (await import('../config.js')).loadConfig();
const versions = () => import('./rule-versions.js');

type Run = (work: () => number | Promise<number>) => Promise<void>;
type Json = { json?: boolean };

/** The commands that look at a draft before it is published. */
export function addDraftCommands(rules: Command, run: Run): void {
  rules
    .command('backtest')
    .description('decide recorded decisions anew by files that are not published, with the facts of then; exit 1 when any differs')
    .option('--draft <draft>', 'the folder of rule files, or the id of a draft that is kept (default: rules/)')
    .option('--since <duration>', 'how far back, such as 30d, or an instant', '30d')
    .option('--cases <count>', 'how many of those that differ are named', '20')
    .option('--at-most <count>', 'exit 0 as long as no more than this differ', '0')
    .option('--json', 'print one JSON document')
    .action((o: BacktestOptions) => run(async () => (await import('./backtest.js')).rulesBacktest(await config(), o)));
  rules
    .command('draft')
    .description('keep the files as a draft, which is not in force')
    .requiredOption('-m, --message <why>', 'why, for whoever asks later')
    .option('--rules <folder>', 'the folder of rule files (default: rules/)')
    .option('--json', 'print one JSON document')
    .action((o: RulesOptions & { message: string }) => run(async () => (await import('./shadow.js')).rulesDraft(await config(), o)));
  addShadow(rules, run);
}

function addShadow(rules: Command, run: Run): void {
  const act = (draft: string | undefined, o: ShadowOptions): Promise<void> =>
    run(async () => (await import('./shadow.js')).rulesShadow(await config(), draft === 'report' ? undefined : draft, o));
  rules
    .command('shadow [draft]')
    .description('a draft beside the live set: put it there, or tell what it would have said (report, also by itself)')
    .option('--stop', 'take it away again')
    .option('--promote', 'publish it')
    .option('--from <instant>', 'with --promote: in force from then on (default: at once)')
    .option('--cases <count>', 'how many of those that differ are named', '20')
    .option('--json', 'print one JSON document')
    .action(act);
}

/** The commands about published sets and about what is to become one. */
export function addVersionCommands(rules: Command, run: Run): void {
  const json = ['--json', 'print one JSON document'] as const;
  const from = ['--from <instant>', 'in force from then on (default: at once)'] as const;
  rules
    .command('log')
    .description('every published set: who, when, why, and what it changed')
    .option('--limit <count>', 'how many', '20')
    .option(...json)
    .action((o: Json & { limit: string }) => run(async () => (await versions()).rulesLog(await config(), o)));
  rules
    .command('adoption [id]')
    .description('how booked lessons follow rules that came into force, or let them take the terms in force')
    .option('--apply <whom>', 'running: booked lessons take the terms in force')
    .option('--where <what=value...>', 'with --apply: which lessons, by programme, branch, subject, from or until')
    .option(...json)
    .action((id: string | undefined, o: Json & { apply?: string; where?: string[] }) =>
      run(async () => (await import('./rules-adoption.js')).rulesAdoption(await config(), id, o)),
    );
  rules
    .command('rollback [number]')
    .description('take an earlier set back into force: the one before, or the one with this number')
    .requiredOption('-m, --message <why>', 'why, for whoever asks later')
    .option(...from)
    .option(...json)
    .action((number: string | undefined, o: Json & { message: string; from?: string }) =>
      run(async () => (await versions()).rulesRollback(await config(), number, o)),
    );
  rules
    .command('drafts')
    .description('what is not in force: drafts, proposals, what is to come into force')
    .option(...json)
    .action((o: Json) => run(async () => (await versions()).rulesDrafts(await config(), o)));
  rules
    .command('approve <draft>')
    .description('approve what somebody else has proposed; LECTERN_KEY says who you are')
    .option(...json)
    .action((id: string, o: Json) => run(async () => (await versions()).rulesApprove(await config(), id, o)));
  rules
    .command('withdraw <draft>')
    .description('let go of a draft, a proposal, or what was to come into force')
    .option(...json)
    .action((id: string, o: Json) => run(async () => (await versions()).rulesWithdraw(await config(), id, o)));
}
