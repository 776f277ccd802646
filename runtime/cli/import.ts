import { importTables } from '../../commands/import/import';
import type { ImportReport } from '../../commands/import/types';
import { IMPORT_KINDS, type ImportKind } from '../../domain/import/columns';
import { templateOf } from '../../domain/import/header';
import { isSupportedCountry } from '../../domain/import/phones';
import { isZone } from '../../domain/time';
import { LecternError } from '../../domain/errors';
import type { Config } from '../config';
import { ENCODINGS, type Encoding } from '../import/text';
import { readTables } from '../import/tables';
import { systemContext } from '../organisation';
import { print, printJson, progress, UsageError } from './output';
import { withGround } from './with-lectern';

export interface ImportCommand {
  template?: string;
  quiet?: boolean;
  dryRun?: boolean;
  json?: boolean;
  zone?: string;
  country?: string;
  currency?: string;
  dates?: 'dmy' | 'mdy';
  decimal?: 'comma' | 'point';
  encoding?: string;
}

const MOST_SHOWN = 50;

function showFaults({ faults, faultCount }: ImportReport): void {
  for (const { file, row, column, fault, remedy } of faults.slice(0, MOST_SHOWN))
    print(`${file}: row ${row}, ${column}: ${fault}. What to do: ${remedy}.`);
  if (faultCount > MOST_SHOWN) print(`… and ${faultCount - MOST_SHOWN} more (--json lists the first thousand)`);
  print(`${faultCount} fault${faultCount === 1 ? '' : 's'}: nothing was brought in`);
}

function showMapping({ files }: ImportReport): void {
  for (const { file, kind, rows, mapping, ignored } of files) {
    const renamed = Object.entries(mapping).flatMap(([given, name]) => (given === name ? [] : [`${given} → ${name}`]));
    progress(`${file}: ${rows} rows of ${kind}${renamed.length > 0 ? `; ${renamed.join(', ')}` : ''}`);
    if (ignored.length > 0) progress(`${file}: not read: ${ignored.join(', ')}`);
  }
}

function show(report: ImportReport): void {
  if (report.faultCount > 0) return showFaults(report);
  for (const [kind, t] of Object.entries(report.tables)) print(`${kind}: ${t.created} new, ${t.changed} changed, ${t.unchanged} as they were`);
  if (report.held > 0) print(`${report.held} lessons are held for a coordinator`);
  if (report.changesHeld > 0) print(`${report.changesHeld} changes of lessons are held for a coordinator`);
  if (report.leftOut > 0)
    print(
      `${report.leftOut} lessons ahead that were brought in before are not in these files, and stay as they are: cancel in Lectern what does not take place`,
    );
  const isNothing = Object.values(report.tables).every((t) => t.created + t.changed === 0);
  if (isNothing) print('nothing changed: all of it is here already');
  else if (report.dryRun) print('nothing was written (--dry-run)');
}

function template(kind: string): number {
  if (!(IMPORT_KINDS as readonly string[]).includes(kind)) throw new UsageError(`"${kind}" is no kind; one of: ${IMPORT_KINDS.join(', ')}`);
  print(templateOf(kind as ImportKind));
  return 0;
}

function checkOptions({ zone, country, encoding, currency }: ImportCommand): void {
  if (zone !== undefined && !isZone(zone)) throw new UsageError(`--zone is "${zone}"; it is an IANA zone such as Europe/Berlin`);
  if (country !== undefined && !isSupportedCountry(country.toUpperCase())) throw new UsageError(`--country is "${country}"; it is a code such as DE`);
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) throw new UsageError(`--currency is "${currency}"; it is a code such as EUR`);
  if (encoding !== undefined && !(ENCODINGS as readonly string[]).includes(encoding))
    throw new UsageError(`--encoding is "${encoding}"; one of: ${ENCODINGS.join(', ')}`);
}

/** `lectern import`: brings people and what concerns them, series, lessons and balances in, all or nothing. Exit 2 with any fault. */
export async function runImport(config: () => Promise<Config>, files: readonly string[], o: ImportCommand): Promise<number> {
  if (o.template !== undefined) return template(o.template);
  if (files.length === 0) throw new UsageError('Name a CSV or JSON file; npx lectern import --template people prints its columns.');
  checkOptions(o);
  // Files are read before anything is started: what cannot be read is said at once.
  const tables = await readTables(files, { encoding: (o.encoding as Encoding | undefined) ?? null, remark: progress });
  const { quiet = false, dryRun = false, zone = null, currency = null, dates = null, decimal = null } = o;
  const habits = { zone, currency, dates, decimal, country: o.country?.toUpperCase() ?? null };
  return withGround(await config(), async ({ db, engines, first, now }) => {
    const ctx = systemContext(db, first.organisationId, { secret: engines.secret, asOf: now() });
    const report = await importTables(ctx, tables, { habits, quiet, dryRun, progress }).catch((error: unknown) => {
      throw error instanceof LecternError && error.code !== 'internal' ? new UsageError(error.message) : error;
    });
    showMapping(report);
    if (o.json) printJson(report);
    else show(report);
    return report.faultCount > 0 ? 2 : 0;
  });
}
