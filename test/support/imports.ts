import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { insertOrganisation } from '../../db/organisations';
import { rows } from '../../db/database';
import { importTables } from '../../commands/import/import';
import type { ImportOptions, ImportReport } from '../../commands/import/types';
import { publishRules } from '../../commands/publish-rules';
import type { Context } from '../../commands/context';
import { newId } from '../../domain/ids';
import { systemContext } from '../../runtime/organisation';
import { readTables } from '../../runtime/import/tables';
import { defaultRulesFolder, readRuleFiles } from '../../runtime/rule-files';
import type { Lectern } from './lectern';

const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-import-'));
export const removeFiles = (): void => rmSync(folder, { recursive: true, force: true });

const HABITS = { dates: null, decimal: null, country: null, zone: null, currency: null };
export type Files = Record<string, string | Buffer>;
type Options = Partial<Omit<ImportOptions, 'habits'>> & { habits?: Partial<ImportOptions['habits']> };

/** An organisation that tables are brought into. */
export class Importing {
  constructor(
    private readonly lectern: Lectern,
    readonly ctx: Context,
  ) {}

  static async make(lectern: Lectern): Promise<Importing> {
    const id = newId();
    const ctx = systemContext(lectern.db, id, { secret: lectern.at.secret, asOf: lectern.now() });
    await lectern.db.inOrganisation(id, (tx) => insertOrganisation(tx, { id, name: 'Imported', slug: `i-${id}`, homeZone: 'Europe/Berlin' }));
    await publishRules(ctx, { ...readRuleFiles(defaultRulesFolder()), message: 'as shipped' });
    return new Importing(lectern, ctx);
  }

  async bring(files: Files, { habits, ...options }: Options = {}): Promise<ImportReport> {
    const named = Object.entries(files).map(([name, content]) => {
      const file = path.join(folder, name);
      writeFileSync(file, content);
      return file;
    });
    const tables = await readTables(named, { encoding: null, remark: () => undefined });
    this.ctx.asOf = this.lectern.now();
    return importTables(this.ctx, tables, {
      habits: { ...HABITS, ...habits },
      quiet: false,
      dryRun: false,
      progress: () => undefined,
      ...options,
    });
  }

  query<T>(sql: string, bindings: unknown[] = []): Promise<T[]> {
    return this.lectern.db.inOrganisation(this.ctx.organisationId, (tx) => rows<T>(tx, sql, bindings));
  }

  async count(table: string): Promise<number> {
    return (await this.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;
  }
}

export const faultsOf = (report: ImportReport): string[] =>
  report.faults.map((f) => `${path.basename(f.file)} ${f.row} ${f.column}: ${f.fault} → ${f.remedy}`);

export const PEOPLE = [
  'externalId,kind,name,email,phone,zone',
  's-1,student,Maya Invented,,,Europe/Berlin',
  's-2,student,Milo Invented,,,Europe/Berlin',
  'g-1,guardian,Gil Invented,gil@example.invalid,+49 30 901820,Europe/Berlin',
  'i-1,instructor,Ines Invented,ines@example.invalid,,Europe/Berlin',
].join('\n');
export const GUARDIANSHIPS = 'student,guardian\ns-1,g-1\ns-2,g-1\n';
export const SESSIONS = [
  'externalId,title,startsAt,minutes,students,instructor,price,pay,currency',
  'l-1,Fractions,2035-12-03 16:00,60,s-1,i-1,50.00,,EUR',
  'l-2,Debate,2035-12-05 16:00,60,"s-1, s-2",i-1,,,',
].join('\n');
export const AVAILABILITY = 'person,weekday,from,until\ni-1,Mon,15:00,19:00\ni-1,Tue,15:00,24:00\n';
export const BALANCES = 'person,amount,currency\ns-1,90.00,EUR\ns-2,"-12,50",EUR\n';
export const TEACHING = 'person,subjects,languages,clearedUntil,mostADay\ni-1,"Mathematics, English",de,2036-07-31,6\n';
export const SERIES = 'externalId,title,firstDay,weekdays,startTime,minutes,students,instructor\nw-1,Weekly,2035-09-03,"Tue, Thu",16:00,60,s-1,i-1\n';
export const STRIKES = 'externalId,student,kind,date\nk-1,s-1,no-show,2020-02-10\nk-2,s-1,late cancellation,2020-09-14\n';
export const ALL: Files = {
  'people.csv': PEOPLE,
  'guardianships.csv': GUARDIANSHIPS,
  'teaching.csv': TEACHING,
  'availability.csv': AVAILABILITY,
  'series.csv': SERIES,
  'sessions.csv': SESSIONS,
  'strikes.csv': STRIKES,
  'balances.csv': BALANCES,
};
