import type { Json } from '../../policy/types';

export type Path = (string | number)[];
export interface Mutation {
  /** "delete /rules/0/when" */
  name: string;
  kind: 'delete' | 'rename' | 'swap' | 'operator' | 'second-key' | 'value';
  path: Path;
  document: Json;
  /** What was right, where one letter was changed. */
  was?: string;
}

const isObject = (v: Json | undefined): v is { [key: string]: Json } => v !== null && typeof v === 'object' && !Array.isArray(v);
const pointer = (path: Path): string => path.map((p) => `/${p}`).join('');

function* walk(value: Json, path: Path = []): Generator<[Path, Json]> {
  yield [path, value];
  if (Array.isArray(value)) for (const [i, v] of value.entries()) yield* walk(v, [...path, i]);
  else if (isObject(value)) for (const [key, v] of Object.entries(value)) yield* walk(v, [...path, key]);
}

/** A copy with what stands at a path replaced; `undefined` takes it away. Keys keep their order. */
function replaced(document: Json, path: Path, by: (value: Json) => Json | undefined, key: (k: string) => string = (k) => k): Json {
  const [head, ...rest] = path;
  const step = (k: string | number, v: Json): Json | undefined =>
    String(k) !== String(head) ? v : rest.length === 0 ? by(v) : replaced(v, rest, by, key);
  if (Array.isArray(document)) return document.map((v, i) => step(i, v)).filter((v): v is Json => v !== undefined);
  if (!isObject(document)) return document;
  const isHere = (k: string): boolean => rest.length === 0 && k === head;
  return Object.fromEntries(
    Object.entries(document).flatMap(([k, v]) => {
      const now = step(k, v);
      return now === undefined ? [] : [[isHere(k) ? key(k) : k, now]];
    }),
  );
}

/** One letter changed in the middle; a name that is none. */
const typo = (name: string): string => {
  const i = Math.floor(name.length / 2);
  const c = name[i]!;
  return `${name.slice(0, i)}${c === 'q' ? 'z' : 'q'}${name.slice(i + 1)}`;
};
const swapped = (value: Json): Json => {
  if (typeof value === 'string') return 5;
  if (typeof value === 'number') return 'x';
  if (typeof value === 'boolean') return 'yes';
  if (Array.isArray(value)) return {};
  return value === null ? {} : [];
};
/** Operators that are easily confused; the examples have to tell them apart. */
const NEIGHBOURS: Record<string, string[]> = {
  '<': ['<=', '>'],
  '<=': ['<', '>='],
  '>': ['>=', '<'],
  '>=': ['>', '<='],
  '==': ['!='],
  '!=': ['=='],
  and: ['or'],
  or: ['and'],
  '!': ['!!'],
  min: ['max'],
};
const WORDS = /^[A-Za-z][A-Za-z.-]*$/;

/** Whether the keys of the object at a path are operators. */
const isLogic = (path: Path): boolean => path.includes('when') || path.includes('calc');

/** Every single mistake of a kind that an admin makes, in one document. */
export function* mutationsOf(document: Json): Generator<Mutation> {
  for (const [path, value] of walk(document)) {
    if (path.length === 0) continue;
    const last = path.at(-1)!;
    const at = pointer(path);
    const make = (kind: Mutation['kind'], name: string, doc: Json, was?: string): Mutation => ({
      kind,
      name: `${name} ${at}`,
      path,
      document: doc,
      ...(was !== undefined && { was }),
    });
    yield make(
      'delete',
      'delete',
      replaced(document, path, () => undefined),
    );
    yield make('swap', 'swap the type of', replaced(document, path, swapped));
    if (typeof last === 'string' && !(path[0] === 'params' && path.length === 2) && last !== 'en' && last !== 'de') {
      if (WORDS.test(last))
        yield make(
          'rename',
          'misspell',
          replaced(document, path, (v) => v, typo),
          last,
        );
      for (const other of isLogic(path.slice(0, -1)) ? (NEIGHBOURS[last] ?? []) : [])
        yield make(
          'operator',
          `${other} for`,
          replaced(
            document,
            path,
            (v) => v,
            () => other,
          ),
        );
    }
    if (typeof value === 'string' && last === 'var')
      yield make(
        'rename',
        `misspell the name`,
        replaced(document, path, () => typo(value)),
        value,
      );
    if (isObject(value) && isLogic(path) && Object.keys(value).length === 1)
      yield make(
        'second-key',
        'a second operator in',
        replaced(document, path, (v) => ({ ...(v as object), '!!': true })),
      );
    if (typeof value === 'string' && /^-?\d+[a-z]+$/.test(value) && last !== 'id') {
      yield make(
        'value',
        'no unit in',
        replaced(document, path, () => value.replace(/[a-z]+$/, '')),
      );
      yield make(
        'value',
        'a unit in words in',
        replaced(document, path, () => value.replace(/[a-z]+$/, ' minutes')),
      );
    }
  }
}
