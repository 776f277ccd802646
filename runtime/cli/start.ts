import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createSignInLink } from '../../commands/sign-in';
import { listSets, newestSet } from '../../db/rule-sets';
import { hashRuleSet } from '../../policy/ruleset';
import type { Config } from '../config';
import { approve, awaitReview, awaitSettled, castDemo, playLesson } from '../demo';
import { claimServer, giveUpServer } from '../engines/server-claim';
import { openInstallation, type Installation } from '../installation';
import { projectRoot } from '../paths';
import { defaultRulesFolder, readRuleFiles } from '../rule-files';
import { seedPeople } from '../seed';
import { followTimeline } from '../timeline-lines';
import { assertCanListen } from '../server';
import { Interrupted, interruptibly, unlessInterrupted } from './interrupt';
import { progress, print } from './output';

export interface StartOptions {
  approveAs?: string;
  exitWhenSettled?: boolean;
  demo: boolean;
}

async function welcome(lectern: Installation): Promise<void> {
  const { first, db } = lectern;
  print(`\nLectern runs at ${lectern.url}\n`);
  if (first.adminKey && first.adminPrincipalId) {
    const { path: link } = await db.inOrganisation(first.organisationId, (tx) =>
      createSignInLink(tx, { organisationId: first.organisationId, principalId: first.adminPrincipalId!, now: new Date() }),
    );
    print(`  Sign in once:  ${lectern.url}${link}`);
    print(`  Admin key:     ${first.adminKey}   (shown this once)`);
  } else print('  A new sign-in link: npx lectern sign-in');
  print(`  API:           ${lectern.url}/docs`);
  if (lectern.engines.catcherUrl) print(`  Mail goes to a local catcher: ${lectern.engines.catcherUrl}/messages\n`);
  const active = await db.inOrganisation(first.organisationId, newestSet);
  if (active && active.hash !== hashRuleSet(readRuleFiles(defaultRulesFolder()))) {
    const count = (await db.inOrganisation(first.organisationId, listSets)).length;
    print(
      `  The files in rules/ differ from the published set ${active.number} of ${count}. See: npx lectern rules diff; publish: npx lectern rules publish -m "why"\n`,
    );
  }
}

async function playDemo(lectern: Installation, options: StartOptions): Promise<boolean> {
  const ctx = { db: lectern.db, organisationId: lectern.first.organisationId, asOf: lectern.now(), requestId: null, secret: lectern.engines.secret };
  const transcript = JSON.parse(readFileSync(path.join(projectRoot(), 'examples/lesson-fractions.json'), 'utf8')) as unknown[];
  const cast = await castDemo(ctx, lectern.url);
  let follow: { stop(): void } | undefined;
  const sessionId = await playLesson(ctx, cast, transcript, (id) => {
    print('A lesson for two, one of whom will not come:\n');
    follow = followTimeline(lectern.db, ctx.organisationId, id, print);
  });
  const review = await awaitReview(cast.world, sessionId);
  if (options.approveAs) await approve(cast.world, review);
  else {
    print(`\nSummary and parent update wait for you: ${lectern.url}/#/held-steps/${review.id}\nor approve them here:\n`);
    print(
      `  curl -X POST ${lectern.url}/v1/held-steps/${review.id}/decide -H 'authorization: Bearer ${cast.world.key}' -H 'content-type: application/json' \\\n    -d '${JSON.stringify({ version: review.version, hash: review.hash, decision: 'approve' })}'\n`,
    );
  }
  const status = await awaitSettled(cast.world, sessionId, options.approveAs ? 120_000 : 24 * 3_600_000);
  await new Promise((resolve) => setTimeout(resolve, 600));
  follow?.stop();
  print(`\nThe session is ${status}. Its decisions in words: npx lectern rules explain ${sessionId}`);
  return status === 'settled';
}

async function serve(lectern: Installation, options: StartOptions): Promise<number> {
  if (lectern.first.adminKey) await seedPeople(lectern.db, lectern.first.organisationId, lectern.engines.secret, lectern.now(), progress);
  await welcome(lectern);
  const isSettled = !options.demo || (await playDemo(lectern, options));
  if (options.exitWhenSettled) return isSettled ? 0 : 1;
  await lectern.ended;
  return 1;
}

async function serveHere(config: Config, options: StartOptions, { signal, serves }: { signal: AbortSignal; serves: boolean }): Promise<number> {
  if (serves) await assertCanListen(config);
  const lectern = await openInstallation(config, progress, { signal, serves });
  try {
    return await unlessInterrupted(serve(lectern, options), signal);
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
