import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { UsageError } from '../cli/output';
import { textOf, type Encoding } from './text';

export interface RawTable {
  header: string[];
  rows: { row: number; cells: string[] }[];
}

const SEPARATORS = [',', ';', '\t', '|'] as const;

/** What parts the cells: whatever of these stands most often in the first line, outside quotes. */
function separatorOf(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const counted = SEPARATORS.map((s) => ({ s, n: bare.split(s).length }));
  return counted.reduce((a, b) => (b.n > a.n ? b : a)).s;
}

const WHY: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed; close it, or take it out',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell; double it and put quotes around the cell',
  CSV_INVALID_CLOSING_QUOTE: 'something stands behind a closing quote; double quotes that belong to a text',
};

function asUsage(file: string, error: unknown): Error {
  if (!(error instanceof CsvError)) return error as Error;
  return new UsageError(`${file}: line ${error.lines ?? '?'}: ${WHY[error.code] ?? 'is no CSV'}. Nothing was brought in.`);
}

/** The text without what some spreadsheets put before it (`sep=;`), and what parts its cells. */
async function opened(text: AsyncGenerator<string>): Promise<{ separator: string; rest: AsyncGenerator<string>; skipped: number }> {
  let head = '';
  while (!/\n[\s\S]*\n/.test(head)) {
    const { value, done } = await text.next();
    if (done) break;
    head += value;
  }
  const said = /^sep=(.)\r?\n/i.exec(head);
  const begin = said ? head.slice(said[0].length) : head;
  async function* rest(): AsyncGenerator<string> {
    yield begin;
    yield* text;
  }
  return { separator: said?.[1] ?? separatorOf(begin.split(/\r?\n/)[0]!), rest: rest(), skipped: said ? 1 : 0 };
}

/** Reads a CSV file a record at a time. Rows are counted as a spreadsheet shows them: a cell of several lines is one row. */
export async function readCsv(file: string, encoding: Encoding): Promise<RawTable> {
  const { separator, rest, skipped } = await opened(textOf(file, encoding));
  const source = Readable.from(rest);
  const parser = source.pipe(parse({ delimiter: separator, relax_column_count: true, skip_empty_lines: false }));
  source.on('error', (error) => parser.destroy(error));
  const table: RawTable = { header: [], rows: [] };
  let row = skipped;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      row++;
      if (cells.every((cell) => cell.trim() === '')) continue;
      if (table.header.length === 0) table.header = cells.map((cell) => cell.trim());
      else table.rows.push({ row, cells });
    }
  } catch (error) {
    throw asUsage(file, error);
  }
  while (table.header.at(-1) === '' && table.rows.every((r) => (r.cells[table.header.length - 1] ?? '').trim() === '')) table.header.pop();
  return table;
}
