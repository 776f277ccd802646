import { createHash } from 'node:crypto';
import { addAudit } from '../db/audit';
import { lookupTables, replaceLookupTable, type LookupRow } from '../db/lookup-tables';
import type { Tx } from '../db/database';
import { loadActiveSet } from '../decisions/rule-sets';
import { lookupKey } from '../domain/lookup-key';
import { nearest } from '../domain/nearest';
import { cellValue } from '../policy/facts/cell';
import { specOfFact } from '../policy/facts/declare';
import { TABLE_NAME, type LookupDocument } from '../policy/facts/types';
import { WRITTEN } from '../policy/units';
import type { Context } from './context';

/** A table as it was read from a file. */
export interface GivenTable {
  /** As facts name it: "schools.csv". */
  name: string;
  header: readonly string[];
  /** `row` as a spreadsheet counts: the header is 1. */
  rows: readonly { row: number; cells: readonly string[] }[];
}
export interface TableFault {
  row: number;
  column: string;
  fault: string;
  remedy: string;
}
export interface TableReport {
  name: string;
  columns: string[];
  rows: number;
  /** Everything that is wrong; nothing is written when there is any. The first of them, and how many there are. */
  faults: TableFault[];
  faultCount: number;
  /** Grows with each import; null when nothing was written. */
  version: number | null;
  /** Facts of the rules in force that take a column of it. */
  facts: string[];
}

const [MOST_ROWS, MOST_COLUMNS, MOST_CELL, MOST_FAULTS] = [100_000, 50, 1_000, 1_000];
const UNSEEN = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

function faultsOfHeader({ name, header, rows }: GivenTable): TableFault[] {
  const fault = (column: string, what: string, remedy: string): TableFault => ({ row: 1, column, fault: what, remedy });
  const faults: TableFault[] = [];
  if (!TABLE_NAME.test(name))
    faults.push(fault('', `"${name}" is no name of a table`, 'name it in letters, digits, dashes, with .csv, as in --as schools.csv'));
  if (header.length < 2) faults.push(fault(header[0] ?? '', 'there is a key and nothing to look up', 'add a column'));
  if (header.length > MOST_COLUMNS) faults.push(fault('', `there are ${header.length} columns`, `leave ${MOST_COLUMNS} of them`));
  if (rows.length > MOST_ROWS) faults.push(fault('', `there are ${rows.length} rows`, `bring in at most ${MOST_ROWS}`));
  header.forEach((column, i) => {
    if (column === '') faults.push(fault(`column ${i + 1}`, 'the column has no name', 'name it in the first row'));
    else if (column.length > 100 || UNSEEN.test(column) || FORBIDDEN.includes(column))
      faults.push(fault(`column ${i + 1}`, 'the column has no name that can be used', 'name it in up to 100 letters'));
    else if (header.indexOf(column) !== i) faults.push(fault(column, 'two columns have this name', 'name one otherwise'));
  });
  return faults;
}

/** The columns that facts of the rules in force take have to be there. */
function faultsOfFacts({ header }: GivenTable, facts: readonly LookupDocument[]): TableFault[] {
  return facts
    .filter((f) => !header.slice(1).includes(f.column))
    .map((f) => {
      const near = nearest(f.column, header.slice(1));
      const remedy = near ? `call it so; "${near}" is near to it` : 'add it, or publish rules that do not need it';
      return { row: 1, column: f.column, fault: `${f.fact} takes this column, and it is not there`, remedy };
    });
}

