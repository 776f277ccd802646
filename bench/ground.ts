import { fork, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { Client as PgClient } from 'pg';
import { SYSTEM, type Context } from '../commands/context';
import { publishRules } from '../commands/publish-rules';
import { loadConfig, type Config } from '../runtime/config';
import { prepareGround } from '../runtime/ground';
import { defaultRulesFolder, readRuleFiles } from '../runtime/rule-files';
import { readRegistry } from '../runtime/engines/registry';
import { newHome } from './home';

/** Business seconds in a real one: an hour of a lesson's life passes in half a second. */
export const RATE = 7_200;
export const HOUR = 3_600_000;

type Ground = Awaited<ReturnType<typeof startGround>>;
export type { Ground };

/**
 * The shipped rules with other durations, so that what lasts two days lasts seconds and a busy machine makes nothing late: the
 * path, its decisions and its messages are those of the shipped ones.
 */
const DURATIONS: Record<string, { changes: [RegExp, string][]; example: { given: object; expect: unknown } }> = {
  'admission.json': { changes: [[/"longest": "4h"/, '"longest": "10h"']], example: { given: {}, expect: { verdict: 'book' } } },
  'preparation.json': {
    changes: [
      [/"24h"/g, '"3h"'],
      [/"coverageBefore": "15m"/, '"coverageBefore": "2h"'],
    ],
    example: { given: {}, expect: { provider: 'link' } },
  },
  'obligations.json': {
    changes: [
      [/"offset": "-24h"/g, '"offset": "-3h"'],
      [/"deadline": "\d+h"/g, '"deadline": "96h"'],
    ],
    example: { given: { event: 'review-opened' }, expect: [{ kind: 'review' }] },
  },
  'no-show.student.json': {
    changes: [
      [/"grace": "15m"/, '"grace": "9h"'],
      [/"lookAgain": "5m"/, '"lookAgain": "3h"'],
    ],
    example: { given: {}, expect: { verdict: 'waiting' } },
  },
  'no-show.instructor.json': {
    changes: [
      [/"grace": "\d+m"/, '"grace": "9h"'],
      [/"lookAgain": "5m"/, '"lookAgain": "3h"'],
    ],
    example: { given: {}, expect: { verdict: 'waiting' } },
  },
  'recording.json': {
    changes: [
      [/"startWithin": "5m"/, '"startWithin": "9h"'],
      [/"readyWithin": "60m"/, '"readyWithin": "48h"'],
    ],
    example: { given: {}, expect: { next: 'expect' } },
  },
  'documentation.review.json': {
    changes: [
      [/"remindAfter": "4h"/g, '"remindAfter": "48h"'],
      [/"escalateAfter": "20h"/g, '"escalateAfter": "72h"'],
      [/"deadline": "24h"/g, '"deadline": "96h"'],
    ],
    example: { given: {}, expect: { default: 'reject' } },
  },
};

/** The shipped examples speak of the shipped durations; one that does not takes their place. */
function withDurations(file: string, text: string): string {
  const other = DURATIONS[file];
  if (!other) return text;
  const changed = other.changes.reduce((t, [from, to]) => t.replace(from, to), text);
  const document = JSON.parse(changed) as { examples: { base: object } };
  return JSON.stringify({ ...document, examples: { base: document.examples.base, cases: [{ id: 'any', ...other.example }] } });
}

/** Engines of the bench's own, durable as in production, one organisation with the bench's durations published. */
export async function startGround(progress: (line: string) => void) {
  const home = newHome();
  const config = loadConfig({ ...process.env, NODE_ENV: 'development', LECTERN_HOME: home, CLOCK_RATE: String(RATE), LOG_LEVEL: 'warn' });
  const ground = await prepareGround(config, progress);
  return completeGround(home, config, ground).catch(async (error: unknown) => {
    await ground.stop();
    throw error;
  });
}

async function completeGround(home: string, config: Config, ground: Awaited<ReturnType<typeof prepareGround>>) {
  const { db, engines, first } = ground;
  const { organisationId } = first;
  const context = (): Context => ({ db, organisationId, principal: SYSTEM, asOf: ground.now(), requestId: null, secret: engines.secret });
  const shipped = readRuleFiles(defaultRulesFolder());
  const policies = shipped.policies.filter((f) => !f.file.startsWith('demo.')).map((f) => ({ ...f, text: withDurations(f.file, f.text) }));
  await publishRules(context(), { policies, messages: shipped.messages, message: 'durations of the bench' });
  const connection = await Connection.connect({ address: engines.temporalAddress });
  const owner = new PgClient({ connectionString: engines.databaseOwnerUrl });
  await owner.connect();
  const registry = readRegistry(home);
  return {
    ...ground,
    home,
    config,
    organisationId,
    context,
    messages: shipped.messages,
    client: new Client({ connection }),
    /** As the owner: plain tables, existing rows, statistics. */
    owner,
    pids: { postgres: registry.postgres?.pid ?? 0, temporal: registry.temporal?.pid ?? 0, catcher: registry.catcher?.pid ?? 0 },
    async stop() {
      await owner.end();
      await connection.close();
      await ground.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export interface WorkerProcess {
  pid: number;
  stop(): Promise<void>;
}

/** A worker in a process of its own, so that its CPU can be counted; it says when it runs. */
export async function startProcess(ground: Ground, script: string, env: Record<string, string>): Promise<WorkerProcess> {
  const { engines, config } = ground;
  const child: ChildProcess = fork(path.join(__dirname, script), [], {
    env: {
      ...process.env,
      LECTERN_HOME: config.lecternHome,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      DATABASE_URL: engines.databaseUrl,
      TEMPORAL_ADDRESS: engines.temporalAddress,
      SMTP_URL: engines.smtpUrl,
      CATCHER_URL: engines.catcherUrl ?? '',
      LECTERN_SECRET: engines.secret,
      PUBLIC_URL: 'http://127.0.0.1:7420',
      ...env,
    },
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  // A bench that is ended takes its workers with it.
  process.once('exit', () => child.kill('SIGKILL'));
  const gone = new Promise<never>((_, reject) => child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`))));
  gone.catch(() => undefined);
  await Promise.race([new Promise((resolve) => child.once('message', resolve)), gone]);
  return {
    pid: child.pid!,
    stop: async () => {
      child.kill('SIGTERM');
      await gone.catch(() => undefined);
    },
  };
}
