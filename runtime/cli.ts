#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import type { SourceCommand } from './cli/access';
import type { DemoOptions } from './cli/demo';
import type { ImportCommand } from './cli/import';
import { addAutomationCommands } from './cli/automation-commands';
import { addFactCommands } from './cli/fact-commands';
import { addInbound } from './cli/inbound-commands';
import { exitWith } from './cli/output';
import { addDraftCommands, addVersionCommands } from './cli/rule-commands';
import type { PublishOptions } from './cli/publish';
import type { RulesOptions } from './cli/rules';
import type { DiffOptions } from './cli/rules-diff';
import type { FmtOptions, NewOptions } from './cli/rules-files';
import type { UseOptions } from './cli/rules-use';
import type { SimulateArguments } from './cli/simulate';
import type { StartOptions } from './cli/start';
import type { VerifyOptions } from './cli/verify';
import { addWebhooks } from './cli/webhook-commands';
import type { Config } from './config';
import { redactText } from './redaction';
import { ToldError } from './told-error';
import { IMPORT_KINDS } from '../domain/import/columns';

/** All of Lectern takes seconds to load, so a command loads what it needs once it is asked for. */
const config = async (): Promise<Config> => (await import('./config.js')).loadConfig();

function program(run: (work: () => number | Promise<number>) => Promise<void>): Command {
  const cli = new Command('lectern').description('Sees every live lesson through its whole life.').exitOverride().showHelpAfterError();
  const json = ['--json', 'print one JSON document'] as const;
  const approveAs = (what: string): Option => new Option('--approve-as <role>', what).choices(['coordinator']);
  const rulesFolder = ['--rules <folder>', 'the folder of rule files (default: rules/)'] as const;
  cli
    .command('start')
    .description('everything on this machine, with a first lesson to watch')
    .addOption(approveAs('approve the first lesson unattended'))
    .option('--exit-when-settled', 'end once the first lesson is settled')
    .option('--no-demo', 'without a first lesson')
    .action((o: StartOptions) => run(async () => (await import('./cli/start.js')).start(await config(), o)));
  cli
    .command('worker')
    .description('the worker process, on engines of yours')
    .action(() => run(async () => (await import('./cli/processes.js')).runWorker(await config())));
  cli
    .command('server')
    .description('the HTTP process, on engines of yours')
    .action(() => run(async () => (await import('./cli/processes.js')).runServer(await config())));
  cli
    .command('migrate')
    .description('bring a database of yours to the newest schema')
    .action(() => run(async () => (await import('./cli/migrate.js')).runMigrate(await config())));
  cli
    .command('seed')
    .description('an invented organisation to try things on')
    .option(...json)
    .action((o: { json?: boolean }) => run(async () => (await import('./cli/seed.js')).runSeed(await config(), o)));
  cli
    .command('import [files...]')
    .description(`${IMPORT_KINDS.join(', ')} from CSV or JSON, all or nothing`)
    .option('--template <kind>', `print the columns of a kind: ${IMPORT_KINDS.join(', ')}`)
    .option('--quiet', 'send no confirmations and no notices of what is brought in')
    .option('--dry-run', 'check everything, write nothing')
    .option('--zone <zone>', 'the time zone of people and lessons that name none')
    .option('--country <code>', 'the country of phone numbers that name none')
    .option('--currency <code>', 'the currency of amounts that name none')
    .addOption(new Option('--dates <order>', 'how dates with slashes are written').choices(['dmy', 'mdy']))
    .addOption(new Option('--decimal <mark>', 'what parts the decimals of amounts').choices(['comma', 'point']))
    .option('--encoding <name>', 'what the files are written in, where it is not made out')
    .option(...json)
    .action((files: string[], o: ImportCommand) => run(async () => (await import('./cli/import.js')).runImport(config, files, o)));
  cli
    .command('zones')
    .description('which lessons a change of the time zone rules moves, and who was told another time')
    .option(...json)
    .action((o: { json?: boolean }) => run(async () => (await import('./cli/zones.js')).runZones(await config(), o)));
  cli
    .command('sign-in')
    .description('a new one-time sign-in link')
    .option(...json)
    .action((o: { json?: boolean }) => run(async () => (await import('./cli/sign-in.js')).runSignIn(await config(), o)));
  cli
    .command('key <name>')
    .description('a key of its own for a service or a person')
    .requiredOption('--role <role...>', 'what it may do: admin, coordinator, instructor, integrator')
    .option(...json)
    .action((name: string, o: { role: string[]; json?: boolean }) =>
      run(async () => (await import('./cli/access.js')).runKey(await config(), name, o)),
    );
  cli
    .command('source <name>')
    .description('lets a sender of webhooks in, and prints its secret once')
    .option('--rotate', 'a new secret for a source there is; the one before stays good beside it')
    .option('--mapping <name>', 'the mapping of rules/inbound that puts what it says into our words')
    .option('--secret', 'the secret that the sender gives out, on standard input')
    .option(...json)
    .action((name: string, o: SourceCommand) => run(async () => (await import('./cli/access.js')).runSource(await config(), name, o)));
  cli
    .command('verify')
    .description('prove the whole database')
    .option('--wait <seconds>', 'how long to wait for what is due', '60')
    .option(...json)
    .action((o: VerifyOptions) => run(async () => (await import('./cli/verify.js')).runVerify(await config(), o)));
  cli
    .command('doctor')
    .description('what an operator would look at first, each with what to do')
    .option(...json)
    .action((o: { json?: boolean }) => run(async () => (await import('./cli/doctor.js')).runDoctor(await config(), o)));
  cli
    .command('demo')
    .description('one lesson on a transcript of yours')
    .requiredOption('--transcript <file>', 'a JSON file: [{start, stop, speaker, dialogue}]')
    .addOption(approveAs('approve unattended'))
    .option(...json)
    .action((o: DemoOptions) => run(async () => (await import('./cli/demo.js')).demo(await config(), o)));
  cli
    .command('simulate')
    .description("an organisation's week in a few minutes, on engines of its own; exit 1 with anything lost, doubled, late or contradictory")
    .option('--sessions <count>', 'how many lessons', '500')
    .option('--within <duration>', 'real time that the week may take, such as 90s or 10m', '10m')
    .option('--seed <seed>', 'what the week follows from', '1')
    .option('--tolerance <duration>', 'business time that anything may be late by (default: five seconds of real time, fifteen with --chaos)')
    .option('--chaos', 'kill worker and server again and again meanwhile')
    .option('--without-claims', 'show what kills would do if messages were not claimed; has to find doubles')
    .option(...json)
    .action((o: SimulateArguments) => run(async () => (await import('./cli/simulate.js')).runSimulate(o)));
  const rules = cli.command('rules').description('the rules that decide');
  rules
    .command('check')
    .description('every fault of the rule files')
    .option('--watch', 'again whenever a file changes')
    .option(...rulesFolder)
    .option(...json)
    .action((o: RulesOptions & { watch?: boolean }) => run(async () => (await import('./cli/rules.js')).rulesCheck(o)));
  rules
    .command('test')
    .description('run the examples')
    .option('--coverage', 'which rules no example reaches or can never fire, gaps, overlaps')
    .option(...rulesFolder)
    .option(...json)
    .action((o: RulesOptions & { coverage?: boolean }) => run(async () => (await import('./cli/rules.js')).rulesTest(o)));
  rules
    .command('diff')
    .description('what publishing would change')
    .option('--against <folder>', 'compare with another folder of rules instead of what is published')
    .option(...rulesFolder)
    .option(...json)
    .action((o: DiffOptions) => run(async () => (await import('./cli/rules-diff.js')).rulesDiff(config, o)));
  rules
    .command('fmt')
    .description('write every policy the one way that all are written')
    .option('--check', 'write nothing; exit 1 with any that would be written differently')
    .option(...rulesFolder)
    .option(...json)
    .action((o: FmtOptions) => run(async () => (await import('./cli/rules-files.js')).rulesFmt(o)));
  rules
    .command('new <point>')
    .description('a new policy for a decision point, or for one programme, branch or subject')
    .option('--programme <name>', 'for this programme')
    .option('--branch <name>', 'for this branch')
    .option('--subject <name>', 'for this subject')
    .option(...rulesFolder)
    .option(...json)
    .action((point: string, o: NewOptions) => run(async () => (await import('./cli/rules-files.js')).rulesNew(point, o)));
  rules
    .command('use [pack]')
    .description('put the terms of a pack in the place of those you have; without a name: which packs there are')
    .option('--yes', 'also where the terms are your own')
    .option(...rulesFolder)
    .option(...json)
    .action((pack: string | undefined, o: UseOptions) => run(async () => (await import('./cli/rules-use.js')).rulesUse(pack, o)));
  rules
    .command('publish')
    .description('put the files in force')
    .option('-m, --message <why>', 'why, for whoever asks later')
    .option('--from <instant>', 'in force from then on, such as 2027-01-11T08:00:00+01:00 (default: at once)')
    .option('--preview', 'only tell which messages of booked lessons would move, appear or go')
    .option('--apply <whom>', 'running: booked lessons take the terms as well')
    .option('--where <what=value...>', 'with --apply: which lessons, by programme, branch, subject, from or until')
    .option(...rulesFolder)
    .option(...json)
    .action((o: PublishOptions) => run(async () => (await import('./cli/publish.js')).rulesPublish(await config(), o)));
  addVersionCommands(rules, run);
  addDraftCommands(rules, run);
  addFactCommands(rules, run);
  addAutomationCommands(rules, run);
  rules
    .command('explain <id>')
    .description('every decision on a session, or one decision in full, in words')
    .option('--if <fact=value...>', 'how a decision would have been with other facts, such as lateBy=20m')
    .option('--draft <draft>', 'how a decision would have been by the files of this folder, or by the draft with this id')
    .option(...json)
    .action((id: string, o: RulesOptions & { if?: string[]; draft?: string }) =>
      run(async () => (await import('./cli/explain.js')).rulesExplain(await config(), id, o)),
    );
  addInbound(cli, run);
  addWebhooks(cli, run, config);
  return cli;
}

/** Exit 0 done, 1 findings or failure, 2 wrong input. */
function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ToldError) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`${redactText(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
  return 1;
}

program(async (work) => exitWith(await work()))
  .parseAsync()
  .catch((error: unknown) => exitWith(codeOf(error)));
