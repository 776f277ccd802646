#!/usr/bin/env node
import { Client, Connection } from '@temporalio/client';
import { Command, CommanderError } from 'commander';
import { createSignInLink } from '../commands/sign-in';
import { firstAdmin } from '../db/access-tokens';
import { openDatabase } from '../db/database';
import { runKey, runSource } from './cli/access';
import { demo, type DemoOptions } from './cli/demo';
import { exitWith, print, printJson, progress, UsageError } from './cli/output';
import { runServer, runWorker } from './cli/processes';
import { rulesCheck, rulesDiff, rulesExplain, rulesPublish, rulesTest, type RulesOptions } from './cli/rules';
import { start, type StartOptions } from './cli/start';
import { ConfigError, loadConfig } from './config';
import { EngineError } from './engines/error';
import { openInstallation, prepareGround } from './installation';
import { migrate } from './migrate';
import { ensureOrganisation, seedPeople } from './seed';
import { drain, verify } from './verify';

async function runVerify({ json }: { json?: boolean }): Promise<number> {
  const config = loadConfig();
  const lectern = await openInstallation(config, progress);
  const connection = await Connection.connect({ address: lectern.engines.temporalAddress });
  try {
    progress('waiting until nothing is due');
    await drain(lectern.db, lectern.now, 60_000);
    const result = await verify(lectern.db, new Client({ connection, namespace: config.temporalNamespace }), lectern.now());
    if (json) printJson(result);
    else {
      print(
        `${result.sessions} sessions, ${result.obligations} obligations, ${result.decisions} decisions: ${result.findings.length === 0 ? 'all is as it should be' : `${result.findings.length} findings`}`,
      );
      result.findings.forEach((f) => print(`  ${f.check}: ${f.id} ${f.detail}`));
    }
    return result.findings.length === 0 ? 0 : 1;
  } finally {
    await connection.close();
    await lectern.stop();
  }
}

async function runSignIn({ json }: { json?: boolean }): Promise<number> {
  const config = loadConfig();
  const lectern = await openInstallation(config, progress);
  try {
    const { organisationId } = lectern.first;
    const link = await lectern.db.inOrganisation(organisationId, async (tx) =>
      createSignInLink(tx, { organisationId, principalId: await firstAdmin(tx), now: new Date() }),
    );
    if (json) printJson({ url: lectern.url + link.path, expiresAt: link.expiresAt });
    else print(`${lectern.url}${link.path}\n(works once, until ${link.expiresAt.toISOString()})`);
    if (lectern.isOurs) progress('this Lectern runs only as long as this command; use npm start to keep it running');
    return 0;
  } finally {
    await lectern.stop();
  }
}

async function runSeed({ json }: { json?: boolean }): Promise<number> {
  const lectern = await prepareGround(loadConfig(), progress);
  try {
    const seeded = await seedPeople(lectern.db, lectern.first.organisationId, lectern.engines.secret, lectern.now(), progress);
    const counts = Object.fromEntries(Object.entries(seeded).map(([k, v]) => [k, v.length]));
    if (json) printJson(counts);
    else
      print(
        Object.entries(counts)
          .map(([k, n]) => `${n} ${k}`)
          .join(', '),
      );
    return 0;
  } finally {
    await lectern.stop();
  }
}

/** For production: the schema, and an organisation with its rules and a first key. Needs DATABASE_URL and DATABASE_OWNER_URL. */
async function runMigrate(): Promise<number> {
  const config = loadConfig();
  if (!config.databaseUrl || !config.databaseOwnerUrl)
    throw new ConfigError('DATABASE_URL and DATABASE_OWNER_URL are not set; migrate works on a Postgres of yours', [
      'DATABASE_URL',
      'DATABASE_OWNER_URL',
    ]);
  const applied = await migrate(config.databaseOwnerUrl, config);
  print(applied.length === 0 ? 'The schema is the newest.' : `Applied: ${applied.join(', ')}`);
  const db = openDatabase({ url: config.databaseUrl });
  try {
    const first = await ensureOrganisation(db, config.lecternSecret ?? '', new Date());
    if (first.adminKey) print(`Admin key (shown this once): ${first.adminKey}`);
    return 0;
  } finally {
    await db.close();
  }
}

