import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import nodemailer from 'nodemailer';
import { Client } from 'pg';
import type { Engines } from '../../runtime/engines/engines';
import { postgresUser } from '../../runtime/engines/postgres-user';
import { startTimeOf, waitFor } from '../../runtime/engines/process';
import { readRegistry, writeRegistry, type EngineRecord, type Registry } from '../../runtime/engines/registry';
import { projectRoot } from '../../runtime/paths';
import { newHome, removeHome, testEnvironment } from '../support/environment';

/** A process that starts the engines, prints their addresses, and stops them when it is told to end. */
const STARTER = `
  const { startEngines } = require('./dist/runtime/engines/engines.js');
  const { loadConfig } = require('./dist/runtime/config.js');
  startEngines(loadConfig(), { progress: (line) => process.stderr.write(line + '\\n'), durable: process.env.DURABLE === '1' })
    .then((engines) => {
      process.stdout.write(JSON.stringify(engines) + '\\n');
      process.once('SIGTERM', () => engines.stop().then(() => process.exit(0)));
      setInterval(() => undefined, 1e6);
    }, (error) => { process.stderr.write(error.name + ': ' + error.message + '\\n'); process.exit(1); });`;

type Addresses = Omit<Engines, 'stop'>;
interface Start extends Addresses {
  child: ChildProcess;
  progress: string;
}

const homes: string[] = [];
const children: ChildProcess[] = [];

function ownHome(): string {
  const home = newHome('engines');
  homes.push(home);
  return home;
}

function launch(home: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, ['-e', STARTER], { cwd: projectRoot(), env: testEnvironment(home, env) });
  children.push(child);
  return child;
}

