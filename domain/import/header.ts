import { nearest } from '../nearest';
import { COLUMNS, IMPORT_KINDS, type Column, type ImportKind } from './columns';

const plain = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

const namesOf = (c: Column): string[] => [c.name, ...(c.also ?? [])].map(plain);

export interface Mapped {
  /** For each given name the column that it is; null when none is. */
  columns: (Column | null)[];
  faults: { column: string; fault: string; remedy: string }[];
}

/** Which column a name means: its own name before what others call it. */
const columnFor = (kind: ImportKind, name: string): Column | undefined =>
  COLUMNS[kind].find((c) => plain(c.name) === plain(name)) ?? COLUMNS[kind].find((c) => namesOf(c).includes(plain(name)));

/**
 * What a table's header means. A name that is nothing of ours is left out, but one that is nearly one of ours is a fault: an
 * address that nobody reads would be missed only when it is needed.
 */
export function mapHeader(kind: ImportKind, header: readonly string[]): Mapped {
  const faults: Mapped['faults'] = [];
  const columns = header.map((name) => columnFor(kind, name) ?? null);
  const known = COLUMNS[kind].map((c) => c.name);
  header.forEach((name, i) => {
    const column = columns[i];
    const twin = columns.findIndex((c) => c !== null && c === column);
    if (column && twin < i)
      faults.push({ column: name, fault: `means ${column.name}, and so does "${header[twin]}"`, remedy: 'leave one of the two out' });
    const missing = known.filter((k) => !columns.some((c) => c?.name === k));
    const meant = column || plain(name).length < 4 ? null : nearest(plain(name), missing.map(plain));
    const suggestion = missing.find((k) => plain(k) === meant);
    if (suggestion && plain(name) !== meant)
      faults.push({ column: name, fault: `is no column of ${kind}`, remedy: `write ${suggestion} if that is meant, or leave the column out` });
  });
  for (const c of COLUMNS[kind])
    if (c.required && !columns.includes(c))
      faults.push({ column: c.name, fault: 'is missing', remedy: `add a column ${c.name}: ${c.meaning} (npx lectern import --template ${kind})` });
  return { columns, faults };
}

const neededOf = (kind: ImportKind): string[] => COLUMNS[kind].filter((c) => c.required).map((c) => c.name);

/** The kinds that a header has all needed columns of, but for those that ask for less of the same than another of them. */
export function kindsOf(header: readonly string[]): ImportKind[] {
  const isIn = (kind: ImportKind): boolean => COLUMNS[kind].every((c) => !c.required || header.some((name) => columnFor(kind, name) === c));
  const found = IMPORT_KINDS.filter(isIn);
  const isLess = (a: string[], b: string[]): boolean => a.length < b.length && a.every((name) => b.includes(name));
  return found.filter((kind) => !found.some((other) => isLess(neededOf(kind), neededOf(other))));
}

export const templateOf = (kind: ImportKind): string => COLUMNS[kind].map((c) => c.name).join(',');
