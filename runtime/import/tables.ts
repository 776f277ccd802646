import path from 'node:path';
import type { Table } from '../../commands/import/types';
import { IMPORT_KINDS, type ImportKind } from '../../domain/import/columns';
import { kindsOf } from '../../domain/import/header';
import { UsageError } from '../cli/output';
import { readCsv } from './csv';
import { readJson } from './json';
import { encodingOf, type Encoding } from './text';

const isKind = (word: string): word is ImportKind => (IMPORT_KINDS as readonly string[]).includes(word);

/** `sessions=lessons.csv` names the kind; otherwise the file's name does, or its header. */
function named(argument: string): { file: string; kind: ImportKind | null } {
  const said = /^([a-z]+)=(.+)$/.exec(argument);
  if (said && isKind(said[1]!)) return { file: said[2]!, kind: said[1] };
  const word = path
    .basename(argument)
    .toLowerCase()
    .split(/[^a-z]/)[0]!;
  return { file: argument, kind: isKind(word) ? word : null };
}

function kindFor(file: string, header: readonly string[]): ImportKind {
  const kinds = kindsOf(header);
  if (kinds.length === 1) return kinds[0]!;
  const what = kinds.length === 0 ? 'its header is that of no kind' : `it may be ${kinds.join(' or ')}`;
  throw new UsageError(`${file}: ${what}. Say which: lectern import people=${file} (one of ${IMPORT_KINDS.join(', ')}).`);
}

/** Reads files into tables, in the order of what needs what; `remark` hears what was taken for something. */
export async function readTables(
  files: readonly string[],
  { encoding, remark }: { encoding: Encoding | null; remark: (line: string) => void },
): Promise<Table[]> {
  const tables: Table[] = [];
  for (const argument of files) {
    const { file, kind } = named(argument);
    const written = encoding ?? (await encodingOf(file));
    if (written !== 'utf-8' && !encoding) remark(`${file}: read as ${written}; say --encoding if its letters come out wrong`);
    if (/\.json$/i.test(file)) {
      const parts = await readJson(file, written);
      tables.push(...parts.map(({ kind: of, table }) => ({ file, kind: of ?? kind ?? kindFor(file, table.header), ...table })));
    } else {
      const table = await readCsv(file, written);
      if (table.header.length === 0) throw new UsageError(`${file}: is empty. Its first row has to name its columns.`);
      tables.push({ file, kind: kind ?? kindFor(file, table.header), ...table });
    }
  }
  return tables;
}