function program(run: (work: () => number | Promise<number>) => Promise<void>): Command {
  const cli = new Command('lectern').description('Sees every live lesson through its whole life.').exitOverride().showHelpAfterError();
  const json = ['--json', 'print one JSON document'] as const;
  const rulesFolder = ['--rules <folder>', 'the folder of rule files (default: rules/)'] as const;
  cli
    .command('start')
    .description('everything on this machine, with a first lesson to watch')
    .option('--approve-as <role>', 'approve the first lesson unattended')
    .option('--exit-when-settled', 'end once the first lesson is settled')
    .option('--no-demo', 'without a first lesson')
    .action((o: StartOptions) => run(() => start(loadConfig(), o)));
  cli
    .command('worker')
    .description('the worker process, on engines of yours')
    .action(() => run(() => runWorker(loadConfig())));
  cli
    .command('server')
    .description('the HTTP process, on engines of yours')
    .action(() => run(() => runServer(loadConfig())));
  cli
    .command('migrate')
    .description('bring a database of yours to the newest schema')
    .action(() => run(runMigrate));
  cli
    .command('seed')
    .description('an invented organisation to try things on')
    .option(...json)
    .action((o: { json?: boolean }) => run(() => runSeed(o)));
  cli
    .command('sign-in')
    .description('a new one-time sign-in link')
    .option(...json)
    .action((o: { json?: boolean }) => run(() => runSignIn(o)));
  cli
    .command('key <name>')
    .description('a key of its own for a service or a person')
    .requiredOption('--role <role...>', 'what it may do: admin, coordinator, instructor, integrator')
    .option(...json)
    .action((name: string, o: { role: string[]; json?: boolean }) => run(() => runKey(name, o)));
  cli
    .command('source <name>')
    .description('lets a sender of webhooks in, and prints its secret once')
    .option('--rotate', 'a new secret for a source there is; the one before stays good beside it')
    .option(...json)
    .action((name: string, o: { rotate?: boolean; json?: boolean }) => run(() => runSource(name, o)));
  cli
    .command('verify')
    .description('prove the whole database')
    .option(...json)
    .action((o: { json?: boolean }) => run(() => runVerify(o)));
  cli
    .command('demo')
    .description('one lesson on a transcript of yours')
    .requiredOption('--transcript <file>', 'a JSON file: [{start, stop, speaker, dialogue}]')
    .option('--approve-as <role>', 'approve unattended')
    .option(...json)
    .action((o: DemoOptions) => run(() => demo(loadConfig(), o)));
  const rules = cli.command('rules').description('the rules that decide');
  rules
    .command('check')
    .description('every fault of the rule files')
    .option(...rulesFolder)
    .option(...json)
    .action((o: RulesOptions) => run(() => rulesCheck(o)));
  rules
    .command('test')
    .description('run the examples')
    .option(...rulesFolder)
    .option(...json)
    .action((o: RulesOptions) => run(() => rulesTest(o)));
  rules
    .command('diff')
    .description('what publishing would change')
    .option(...rulesFolder)
    .option(...json)
    .action((o: RulesOptions) => run(() => rulesDiff(loadConfig(), o)));
  rules
    .command('publish')
    .description('put the files in force')
    .requiredOption('-m, --message <why>', 'why, for whoever asks later')
    .option(...rulesFolder)
    .option(...json)
    .action((o: RulesOptions & { message: string }) => run(() => rulesPublish(loadConfig(), o)));
  rules
    .command('explain <session>')
    .description('every decision on a session, in words')
    .option(...json)
    .action((id: string, o: RulesOptions) => run(() => rulesExplain(loadConfig(), id, o)));
  return cli;
}

/** Exit 0 done, 1 findings or failure, 2 wrong input. */
function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const isOurs = error instanceof UsageError || error instanceof ConfigError || error instanceof EngineError;
  process.stderr.write(`${isOurs ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return error instanceof UsageError || error instanceof ConfigError ? 2 : 1;
}

program(async (work) => exitWith(await work()))
  .parseAsync()
  .catch((error: unknown) => exitWith(codeOf(error)));
