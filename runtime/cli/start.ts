import path from 'node:path';
import { createSignInLink } from '../../commands/sign-in';
import { accessOf, firstAdmin } from '../../db/access-tokens';
import { listSets, newestSet } from '../../db/rule-sets';
import { hashRuleSet } from '../../policy/ruleset';
import { describeConfig, loadConfig, type Config } from '../config';
import type { HeldStepSeen } from '../demo';
import type { DemoWorld } from '../demo-world';
import { claimServer, giveUpServer } from '../engines/server-claim';
import { openInstallation, type Installation } from '../installation';
import { issueFirstKey, systemContext } from '../organisation';
import { logFileOf, projectRoot } from '../paths';
import { defaultRulesFolder, readRuleFiles } from '../rule-files';
import { seed } from '../seed';
import { assertCanListen } from '../server';
import { Interrupted, interruptibly, unlessInterrupted } from './interrupt';
import { progress, print } from './output';
import { play } from './play';
import { readTranscriptFile } from './transcript-file';

export interface StartOptions {
  approveAs?: 'coordinator';
  exitWhenSettled?: boolean;
  demo: boolean;
}

/** Where everything is; key and sign-in link on the first start only. */
async function welcome({ first, db, url, engines }: Installation, adminKey: string | null, home: string): Promise<void> {
  print(`\nLectern runs at ${url}\n`);
  if (adminKey) {
    const { organisationId } = first;
    const { path: link } = await db.inOrganisation(organisationId, async (tx) =>
      createSignInLink(tx, { organisationId, principalId: await firstAdmin(tx), now: new Date() }),
    );
    // The link has a line of its own, so that it fits a terminal of eighty columns whole.
    print(`  Sign in (works once):\n  ${url}${link}\n`);
    print(`  Admin key (shown once):   ${adminKey}`);
  } else print('  Sign in:                  npx lectern sign-in');
  print(`  API, to read and to try:  ${url}/docs`);
  if (engines.catcherUrl) print(`  Mail and SMS, caught at:  ${engines.catcherUrl}/messages`);
  print(`  Log:                      ${logFileOf(home)}`);
}

/** Files that differ from what is in force are no fault, but nobody should wonder why an edit changes nothing. */
async function mentionUnpublished({ first, db }: Installation): Promise<void> {
  const active = await db.inOrganisation(first.organisationId, newestSet);
  if (!active || active.hash === hashRuleSet(readRuleFiles(defaultRulesFolder()))) return;
  const count = (await db.inOrganisation(first.organisationId, listSets)).length;
  print(`\n  The files in rules/ differ from the published set ${active.number} of ${count}.`);
  print('  What changed: npx lectern rules diff; to publish: npx lectern rules publish -m "why"');
}

function askToApprove(url: string, review: HeldStepSeen, world: DemoWorld): void {
  const body = JSON.stringify({ version: review.version, hash: review.hash, decision: 'approve' });
  print(`\nNow it is your turn: summary and parent update wait to be approved. On the page:\n`);
  print(`  ${url}/held-steps/${review.id}\n\nor from another terminal:\n`);
  print(`  curl -sS ${url}/v1/held-steps/${review.id}/decide \\\n    -H 'authorization: Bearer ${world.key}' \\`);
  print(`    -H 'content-type: application/json' -d '${body}'\n`);
}

async function playFirstLesson(lectern: Installation, { approveAs, exitWhenSettled }: StartOptions): Promise<boolean> {
  const transcript = readTranscriptFile(path.join(projectRoot(), 'examples/lesson-fractions.json'), progress);
  const { sessionId, status } = await play(lectern, {
    transcript,
    approveAs,
    print,
    booked: () => print('\nA lesson for two, Sam and Nora; Nora will not come. Times are UTC, ‹policy › row› is what decided:\n'),
    waits: (review, world) => askToApprove(lectern.url, review, world),
  });
  print(`\nThe session is ${status}. Every decision in words:\n\n  npx lectern rules explain ${sessionId}\n`);
  if (!exitWhenSettled && lectern.isOurs) print('Lectern goes on until Ctrl-C; npm start finds everything again.');
  return status === 'settled';
}

/** What was set for this start, secrets masked; the rest is as docs/operations.md says. */
function settings(config: Config): void {
  const usual = describeConfig(loadConfig({}));
  const set = Object.entries(describeConfig(config)).filter(([name, value]) => usual[name] !== value);
  if (set.length > 0) progress(`set for this start: ${set.map(([name, value]) => `${name}=${value}`).join(' ')}`);
}

async function serve(lectern: Installation, options: StartOptions, home: string): Promise<number> {
  const { db, engines, first } = lectern;
  const { organisationId } = first;
  // The key is issued last, to be shown at once: a first start that is killed before it is a first start again.
  const { isThereAnAdminKey } = await db.inOrganisation(organisationId, accessOf);
  if (!isThereAnAdminKey) await seed(systemContext(db, organisationId, { secret: engines.secret, asOf: lectern.now() }), progress);
  const adminKey = await issueFirstKey(db, organisationId);
  await welcome(lectern, adminKey, home);
  await mentionUnpublished(lectern);
  const isSettled = !options.demo || (await playFirstLesson(lectern, options));
  if (options.exitWhenSettled) return isSettled ? 0 : 1;
  await lectern.ended;
  return 1;
}

async function serveHere(config: Config, options: StartOptions, { signal, serves }: { signal: AbortSignal; serves: boolean }): Promise<number> {
  if (serves) await assertCanListen(config);
  settings(config);
  const lectern = await openInstallation(config, progress, { signal, serves, logFile: logFileOf(config.lecternHome) });
  try {
    return await unlessInterrupted(serve(lectern, options, config.lecternHome), signal);
  } catch (error) {
    // To be told to end is the ordinary end of what serves until then.
    if (error instanceof Interrupted && !options.exitWhenSettled) return 0;
    throw error;
  } finally {
    await lectern.stop();
  }
}

/**
 * `npm start`: the whole of Lectern on embedded engines, and a first lesson to watch. When one serves this home already its URL is
 * printed; with --exit-when-settled the lesson is played there. Gives the exit code.
 */
export function start(config: Config, options: StartOptions): Promise<number> {
  const home = config.lecternHome;
  return interruptibly(home, async (signal) => {
    const other = await claimServer(home, { progress, endsByItself: options.exitWhenSettled ?? false, signal });
    if (other && !options.exitWhenSettled) {
      print(`Lectern runs already at ${other}`);
      return 0;
    }
    try {
      return await serveHere(config, options, { signal, serves: !other });
    } finally {
      await giveUpServer(home);
    }
  });
}
