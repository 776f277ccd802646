import path from 'node:path';
import { importTable, type TableReport } from '../../commands/import-table';
import { lookupTables } from '../../db/lookup-tables';
import type { Config } from '../config';
import { readCsv } from '../import/csv';
import { encodingOf, ENCODINGS, type Encoding } from '../import/text';
import { print, printJson, progress, UsageError } from './output';
import { actingOn } from './rule-versions';

export interface TableOptions {
  as?: string;
  encoding?: string;
  json?: boolean;
}

const MOST_SHOWN = 50;

function show(file: string, { name, rows, columns, facts, version, faults, faultCount }: TableReport): void {
  for (const f of faults.slice(0, MOST_SHOWN)) print(`${file}: row ${f.row}, ${f.column || 'the table'}: ${f.fault}. What to do: ${f.remedy}.`);
  if (faultCount > MOST_SHOWN) print(`… and ${faultCount - MOST_SHOWN} more (--json lists the first thousand)`);
  if (faultCount > 0) return print(`${faultCount} fault${faultCount === 1 ? '' : 's'}: nothing was brought in`);
  const used =
    facts.length > 0 ? `${facts.join(', ')} look${facts.length === 1 ? 's' : ''} up in it` : 'no fact of the rules in force looks up in it yet';
  print(`${name}: ${rows} rows by ${columns[0]!}, version ${version!}; ${used}`);
}

/** Brings in a table for the rules to look up in, in the place of the one of its name, all or nothing. Exit 2 with any fault. */
export async function rulesTableImport(config: () => Promise<Config>, file: string, o: TableOptions): Promise<number> {
  if (o.encoding !== undefined && !(ENCODINGS as readonly string[]).includes(o.encoding))
    throw new UsageError(`--encoding is "${o.encoding}"; one of: ${ENCODINGS.join(', ')}`);
  const encoding = (o.encoding as Encoding | undefined) ?? (await encodingOf(file));
  if (encoding !== 'utf-8' && o.encoding === undefined) progress(`${file}: read as ${encoding}; say --encoding if its letters come out wrong`);
  const table = await readCsv(file, encoding);
  if (table.header.length === 0) throw new UsageError(`${file}: is empty. Its first row has to name its columns.`);
  return actingOn(await config(), async (ctx) => {
    const report = await importTable(ctx, { name: o.as ?? path.basename(file), ...table });
    if (o.json) printJson(report);
    else show(file, report);
    return report.faultCount > 0 ? 2 : 0;
  });
}

/** The tables that there are to look up in. */
export const rulesTables = (config: Config, { json }: TableOptions): Promise<number> =>
  actingOn(config, async ({ db, organisationId }) => {
    const tables = await db.inOrganisation(organisationId, lookupTables);
    if (json) printJson(tables);
    else if (tables.length === 0) print('There is no table to look up in: npx lectern rules table import FILE.csv');
    else
      for (const t of tables) print(`${t.name}: ${t.rowCount} rows by ${t.columns.join(', ')}; version ${t.version}, ${t.importedAt.toISOString()}`);
    return 0;
  });
