import { canonicalJson, sha256 } from './ids';

/**
 * Binds a commit to what its preview showed: a short hash of each part, so that nothing is stored and a stale one can still be told
 * which parts are others now. It grants nothing; whoever commits is authorised as without it.
 */
export type Shown = Readonly<Record<string, unknown>>;

const PART_LENGTH = 16;
const partOf = (value: unknown): string =>
  Buffer.from(sha256(canonicalJson(value ?? null)), 'hex')
    .toString('base64url')
    .slice(0, PART_LENGTH);

/** "charges.hash~messages.hash~…", its parts by name. */
export const previewTokenOf = (shown: Shown): string =>
  Object.keys(shown)
    .sort()
    .map((name) => `${name}.${partOf(shown[name])}`)
    .join('~');

/** What is no longer as the token's preview showed it, with what it is now. A part that either side lacks differs. */
export function differenceSince(token: string, shown: Shown): { path: string; now: unknown }[] {
  const then = new Map(token.split('~').map((part) => part.split('.') as [string, string]));
  const names = [...new Set([...then.keys(), ...Object.keys(shown)])].sort();
  return names
    .filter((name) => !(name in shown) || then.get(name) !== partOf(shown[name]))
    .map((name) => ({ path: `/${name}`, now: shown[name] ?? null }));
}
