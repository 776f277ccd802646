/** A number generator of its own, so that a run that failed can be had again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What is put in the place of a good value, as it stands in the JSON text: some of it no JSON writer would write. */
export const HOSTILE: Record<string, string> = {
  null: 'null',
  true: 'true',
  'minus one': '-1',
  'minus zero': '-0',
  'a half': '0.5',
  'beyond safe integers': '9007199254740993',
  'beyond doubles': '1e400',
  NaN: 'NaN',
  'nothing at all': '',
  'an empty text': '""',
  blanks: '"   "',
  'a number as text': '"1"',
  NUL: '"a\\u0000b"',
  'half a surrogate pair': '"a\\ud800b"',
  'a header of its own': '"Ann\\r\\nBcc: x@y.example"',
  'a direction override': '"Ann\\u202e"',
  'ten thousand letters': `"${'x'.repeat(10_000)}"`,
  'a list': '["a"]',
  'an empty list': '[]',
  'a list of null': '[null]',
  'an object': '{"a":1}',
  'an empty object': '{}',
  __proto__: '{"__proto__":{"admin":true}}',
  constructor: '{"constructor":{"prototype":{}}}',
  'a key twice': '{"a":1,"a":2}',
  'depth 40,000': '['.repeat(40_000) + ']'.repeat(40_000),
  'the year 9999': '"9999-12-31T23:59:59Z"',
  'the year 0': '"0000-01-01T00:00:00Z"',
  'the 30th of February': '"2027-02-30T10:00:00Z"',
  'no offset': '"2027-02-03T10:00:00"',
  'a zone that is none': '"Mars/Olympus_Mons"',
  'an unknown id': '"00000000-0000-4000-8000-000000000000"',
  'an injection': '"\'; DROP TABLE sessions; --"',
};

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Path = (string | number)[];

/** Every place of a body, the whole of it too. */
export function pathsOf(body: Json, here: Path = []): Path[] {
  const inside =
    body === null || typeof body !== 'object'
      ? []
      : Object.entries(body).flatMap(([key, value]) => pathsOf(value, [...here, Array.isArray(body) ? Number(key) : key]));
  return [here, ...inside];
}

const HERE = '@@here@@';
function replaced(body: Json, path: Path): Json {
  const [first, ...rest] = path;
  if (first === undefined) return HERE;
  if (Array.isArray(body)) return body.map((item, n) => (n === first ? replaced(item, rest) : item));
  const fields = body as { [key: string]: Json };
  return { ...fields, [first]: replaced(fields[first]!, rest) };
}

/** The JSON text of a body with something hostile in one place. */
export const withHostile = (body: Json, path: Path, hostile: string): string =>
  JSON.stringify(replaced(body, path)).replace(`"${HERE}"`, () => hostile);
