import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

let found: string | undefined;

/** The folder of Lectern's own package.json; the same from source and from dist. */
export function projectRoot(): string {
  if (found !== undefined) return found;
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'lectern') {
      found = folder;
      return folder;
    }
    if (dirname(folder) === folder) throw new Error(`no package.json named lectern above ${__dirname}`);
  }
}

/** Where this installation keeps its data: LECTERN_HOME, else .lectern in the project. */
export function lecternHome(env: NodeJS.ProcessEnv = process.env): string {
  const set = env.LECTERN_HOME?.trim();
  return set ? resolve(set) : join(projectRoot(), '.lectern');
}

/** What `npm start` and the commands log, so that their terminal shows what its reader asked for. */
export const logFileOf = (home: string): string => join(home, 'lectern.log');
