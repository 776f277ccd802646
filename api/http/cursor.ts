import { isId } from '../../domain/ids';
import { LecternError } from '../../domain/errors';

/** What a cursor's parts may look like: they go into SQL casts, which must not fail. */
const PARTS = {
  instant: (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text) && !Number.isNaN(Date.parse(text)),
  id: isId,
  day: (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
  number: (text: string) => /^\d{1,15}$/.test(text),
} as const;
type Part = keyof typeof PARTS;

/** An opaque cursor: the list it belongs to and the key of the last item that was given. */
export const encodeCursor = (list: string, key: readonly string[]): string => Buffer.from(JSON.stringify([list, ...key])).toString('base64url');

export function decodeCursor(list: string, parts: readonly Part[], cursor: string | undefined): string[] | null {
  if (cursor === undefined) return null;
  const wrong = new LecternError('invalid-request', 'The cursor is not one of this list.', [
    { path: 'cursor', message: 'pass nextCursor as it was given' },
  ]);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw wrong;
  }
  if (!Array.isArray(value) || value.length !== parts.length + 1 || value[0] !== list) throw wrong;
  const key = value.slice(1) as unknown[];
  if (!key.every((text, n) => typeof text === 'string' && PARTS[parts[n]!](text))) throw wrong;
  return key as string[];
}

export interface PageOf<T> {
  items: T[];
  nextCursor: string | null;
}

/** Cuts a reading of `limit + 1` rows into a page. `keyOf` gives the key that the next page starts after. */
export function toPage<R, T>(found: R[], limit: number, list: string, keyOf: (row: R) => string[], item: (row: R) => T): PageOf<T> {
  const kept = found.slice(0, limit);
  const last = kept.at(-1);
  return { items: kept.map(item), nextCursor: found.length > limit && last !== undefined ? encodeCursor(list, keyOf(last)) : null };
}
