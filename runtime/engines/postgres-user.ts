import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface PostgresUser {
  uid: number;
  gid: number;
}

function idsOf(name: string): PostgresUser | null {
  try {
    const ask = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return null;
  }
}

/** Postgres refuses to run as root; then it gets a user of its own. Null when we are not root. */
export function postgresUser(): PostgresUser | null {
  if (process.getuid?.() !== 0) return null;
  const own = idsOf('lectern');
  if (own) return own;
  try {
    execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'lectern'], { stdio: 'ignore' });
  } catch {
    // A system without useradd has its nobody.
  }
  const user = idsOf('lectern') ?? idsOf('nobody');
  if (!user) throw new Error('there is no user that Postgres could run under');
  return user;
}

/** Whether a user may pass through every folder down to a path. */
export function canReach(target: string, user: PostgresUser): boolean {
  for (let folder = path.dirname(path.resolve(target)); ; folder = path.dirname(folder)) {
    if (existsSync(folder)) {
      const stat = statSync(folder);
      const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
      if ((stat.mode & bit) === 0) return false;
    }
    if (path.dirname(folder) === folder) return true;
  }
}

/** A folder that the user can reach, made for this home; where the system's place is closed to us, the temporary one. */
export function openPlace(home: string, user: PostgresUser): string {
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  for (const base of ['/var/lib/lectern', path.join(os.tmpdir(), 'lectern')]) {
    try {
      const folder = path.join(base, name);
      mkdirSync(folder, { recursive: true });
      // Nobody else's folder; and open whatever the umask.
      if (statSync(base).uid !== process.getuid?.()) continue;
      chmodSync(base, 0o755);
      chmodSync(folder, 0o755);
      if (!canReach(path.join(folder, 'x'), user)) continue;
      chownSync(folder, user.uid, user.gid);
      return folder;
    } catch {
      continue;
    }
  }
  throw new Error('no folder was found that the user of Postgres can reach');
}

/** The binaries where the user can reach them: as installed, or copied once a version beside the data. */
export function reachableBinaries(native: string, place: string, user: PostgresUser): string {
  const isReadable = (statSync(path.join(native, 'bin/postgres')).mode & 0o005) === 0o005;
  if (isReadable && canReach(path.join(native, 'bin/postgres'), user)) return native;
  const { version } = JSON.parse(readFileSync(path.join(native, '../package.json'), 'utf8')) as { version: string };
  const copy = path.join(place, `postgres-${version}`);
  if (!existsSync(copy)) {
    const fresh = `${copy}.new`;
    rmSync(fresh, { recursive: true, force: true });
    cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
    execFileSync('chmod', ['-R', 'a+rX', fresh]);
    renameSync(fresh, copy);
  }
  return copy;
}
