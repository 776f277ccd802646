import { IMPORT_KINDS, type ImportKind } from '../../domain/import/columns';
import { jsonFault, jsonFaultAt, placeIn } from '../../domain/json-place';
import { UsageError } from '../cli/output';
import type { RawTable } from './csv';
import { textOf, type Encoding } from './text';

const SHAPE = `a list of objects, or an object of such lists by kind (${IMPORT_KINDS.join(', ')})`;

/** A value as a cell has it. Nothing is kept that a cell could not say. */
function cellOf(value: unknown, at: string): string {
  if (value === null || value === undefined) return '';
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value as string);
  if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return value.join('|');
  throw new UsageError(`${at}: is a ${Array.isArray(value) ? 'list' : 'object'}. Write a text, a number, true, false or null; a list only of texts.`);
}

function tableOf(list: unknown, at: string): RawTable {
  if (!Array.isArray(list)) throw new UsageError(`${at}: is not a list. Write ${SHAPE}.`);
  const header: string[] = [];
  const index = new Map<string, number>();
  const rows = list.map((item: unknown, i) => {
    if (item === null || typeof item !== 'object' || Array.isArray(item)) throw new UsageError(`${at}[${i}]: is not an object. Write ${SHAPE}.`);
    const cells: string[] = [];
    for (const [name, value] of Object.entries(item)) {
      if (!index.has(name)) index.set(name, header.push(name) - 1);
      cells[index.get(name)!] = cellOf(value, `${at}[${i}].${name}`);
    }
    return { row: i + 1, cells: Array.from(cells, (c) => c ?? '') };
  });
  return { header, rows };
}

/** Reads a JSON file: one list, or several by their kinds. A row is counted from 1 within its list. */
export async function readJson(file: string, encoding: Encoding): Promise<{ kind: ImportKind | null; table: RawTable }[]> {
  let text = '';
  for await (const part of textOf(file, encoding)) text += part;
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${file}: ${placeIn(text, jsonFaultAt(text))}: is not JSON: ${jsonFault(error)}.`);
  }
  if (Array.isArray(value)) return [{ kind: null, table: tableOf(value, file) }];
  if (value === null || typeof value !== 'object') throw new UsageError(`${file}: is not what is expected. Write ${SHAPE}.`);
  return Object.entries(value).map(([name, list]) => {
    const kind = IMPORT_KINDS.find((k) => k === name);
    if (!kind) throw new UsageError(`${file}: "${name}" is no kind. Write ${SHAPE}.`);
    return { kind, table: tableOf(list, `${file}: ${name}`) };
  });
}