function start(home: string, env: NodeJS.ProcessEnv = {}): Promise<Start> {
  const child = launch(home, env);
  let progress = '';
  let out = '';
  child.stderr!.on('data', (text: Buffer) => (progress += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the start ended with ${code}: ${progress}`)));
    child.stdout!.on('data', (text: Buffer) => {
      out += text.toString();
      if (out.endsWith('\n')) resolve({ ...(JSON.parse(out) as Addresses), child, progress });
    });
  });
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', () => resolve()) : resolve()));

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await ended(child);
}

const enginesOf = (registry: Registry): number[] =>
  [registry.postgres, registry.temporal, registry.catcher].flatMap((engine) => (engine ? [engine.pid] : []));

const isThere = (pid: number): boolean => startTimeOf(pid) !== null;

async function killAll({ child }: Pick<Start, 'child'>, home: string): Promise<void> {
  child.kill('SIGKILL');
  await ended(child);
  const engines = enginesOf(readRegistry(home));
  for (const pid of engines) process.kill(pid, 'SIGKILL');
  expect(await waitFor(() => !engines.some(isThere), 30_000)).toBe(true);
}

/** Takes a port as soon as it is free; somebody's passing connection may hold it for a moment. */
async function takePort(port: number): Promise<Server> {
  for (const until = Date.now() + 30_000; ; await sleep(50)) {
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return server;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

async function sql<T>(url: string, text: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as T[];
  } finally {
    await client.end();
  }
}

async function withTemporal<T>(address: string, work: (client: TemporalClient) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: '60s' });
  try {
    return await work(new TemporalClient({ connection }));
  } finally {
    await connection.close();
  }
}

async function mail(smtpUrl: string, messageId: string): Promise<void> {
  const transport = nodemailer.createTransport(smtpUrl);
  await transport.sendMail({ from: 'l@lectern.invalid', to: 'gil@example.invalid', subject: 's', text: 't', messageId });
  transport.close();
}

const caught = async (catcherUrl: string | null, messageId: string): Promise<number> =>
  ((await (await fetch(`${catcherUrl}/messages?messageId=${encodeURIComponent(messageId)}`)).json()) as unknown[]).length;

/** Leaves something in every engine. */
async function plant(at: Addresses, mark: string): Promise<void> {
  await sql(at.databaseOwnerUrl, `CREATE TABLE IF NOT EXISTS marks (mark text); INSERT INTO marks VALUES ('${mark}')`);
  await withTemporal(at.temporalAddress, (client) => client.workflow.start('invented', { workflowId: mark, taskQueue: 'nobody' }));
  await mail(at.smtpUrl, `<${mark}@lectern.invalid>`);
}

async function expectPlanted(at: Addresses, mark: string): Promise<void> {
  expect(await sql(at.databaseOwnerUrl, `SELECT mark FROM marks WHERE mark = '${mark}'`)).toHaveLength(1);
  const { status } = await withTemporal(at.temporalAddress, (client) => client.workflow.getHandle(mark).describe());
  expect(status.name).toBe('RUNNING');
  expect(await caught(at.catcherUrl, `<${mark}@lectern.invalid>`)).toBe(1);
}

jest.setTimeout(120_000);

afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) await stop(child);
  for (const home of homes) {
    for (const pid of enginesOf(readRegistry(home))) if (isThere(pid)) process.kill(pid, 'SIGKILL');
    removeHome(home);
  }
});

test('kill -9 of everything, then a start finds all data; a port taken meanwhile is replaced', async () => {
  const home = ownHome();
  const first = await start(home, { DURABLE: '1' });
  await plant(first, 'before-the-kill');
  await killAll(first, home);
  const { port } = readRegistry(home).temporal!;
  const thief = await takePort(port);
  const second = await start(home, { DURABLE: '1' });
  thief.close();
  expect(second.temporalAddress).not.toBe(first.temporalAddress);
  expect(second.databaseUrl).toBe(first.databaseUrl);
  expect(second.secret).toBe(first.secret);
  await expectPlanted(second, 'before-the-kill');
  for (const file of ['engines.json', 'secret']) expect(statSync(path.join(home, file)).mode & 0o777).toBe(0o600);
  await stop(second.child);
  for (const pid of enginesOf(readRegistry(home))) expect(isThere(pid)).toBe(false);
});

describe('one home', () => {
  const home = ownHome();
  let at: Start;

  beforeAll(async () => {
    at = await start(home);
  });

  test('the two roles: one owns and may create the extension, the other owns nothing and bypasses nothing', async () => {
    await sql(at.databaseOwnerUrl, 'CREATE EXTENSION IF NOT EXISTS btree_gist');
    const roles = 'SELECT current_user AS name, rolsuper AS super, rolbypassrls AS bypasses FROM pg_roles WHERE rolname = current_user';
    expect(await sql(at.databaseOwnerUrl, roles)).toEqual([{ name: 'lectern_owner', super: false, bypasses: false }]);
    expect(await sql(at.databaseUrl, roles)).toEqual([{ name: 'lectern_app', super: false, bypasses: false }]);
    await expect(sql(at.databaseUrl, 'CREATE TABLE mine (id int)')).rejects.toThrow('permission denied');
    expect(await sql(at.databaseUrl, 'SHOW timezone')).toEqual([{ TimeZone: 'UTC' }]);
    await expect(sql(at.databaseUrl.replace(/:[0-9a-f]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  test('two further starts at once share the engines; the last to leave stops them', async () => {
    await plant(at, 'shared');
    const [a, b] = await Promise.all([start(home), start(home)]);
    for (const other of [a, b]) {
      expect({ ...other, child: 0, progress: '' }).toEqual({ ...at, child: 0, progress: '' });
      expect(other.progress).toContain('Postgres runs already');
    }
    await stop(at.child);
    await stop(a.child);
    await expectPlanted(b, 'shared');
    await stop(b.child);
    for (const pid of enginesOf(readRegistry(home))) expect(isThere(pid)).toBe(false);
    at = await start(home);
    await expectPlanted(at, 'shared');
  });

  test('a start adopts what a killed process left running', async () => {
    const before = enginesOf(readRegistry(home));
    at.child.kill('SIGKILL');
    await ended(at.child);
    at = await start(home);
    expect(enginesOf(readRegistry(home))).toEqual(before);
  });

  test('engines.json lost while all run: the data are found again, under new passwords', async () => {
    const old = readRegistry(home);
    at.child.kill('SIGKILL');
    await ended(at.child);
    rmSync(path.join(home, 'engines.json'));
    const again = await start(home);
    // Two of one kind on the same files would spoil them.
    for (const pid of enginesOf(old)) expect(isThere(pid)).toBe(false);
    expect(again.databaseUrl).not.toBe(at.databaseUrl);
    await expectPlanted(again, 'shared');
    at = again;
  });
});

test('two first starts at once make one set of engines', async () => {
  const home = ownHome();
  const [a, b] = await Promise.all([start(home), start(home)]);
  expect({ ...a, child: 0, progress: '' }).toEqual({ ...b, child: 0, progress: '' });
  await plant(a, 'twins');
  await expectPlanted(b, 'twins');
  await Promise.all([stop(a.child), stop(b.child)]);
  for (const pid of enginesOf(readRegistry(home))) expect(isThere(pid)).toBe(false);
});

test('after a crash, a number in postmaster.pid that another program of the same user has now does not stop the start', async () => {
  const home = ownHome();
  const first = await start(home);
  await plant(first, 'before-the-crash');
  await killAll(first, home);
  const foreign = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1e6)'], { cwd: '/', ...(postgresUser() ?? {}) });
  children.push(foreign);
  const lock = path.join(readRegistry(home).postgres!.folder, 'postmaster.pid');
  const [, ...rest] = readFileSync(lock, 'utf8').split('\n');
  writeFileSync(lock, [foreign.pid, ...rest].join('\n'));
  const second = await start(home);
  await expectPlanted(second, 'before-the-crash');
  expect(isThere(foreign.pid!)).toBe(true);
  await stop(second.child);
});

test('a start that is killed while its cluster is being made is no trouble for the next', async () => {
  const home = ownHome();
  const child = launch(home);
  const isAtWork = (): boolean =>
    ['pg', '.'].some((place) => existsSync(path.join(home, place, 'data.new/global')) || existsSync(path.join(home, place, 'postgres.new/global')));
  expect(await waitFor(isAtWork, 60_000, { everyMs: 5 })).toBe(true);
  child.kill('SIGKILL');
  await ended(child);
  const at = await start(home);
  await plant(at, 'after-the-kill');
  await stop(at.child);
});

test('a start that is killed at any moment leaves nothing that the next start cannot take over', async () => {
  const home = ownHome();
  for (const patience of [150, 400, 800, 1_500]) {
    const child = launch(home);
    await new Promise((resolve) => setTimeout(resolve, patience));
    child.kill('SIGKILL');
    await ended(child);
  }
  const at = await start(home);
  await plant(at, 'after-kills');
  await expectPlanted(at, 'after-kills');
  await stop(at.child);
});

test('a Temporal that was told to end is not taken although it answers yet, and one that was ended while it laid its data begins anew', async () => {
  const home = ownHome();
  const first = await start(home);
  first.child.kill('SIGKILL');
  await ended(first.child);
  const note = (registry: Registry, mark: Partial<EngineRecord>): void =>
    writeRegistry(home, { ...registry, temporal: { ...registry.temporal!, ...mark } });
  const left = readRegistry(home);
  note(left, { isEnding: true });
  const second = await start(home);
  expect(isThere(left.temporal!.pid)).toBe(false);
  await plant(second, 'after-the-end');
  await killAll(second, home);
  for (const file of ['temporal.db-shm', 'temporal.db-wal']) rmSync(path.join(home, file), { force: true });
  writeFileSync(path.join(home, 'temporal.db'), 'half');
  note(readRegistry(home), { isFirst: true });
  const third = await start(home);
  await plant(third, 'anew');
  await stop(third.child);
  expect(readRegistry(home).temporal!.isFirst).toBeUndefined();
});

(process.getuid?.() === 0 ? test : test.skip)('as root with a closed home, data live in an open place that engines.json names', async () => {
  const home = ownHome();
  chmodSync(home, 0o700);
  const first = await start(home);
  const { postgresHome, postgres } = readRegistry(home);
  expect(postgresHome!.startsWith(home)).toBe(false);
  expect(readFileSync(`/proc/${postgres!.pid}/status`, 'utf8')).not.toMatch(/^Uid:\s+0/m);
  await plant(first, 'elsewhere');
  await stop(first.child);
  const second = await start(home);
  await expectPlanted(second, 'elsewhere');
  // Without its home an installation starts anew; what lay elsewhere is set aside, not lost.
  await stop(second.child);
  for (const file of ['engines.json', 'secret', 'temporal.db', 'temporal.db-shm', 'temporal.db-wal']) rmSync(path.join(home, file), { force: true });
  const third = await start(home);
  await expect(sql(third.databaseOwnerUrl, 'SELECT * FROM marks')).rejects.toThrow('does not exist');
  expect(existsSync(path.join(postgresHome!, 'data.old'))).toBe(true);
  await stop(third.child);
});

test('an engine that cannot be had is named with a remedy, and nothing is left running', async () => {
  const home = ownHome();
  await expect(start(home, { TEMPORAL_CLI_PATH: '/bin/false' })).rejects.toThrow(/EngineError: Temporal: .*[\s\S]*What to do: /);
  for (const pid of enginesOf(readRegistry(home))) expect(isThere(pid)).toBe(false);
});
