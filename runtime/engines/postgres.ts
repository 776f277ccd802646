import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { launchDetached } from './launch';
import { freePort } from './ports';
import { disownStaleLock, endUnrecorded, initialise } from './postgres-cluster';
import { as, ENVIRONMENT, failure, placeFor, type Place } from './postgres-place';
import { endProcess, isAlive, waitFor, type ProcessId } from './process';
import type { Registry } from './registry';

const RECOVERY_MS = 5 * 60_000;
const RETRY_MS = 60_000;

function launch(place: Place, port: number, durable: boolean): ProcessId {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A statement that fails may carry what somebody wrote; who sent it logs the failure, without.
    log_min_messages: 'log',
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

/** The application's URL of the Postgres that a registry records; null when it records none. */
export const recordedDatabaseUrl = ({ postgres, passwords }: Registry): string | null =>
  postgres && passwords ? urlFor('lectern_app', passwords.app, postgres.port, 'lectern') : null;

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

export interface PostgresOptions {
  durable: boolean;
  save: () => void;
  signal?: AbortSignal | undefined;
}

/** After a crash it may have much to recover: as long as it lives, it is waited for. */
async function launchUntilUp(place: Place, registry: Registry, { durable, save, signal }: PostgresOptions): Promise<void> {
  const { superuser } = registry.passwords!;
  for (const until = Date.now() + RECOVERY_MS; ; await sleep(200)) {
    disownStaleLock(place.data);
    const port = await freePort(registry.postgres?.port);
    const id = launch(place, port, durable);
    registry.postgres = { ...id, port, folder: place.data };
    save();
    const isUp = (): Promise<boolean> => accepts(urlFor('postgres', superuser, port, 'postgres'));
    await waitFor(async () => (await isUp()) || !isAlive(id), until - Date.now(), { signal });
    if (isAlive(id) && (await isUp())) return;
    // Right after a kill -9 the old backends hold the memory for a moment, and the new server ends: once more, for a while.
    if (isAlive(id) || Date.now() > until - RECOVERY_MS + RETRY_MS) {
      throw failure(`the server did not start; its last words are in ${place.log}`);
    }
  }
}

/** Starts the embedded Postgres of a home, or takes the one that runs for it. Gives the URLs of both roles. */
export async function startPostgres(
  home: string,
  registry: Registry,
  options: PostgresOptions,
): Promise<{ databaseUrl: string; databaseOwnerUrl: string; wasRunning: boolean }> {
  const place = placeFor(home, registry);
  await initialise(place, home, registry, options.durable);
  options.save();
  const { superuser, owner, app } = registry.passwords!;
  const running = registry.postgres;
  const wasRunning = isAlive(running) && (await accepts(urlFor('postgres', superuser, running!.port, 'postgres')));
  if (!wasRunning) {
    if (running) await endProcess(running, 'SIGINT', 20_000);
    await endUnrecorded(place.data);
    await launchUntilUp(place, registry, options);
  }
  // Also of one that runs: whoever started it may have been killed before the roles were made.
  await ensureRoles(registry, registry.postgres!.port);
  const { port } = registry.postgres!;
  return { databaseUrl: urlFor('lectern_app', app, port, 'lectern'), databaseOwnerUrl: urlFor('lectern_owner', owner, port, 'lectern'), wasRunning };
}

export async function stopPostgres(registry: Registry): Promise<void> {
  if (registry.postgres) await endProcess(registry.postgres, 'SIGINT', 20_000);
}
