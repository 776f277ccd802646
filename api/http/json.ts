import { LecternError } from '../../domain/errors';
import { jsonFault, jsonFaultAt, placeIn } from '../../domain/json-place';

const MOST_DEPTH = 64;
/** Own keys after JSON.parse, but a trap for whoever spreads or assigns them later. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const LONE_SURROGATE = /\p{Surrogate}/u;

const placed = (text: string, position: number): object => ({ position, place: placeIn(text, position) });
const malformed = (message: string, details?: unknown): LecternError => new LecternError('malformed-json', message, details);

/** Decodes UTF-8 and refuses bytes that are none, so that what is stored is what was sent. */
export function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
}

/**
 * JSON as this API takes it: at most 64 levels deep, no key twice in one object, no `__proto__`, `constructor` or `prototype`
 * as a key, no NUL or half a surrogate pair in a text, no number that a double cannot hold. Linear in the length of the text.
 */
export function parseStrictJson(text: string): unknown {
  refuseDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(`The body is not JSON: ${jsonFault(error)}.`, placed(text, jsonFaultAt(text)));
  }
  refuseKeys(text);
  refuseValues(value, '');
  return value;
}

/** Skips a string literal: `from` is its opening quote, the answer its closing one. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function refuseDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '"') at = endOfString(text, at);
    else if (c === '{' || c === '[') {
      depth += 1;
      if (depth > MOST_DEPTH) throw malformed(`The body is nested more than ${MOST_DEPTH} levels deep.`, placed(text, at));
    } else if (c === '}' || c === ']') depth -= 1;
  }
}

/** Runs over text known to be valid JSON. JSON.parse keeps the last of two equal keys; whoever signed or logged it may read the first. */
function refuseKeys(text: string): void {
  const open: (Set<string> | null)[] = [];
  let keyNext = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keyNext && keys) {
        const key = JSON.parse(text.slice(at, end + 1)) as string;
        if (keys.has(key)) throw malformed(`The key "${key.slice(0, 60)}" stands twice in one object.`, placed(text, at));
        if (FORBIDDEN_KEYS.has(key)) throw malformed(`The key "${key}" is not allowed.`, placed(text, at));
        keys.add(key);
        keyNext = false;
      }
      at = end;
    } else if (c === '{') {
      open.push(new Set());
      keyNext = true;
    } else if (c === '[') {
      open.push(null);
      keyNext = false;
    } else if (c === '}' || c === ']') {
      open.pop();
      keyNext = false;
    } else if (c === ',') keyNext = open.at(-1) !== null;
  }
}

/** The text that Postgres cannot store as it was sent: NUL it refuses, half a surrogate pair it would silently replace. */
export function textFault(text: string): string | null {
  if (text.includes('\u0000')) return 'holds a NUL character';
  if (LONE_SURROGATE.test(text)) return 'holds half a surrogate pair';
  return null;
}

function refuseValues(value: unknown, path: string): void {
  if (typeof value === 'string') {
    const fault = textFault(value);
    if (fault) throw malformed(`A text ${fault}.`, { path });
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw malformed('A number is too large.', { path });
  } else if (Array.isArray(value)) {
    value.forEach((item, n) => refuseValues(item, `${path}/${n}`));
  } else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      const fault = textFault(key);
      if (fault) throw malformed(`A key ${fault}.`, { path });
      refuseValues(item, `${path}/${key}`);
    }
  }
}