function faultsOfCell(cell: string, row: number, column: string, facts: readonly LookupDocument[]): TableFault[] {
  if (cell.length > MOST_CELL) return [{ row, column, fault: `has ${cell.length} letters`, remedy: `shorten it to ${MOST_CELL}` }];
  if (UNSEEN.test(cell)) return [{ row, column, fault: 'holds a line break or a character that nobody sees', remedy: 'take it out' }];
  return facts
    .filter((f) => f.column === column && cellValue(f, cell) === undefined)
    .map((f) => ({
      row,
      column,
      fault: `"${cell}" is nothing that ${f.fact} can be`,
      remedy: f.values
        ? `one of: ${f.values.join(', ')}`
        : `write ${f.type === 'boolean' ? 'yes or no' : WRITTEN[specOfFact(f).type].replace(/"/g, '')}`,
    }));
}

function readRows(table: GivenTable, facts: readonly LookupDocument[]): { list: LookupRow[]; faults: TableFault[] } {
  const { header, rows } = table;
  const seen = new Map<string, number>();
  const faults: TableFault[] = [];
  const list = rows.map(({ row, cells }) => {
    const given = header.map((_, i) => (cells[i] ?? '').trim());
    if (cells.slice(header.length).some((c) => c.trim() !== ''))
      faults.push({ row, column: `column ${header.length + 1}`, fault: 'has no name in the first row', remedy: 'name the column, or take it out' });
    header.forEach((column, i) => faults.push(...faultsOfCell(given[i]!, row, column, facts)));
    const key = lookupKey(given[0]!);
    const before = seen.get(key);
    if (key === '') faults.push({ row, column: header[0]!, fault: 'is empty', remedy: 'give the row a key' });
    else if (before !== undefined)
      faults.push({ row, column: header[0]!, fault: `"${given[0]!}" stands in row ${before} as well`, remedy: 'leave one of them' });
    else seen.set(key, row);
    return { key, cells: Object.fromEntries(header.slice(1).map((column, i) => [column, given[i + 1]!])) };
  });
  return { list, faults };
}

/** What facts of the rules in force look up in, and nobody has brought in: they are not known until somebody does. */
export async function missingTables(tx: Tx): Promise<{ table: string; facts: string[] }[]> {
  const facts = (await loadActiveSet(tx)).compiled.facts.filter((f) => f.kind === 'lookup');
  if (facts.length === 0) return [];
  const there = (await lookupTables(tx)).map((t) => t.name);
  const missing = [...new Set(facts.map((f) => f.table))].filter((table) => !there.includes(table));
  return missing.map((table) => ({ table, facts: facts.filter((f) => f.table === table).map((f) => f.fact) }));
}

const lookupsOf = async (tx: Tx, name: string): Promise<LookupDocument[]> =>
  (await loadActiveSet(tx)).compiled.facts.filter((f) => f.kind === 'lookup' && f.table === name) as LookupDocument[];

/**
 * Puts a table in the place of the one of its name, all or nothing: whatever is wrong is told by row and column. Its first column is the
 * key. What facts of the rules in force take of it has to be of their type. From then on the next question is answered by it.
 */
export function importTable(ctx: Context, table: GivenTable): Promise<TableReport> {
  const { name, header, rows } = table;
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const facts = await lookupsOf(tx, name);
    const inHeader = faultsOfHeader(table);
    const { list, faults: inRows } = inHeader.length > 0 ? { list: [], faults: [] } : readRows(table, facts);
    const faults = [...inHeader, ...faultsOfFacts(table, facts), ...inRows];
    const report = { name, columns: [...header], rows: rows.length, facts: facts.map((f) => f.fact) };
    if (faults.length > 0) return { ...report, faults: faults.slice(0, MOST_FAULTS), faultCount: faults.length, version: null };
    const hash = createHash('sha256')
      .update(JSON.stringify([header, list]))
      .digest('hex');
    const version = await replaceLookupTable(
      tx,
      { name, columns: [...header], hash, importedAt: ctx.asOf, importedBy: ctx.principal.kind === 'system' ? null : ctx.principal.id },
      list,
    );
    await addAudit(tx, ctx, 'rules.table', 'lookup-table', name, { hash, rows: list.length, version });
    return { ...report, faults: [], faultCount: 0, version };
  });
}
