import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { failure, run, type Place } from './postgres-place';
import { endProcess, findProcesses, startTimeOf } from './process';
import type { Registry } from './registry';

/** Ends a server that runs on this data without being in the registry: its starter was killed before it wrote it down. */
export async function endUnrecorded(data: string): Promise<void> {
  await Promise.all(findProcesses('postgres', ['-D', data]).map((id) => endProcess(id, 'SIGINT', 20_000)));
}

/** A number that no process has. */
const NOBODY = 2 ** 31 - 2;

/**
 * After a crash the system may give the number in postmaster.pid to any other program of the same user, and Postgres would then refuse
 * to start. The number is replaced, the file stays: the rest of it is how Postgres finds out whether old backends still use the data.
 * Call it when no server runs on the data.
 */
export function disownStaleLock(data: string): void {
  const file = path.join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [pid, ...rest] = readFileSync(file, 'utf8').split('\n');
  if (startTimeOf(Number(pid)) !== null) writeFileSync(file, [NOBODY, ...rest].join('\n'));
}

const newPasswords = (): NonNullable<Registry['passwords']> => {
  const password = (): string => randomBytes(18).toString('hex');
  return { superuser: password(), owner: password(), app: password() };
};

/** Data whose passwords are lost with engines.json get new ones. */
async function replacePasswords(place: Place, passwords: NonNullable<Registry['passwords']>): Promise<void> {
  const sql = [
    ['postgres', passwords.superuser],
    ['lectern_owner', passwords.owner],
    ['lectern_app', passwords.app],
  ].map(([role, password]) => `ALTER ROLE ${role} PASSWORD '${password}'\n`);
  disownStaleLock(place.data);
  const words = await run(place, 'postgres', ['--single', '-D', place.data, 'postgres'], sql.join(''));
  if (words !== null) throw failure(`new passwords could not be set for the data in ${place.data}: ${words}`);
}

/** Removes what a killed start left of a new cluster; its initdb may still be at work on it. */
async function clear(fresh: string): Promise<void> {
  await Promise.all(findProcesses('initdb', ['-D', fresh]).map((id) => endProcess(id, 'SIGTERM', 10_000)));
  rmSync(fresh, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function makeCluster(place: Place, superuser: string, durable: boolean): Promise<void> {
  const passwordFile = `${place.log}.pw`;
  const fresh = `${place.data}.new`;
  await clear(fresh);
  writeFileSync(passwordFile, superuser, { mode: 0o600 });
  if (place.user) chownSync(passwordFile, place.user.uid, place.user.gid);
  const access = ['-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const args = ['-D', fresh, ...access, '--encoding=UTF8', '--locale=C', '--no-instructions', ...(durable ? [] : ['--no-sync'])];
  try {
    const words = await run(place, 'initdb', args);
    if (words !== null) throw failure(`a new cluster could not be made: ${words}`);
    // Under its name only when it is complete.
    renameSync(fresh, place.data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * Makes the cluster on the first start. Data whose passwords are lost with engines.json get new ones; when the whole home was
 * removed, data that lie elsewhere are set aside, since what belonged to them (Temporal's histories) is gone.
 */
export async function initialise(place: Place, home: string, registry: Registry, durable: boolean): Promise<void> {
  const { data } = place;
  const isThere = existsSync(path.join(data, 'PG_VERSION'));
  if (isThere && registry.passwords) return;
  const passwords = newPasswords();
  const isOfThisHome = existsSync(path.join(home, 'temporal.db')) || existsSync(path.join(home, 'secret'));
  if (isThere) await endUnrecorded(data);
  if (isThere && isOfThisHome) await replacePasswords(place, passwords);
  else {
    if (isThere) {
      rmSync(`${data}.old`, { recursive: true, force: true });
      renameSync(data, `${data}.old`);
    }
    await makeCluster(place, passwords.superuser, durable);
  }
  registry.passwords = passwords;
}
