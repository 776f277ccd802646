import { readCells } from '../../domain/import/cells';
import { mapHeader } from '../../domain/import/header';
import type { Faults, ImportOptions, ImportReport, MappedColumns, Row, Table } from './types';

const EACH = 20_000;

/** How a file names our columns; by our own name where it does not. */
function namer(header: readonly string[], columns: MappedColumns): (column: string) => string {
  const given = new Map(columns.flatMap((c, i) => (c ? [[c.name, header[i]!] as const] : [])));
  return (column) => given.get(column) ?? column;
}

/** Reads the rows of a table by our columns; what is wrong goes to `faults`, and its row is left out. */
export function readRows(table: Table, faults: Faults, { habits, progress }: ImportOptions): { rows: Row[]; file: ImportReport['files'][number] } {
  const { file, kind, header } = table;
  const { columns, faults: ofHeader } = mapHeader(kind, header);
  const named = namer(header, columns);
  for (const f of ofHeader) faults.add({ file, row: 1, named: (c) => c }, f.column, f);
  const rows: Row[] = [];
  if (ofHeader.length === 0)
    table.rows.forEach(({ row, cells }, n) => {
      const at = { file, row, named };
      const read = readCells({ columns, header, cells }, habits);
      for (const f of read.faults) faults.add({ ...at, named: (c) => c }, f.column, f);
      if (read.faults.length === 0) rows.push({ at, values: read.values });
      if ((n + 1) % EACH === 0) progress(`${file}: ${n + 1} of ${table.rows.length} rows read`);
    });
  const mapping = Object.fromEntries(columns.flatMap((c, i) => (c ? [[header[i]!, c.name]] : [])));
  return { rows, file: { file, kind, rows: table.rows.length, mapping, ignored: header.filter((_, i) => columns[i] === null) } };
}
