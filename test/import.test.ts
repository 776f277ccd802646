import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { insertOrganisation } from '../db/organisations';
import { rows } from '../db/database';
import { importTables } from '../commands/import/import';
import type { ImportOptions, ImportReport } from '../commands/import/types';
import { publishRules } from '../commands/publish-rules';
import type { Context } from '../commands/context';
import { newId } from '../domain/ids';
import { systemContext } from '../runtime/organisation';
import { readTables } from '../runtime/import/tables';
import { defaultRulesFolder, readRuleFiles } from '../runtime/rule-files';
import { HOUR, Lectern } from './support/lectern';

jest.setTimeout(120_000);
const lectern = new Lectern();
const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-import-'));
afterAll(async () => {
  await lectern.close();
  rmSync(folder, { recursive: true, force: true });
});

const HABITS = { dates: null, decimal: null, country: null, zone: null, currency: null };
type Files = Record<string, string | Buffer>;
type Options = Partial<Omit<ImportOptions, 'habits'>> & { habits?: Partial<ImportOptions['habits']> };

class Organisation {
  constructor(readonly ctx: Context) {}

  static async make(): Promise<Organisation> {
    const id = newId();
    const ctx = systemContext(lectern.db, id, { secret: lectern.at.secret, asOf: lectern.now() });
    await lectern.db.inOrganisation(id, (tx) => insertOrganisation(tx, { id, name: 'Imported', slug: `i-${id}`, homeZone: 'Europe/Berlin' }));
    await publishRules(ctx, { ...readRuleFiles(defaultRulesFolder()), message: 'as shipped' });
    return new Organisation(ctx);
  }

  async bring(files: Files, { habits, ...options }: Options = {}): Promise<ImportReport> {
    const named = Object.entries(files).map(([name, content]) => {
      const file = path.join(folder, name);
      writeFileSync(file, content);
      return file;
    });
    const tables = await readTables(named, { encoding: null, remark: () => undefined });
    return importTables(this.ctx, tables, {
      habits: { ...HABITS, ...habits },
      quiet: false,
      dryRun: false,
      progress: () => undefined,
      ...options,
    });
  }

  query<T>(sql: string, bindings: unknown[] = []): Promise<T[]> {
    return lectern.db.inOrganisation(this.ctx.organisationId, (tx) => rows<T>(tx, sql, bindings));
  }

  async count(table: string): Promise<number> {
    return (await this.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;
  }
}

const faultsOf = (report: ImportReport): string[] =>
  report.faults.map((f) => `${path.basename(f.file)} ${f.row} ${f.column}: ${f.fault} → ${f.remedy}`);

const PEOPLE = [
  'externalId,kind,name,email,phone,zone',
  's-1,student,Maya Invented,,,Europe/Berlin',
  's-2,student,Milo Invented,,,Europe/Berlin',
  'g-1,guardian,Gil Invented,gil@example.invalid,+49 30 901820,Europe/Berlin',
  'i-1,instructor,Ines Invented,ines@example.invalid,,Europe/Berlin',
].join('\n');
const GUARDIANSHIPS = 'student,guardian\ns-1,g-1\ns-2,g-1\n';
const SESSIONS = [
  'externalId,title,startsAt,minutes,students,instructor,price,pay,currency',
  'l-1,Fractions,2035-12-03 16:00,60,s-1,i-1,50.00,,EUR',
  'l-2,Debate,2035-12-05 16:00,60,"s-1, s-2",i-1,,,',
].join('\n');
const AVAILABILITY = 'person,weekday,from,until\ni-1,Mon,15:00,19:00\ni-1,Tue,15:00,24:00\n';
const BALANCES = 'person,amount,currency\ns-1,90.00,EUR\ns-2,"-12,50",EUR\n';
const ALL: Files = {
  'people.csv': PEOPLE,
  'guardianships.csv': GUARDIANSHIPS,
  'availability.csv': AVAILABILITY,
  'sessions.csv': SESSIONS,
  'balances.csv': BALANCES,
};

test('everything at once, each lesson decided by the rules, and the same again changes nothing', async () => {
  const org = await Organisation.make();
  const first = await org.bring(ALL);
  expect(faultsOf(first)).toEqual([]);
  expect(Object.values(first.tables).map((t) => t.created)).toEqual([4, 2, 2, 2, 2]);
  expect(await org.query('SELECT point, count(*)::int AS n FROM decisions GROUP BY point ORDER BY point')).toEqual([
    { point: 'admission', n: 2 },
    { point: 'obligations', n: 2 },
    { point: 'preparation', n: 2 },
  ]);
  expect(await org.query('SELECT title, status, price_minor, pay_minor FROM sessions ORDER BY title')).toEqual([
    { title: 'Debate', status: 'booked', priceMinor: 4500, payMinor: 3000 },
    { title: 'Fractions', status: 'booked', priceMinor: 5000, payMinor: 3000 },
  ]);
  expect(await org.count('outbox')).toBe(2);
  const before = await org.query(
    'SELECT (SELECT sum(version) FROM people) AS people, (SELECT sum(version) FROM sessions) AS sessions, (SELECT count(*) FROM journals) AS journals',
  );
  const second = await org.bring(ALL);
  expect(Object.values(second.tables).map((t) => [t.created + t.changed, t.unchanged])).toEqual([
    [0, 4],
    [0, 2],
    [0, 2],
    [0, 2],
    [0, 2],
  ]);
  expect(
    await org.query(
      'SELECT (SELECT sum(version) FROM people) AS people, (SELECT sum(version) FROM sessions) AS sessions, (SELECT count(*) FROM journals) AS journals',
    ),
  ).toEqual(before);
});

test('staff that was brought in can be signed in, and consent is on record', async () => {
  const org = await Organisation.make();
  await org.bring({
    'people.csv':
      'externalId,kind,name,email,zone,consentRecording,consentAi\ni-1,instructor,Ines Invented,ines@example.invalid,Europe/Berlin,yes,no\ns-1,student,Maya Invented,,Europe/Berlin,ja,\n',
  });
  expect(await org.query('SELECT p.name, m.role FROM principals p JOIN memberships m ON m.principal_id = p.id')).toEqual([
    { name: 'Ines Invented', role: 'instructor' },
  ]);
  const consents = await org.query<{ name: string; kind: string; granted: boolean }>(
    'SELECT p.name, c.kind, c.granted FROM consents c JOIN people p ON p.id = c.person_id ORDER BY 1, 2',
  );
  expect(consents.map((c) => [c.name, c.kind, c.granted])).toEqual([
    ['Ines Invented', 'ai', false],
    ['Ines Invented', 'recording', true],
    ['Maya Invented', 'recording', true],
  ]);
});

test('one fault anywhere, and nothing is written: every fault has its file, row, column and remedy', async () => {
  const org = await Organisation.make();
  const report = await org.bring({
    ...ALL,
    'people.csv': `${PEOPLE}\ns-3,student,Nia Madeup,nia at example,,Europe/Berlin\ns-3,student,Noa Madeup,,,Europe/Atlantis\n,pupil,,,12,\n`,
    'sessions.csv': `${SESSIONS}\nl-3,Reading,03/04/2035 16:00,60,s-1,i-1,,,\nl-4,Reading,2035-12-03 16:30,60,s-2,i-1,,,\nl-5,Reading,2020-01-01 10:00,60,s-2,i-9,,,\nl-6,Reading,2035-03-25 02:30,60,s-2,i-1,,,\nl-7,Too long,2035-12-09 10:00,600,s-2,i-1,,,\n`,
  });
  expect(faultsOf(report)).toEqual([
    expect.stringMatching(/^people.csv 8 externalId: is empty → fill it in/),
    expect.stringMatching(/^people.csv 8 kind: "pupil" is none of what it may be → one of student, guardian/),
    expect.stringMatching(/^people.csv 8 phone: "12" does not say its country/),
    expect.stringMatching(/^sessions.csv 4 startsAt: "03\/04\/2035 16:00" may be 03 April or 04 March → say which/),
    expect.stringMatching(/^people.csv 6 email: must be one plain e-mail address/),
    expect.stringMatching(/^people.csv 7 externalId: stands in .*people.csv, row 6 already/),
    expect.stringMatching(/^sessions.csv 6 instructor: names "i-9", and there is nobody with that external id/),
    expect.stringMatching(/^sessions.csv 7 startsAt: 2035-03-25 02:30 does not exist in Europe\/Berlin/),
    expect.stringMatching(/^sessions.csv 8 startsAt: the rules refuse this lesson: /),
    expect.stringMatching(/^sessions.csv 5 instructor: somebody is taken by that of .*sessions.csv, row 2/),
  ]);
  expect(report.faultCount).toBe(10);
  for (const table of ['people', 'guardianships', 'sessions', 'availability', 'journals', 'outbox', 'imported_rows'])
    expect([table, await org.count(table)]).toEqual([table, 0]);
});

test('a dry run says what would be, and writes nothing', async () => {
  const org = await Organisation.make();
  const report = await org.bring(ALL, { dryRun: true });
  expect([report.faultCount, report.tables.sessions!.created, report.tables.people!.created]).toEqual([0, 2, 4]);
  for (const table of ['people', 'sessions', 'journals', 'audit'])
    expect([table, await org.count(table)]).toEqual([table, table === 'audit' ? 1 : 0]);
});

test('siblings share an address and a couple a number; the same person twice is a fault, in the file or here', async () => {
  const org = await Organisation.make();
  const header = 'externalId,kind,name,email,phone,zone\n';
  const family =
    's-1,student,Maya Invented,fam@example.invalid,,Europe/Berlin\ns-2,student,Milo Invented,fam@example.invalid,,Europe/Berlin\ng-1,guardian,Gil Invented,fam@example.invalid,+4930901820,Europe/Berlin\ng-2,guardian,Gus Invented,fam@example.invalid,+4930901820,Europe/Berlin\n';
  expect((await org.bring({ 'people.csv': header + family })).faultCount).toBe(0);
  const twice = await org.bring({
    'people.csv': `${header}g-9,guardian,gil  INVENTED,Fam@example.invalid,,Europe/Berlin\ng-10,guardian,New Person,new@example.invalid,,Europe/Berlin\ng-11,guardian,New Person,new@example.invalid,,Europe/Berlin\n`,
  });
  expect(faultsOf(twice)).toEqual([
    expect.stringMatching(/^people.csv 2 name: the same person is known as "g-1"/),
    expect.stringMatching(/^people.csv 4 name: the same person stands in .*people.csv, row 3/),
  ]);
});

test('files as they come: marks, separators, quoted line breaks, Windows-1252, UTF-16, sep=, and formulas that stay text', async () => {
  const org = await Organisation.make();
  const latin = Buffer.from('externalId;kind;name;zone\ns-1;student;J\u00fcrgen M\u00fcller;Europe/Berlin\n', 'latin1');
  const wide = Buffer.from('\ufeffexternalId\tkind\tname\tzone\ns-2\tstudent\tŁucja Invented\tEurope/Berlin\n', 'utf16le');
  const marked =
    '\ufeffsep=;\r\nexternalId;kind;name;zone;goals\r\ns-3;student;"Nia ""N"" Madeup";Europe/Berlin;"two\r\nlines; and more"\r\n;;;;\r\ns-4;student;=HYPERLINK(1);Europe/Berlin;+1-1\r\n';
  const json = JSON.stringify({
    people: [{ externalId: 's-5', kind: 'student', name: 'Juno Invented', zone: 'Europe/Berlin', channels: ['sms', 'email'] }],
    balances: [{ person: 's-5', amount: 12.5, currency: 'EUR' }],
  });
  const report = await org.bring({ 'people-a.csv': latin, 'people-b.csv': wide, 'people-c.csv': marked, 'all.json': json });
  expect(faultsOf(report)).toEqual([]);
  expect(await org.query(`SELECT name, goals, channels FROM people ORDER BY external_id`)).toEqual([
    { name: 'Jürgen Müller', goals: null, channels: ['email'] },
    { name: 'Łucja Invented', goals: null, channels: ['email'] },
    { name: 'Nia "N" Madeup', goals: 'two\r\nlines; and more', channels: ['email'] },
    { name: '=HYPERLINK(1)', goals: '+1-1', channels: ['email'] },
    { name: 'Juno Invented', goals: null, channels: ['sms', 'email'] },
  ]);
  const faulty = await org.bring({
    'people.csv': 'externalId,kind,name,zone,goals\ns-6,student,A Invented,Europe/Berlin,"one\ntwo"\ns-7,pupil,B Invented,Europe/Berlin,\n',
  });
  expect(faulty.faults.map((f) => [f.row, f.column])).toEqual([[3, 'kind']]);
  await expect(org.bring({ 'people.csv': 'externalId,kind\ns-1,"student' })).rejects.toThrow(
    /people.csv: line \d+: a quote is opened and never closed/,
  );
  await expect(org.bring({ 'people.csv': Buffer.from('PK\u0003\u0004workbook') })).rejects.toThrow(
    /is a workbook, not a table. Save each of its sheets as CSV/,
  );
  await expect(org.bring({ 'things.csv': 'a,b\n1,2\n' })).rejects.toThrow(/its header is that of no kind. Say which: lectern import people=/);
});

test('a spreadsheet of another language: dates with dots, decimal commas, numbers of a country, headers mapped', async () => {
  const org = await Organisation.make();
  await org.bring({ 'people.csv': PEOPLE });
  const lessons =
    'Lesson ID;Titel;Datum;von;bis;Schüler;Lehrer;Preis;Währung;Bemerkung\nl-1;"Brüche; Teil 2";10.12.2035;16:00;17:30;s-1|s-2;i-1;1.045,00 €;EUR;bringt ihr Heft mit\n';
  const report = await org.bring({ 'sessions.csv': lessons });
  expect(faultsOf(report)).toEqual([]);
  expect(report.files[0]).toMatchObject({ mapping: { Titel: 'title', Datum: 'date', Schüler: 'students' }, ignored: ['Bemerkung'] });
  const [s] = await org.query<{ startsAt: Date; endsAt: Date; priceMinor: number; title: string }>(
    'SELECT title, starts_at, ends_at, price_minor FROM sessions',
  );
  expect([s!.title, s!.startsAt.toISOString(), s!.endsAt.toISOString(), s!.priceMinor]).toEqual([
    'Brüche; Teil 2',
    '2035-12-10T15:00:00.000Z',
    '2035-12-10T16:30:00.000Z',
    104500,
  ]);
});

test('opening balances are double entries; another amount posts the difference, and nothing posted is touched', async () => {
  const org = await Organisation.make();
  await org.bring({ 'people.csv': PEOPLE, 'balances.csv': BALANCES });
  const again = await org.bring({ 'balances.csv': BALANCES.replace('90.00', '75.00') });
  expect(again.tables.balances).toEqual({ rows: 2, created: 0, changed: 1, unchanged: 1 });
  const sums = await org.query(
    `SELECT e.external_id AS who, array_agg(p.amount_minor::int ORDER BY j.rev) AS posted FROM journals j JOIN postings p ON p.journal_id = j.id JOIN people e ON e.id = j.subject_id WHERE p.account LIKE 'receivable:%' GROUP BY 1 ORDER BY 1`,
  );
  expect(sums).toEqual([
    { who: 's-1', posted: [9000, -1500] },
    { who: 's-2', posted: [-1250] },
  ]);
  expect(await org.query('SELECT currency, sum(amount_minor)::int AS n FROM postings GROUP BY 1')).toEqual([{ currency: 'EUR', n: 0 }]);
});

test('what was changed here stays when the same file comes again; a row that has changed in the file is taken, a lesson’s is not', async () => {
  const org = await Organisation.make();
  await org.bring(ALL);
  await org.query(`UPDATE people SET email = 'new@example.invalid' WHERE external_id = 'g-1'`);
  await org.query(`UPDATE sessions SET starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour' WHERE external_id = 'l-1'`);
  expect((await org.bring(ALL)).faultCount).toBe(0);
  expect(await org.query(`SELECT email FROM people WHERE external_id = 'g-1'`)).toEqual([{ email: 'new@example.invalid' }]);
  const people = PEOPLE.replace('gil@example.invalid', 'gil.other@example.invalid');
  expect((await org.bring({ 'people.csv': people })).tables.people).toEqual({ rows: 4, created: 0, changed: 1, unchanged: 3 });
  expect(await org.query(`SELECT email FROM people WHERE external_id = 'g-1'`)).toEqual([{ email: 'gil.other@example.invalid' }]);
  expect(faultsOf(await org.bring({ 'sessions.csv': SESSIONS.replace('Fractions', 'Decimals') }))).toEqual([
    expect.stringMatching(/^sessions.csv 2 externalId: is a lesson here already .* → move or cancel it in Lectern/),
  ]);
});

test('a time that is taken here is a fault of its row', async () => {
  const org = await Organisation.make();
  await org.bring(ALL);
  const clash = await org.bring({ 'sessions.csv': 'externalId,title,startsAt,minutes,students,instructor\nl-9,Clash,2035-12-03 16:30,30,s-2,i-1\n' });
  expect(faultsOf(clash)).toEqual([
    expect.stringMatching(/^sessions.csv 2 instructor: somebody is taken by a lesson that is booked here \(2035-12-03 15:00/),
  ]);
});

describe('in the organisation that runs', () => {
  /** People and a lesson of a tag's own, as files, in two days. */
  function lesson(tag: string, leadMs: number): Files {
    const startsAt = new Date(Math.ceil((+lectern.now() + leadMs) / 60_000) * 60_000).toISOString();
    return {
      'people.csv': `externalId,kind,name,email,zone\ns-${tag},student,Stu Invented${tag},,Europe/Berlin\ng-${tag},guardian,Gil Invented${tag},gil.${tag}@example.invalid,Europe/Berlin\ni-${tag},instructor,Ines Invented${tag},ines.${tag}@example.invalid,Europe/Berlin\n`,
      'guardianships.csv': `student,guardian\ns-${tag},g-${tag}\n`,
      'sessions.csv': `externalId,title,startsAt,minutes,students,instructor\nl-${tag},Imported,${startsAt},30,s-${tag},i-${tag}\n`,
    };
  }
  const here = (): Organisation =>
    new Organisation(systemContext(lectern.db, lectern.at.organisationId, { secret: lectern.at.secret, asOf: lectern.now() }));
  const sent = async (tag: string): Promise<string[]> => (await lectern.mails({ tag } as never)).map((m) => m.to).sort();
  const sessionOf = async (tag: string): Promise<string> =>
    (await lectern.query<{ id: string }>('SELECT id FROM sessions WHERE external_id = ?', [`l-${tag}`]))[0]!.id;

  test('brought in aloud, everybody concerned gets one confirmation; quietly, nobody hears of it and the reminders come all the same', async () => {
    const [aloud, quiet] = [newId().slice(0, 8), newId().slice(0, 8)];
    await here().bring(lesson(aloud, 25 * HOUR));
    await here().bring(lesson(quiet, 25 * HOUR), { quiet: true });
    await lectern.until('the confirmations', async () => (await sent(aloud)).length >= 2);
    expect(await sent(aloud)).toEqual([`gil.${aloud}@example.invalid`, `ines.${aloud}@example.invalid`]);
    // The day before comes 24 hours ahead: an hour of business time from now.
    await lectern.until('the reminder of the quiet one', async () => (await sent(quiet)).length >= 1);
    const owed = await lectern.query<{ kind: string; state: string; reason: string | null }>(
      `SELECT kind, state, reason FROM obligations WHERE session_id = ? AND kind IN ('confirmation', 'assignment') ORDER BY 1`,
      [await sessionOf(quiet)],
    );
    expect(owed.length).toBeGreaterThan(1);
    expect(owed.every((o) => o.state === 'suppressed' && o.reason === 'imported-quietly')).toBe(true);
    const subjects = (await lectern.mails({ tag: quiet } as never)).map((m) => m.subject);
    expect(subjects.every((s) => !/confirm/i.test(s))).toBe(true);
    // A workflow was started for each, as for any booking.
    await lectern.status(await sessionOf(quiet), 'booked', 'ready');
  });

  test('a lesson nobody can be told of is held for a coordinator, as any booking is', async () => {
    const tag = newId().slice(0, 8);
    const files = lesson(tag, 48 * HOUR);
    const report = await here().bring({ 'people.csv': files['people.csv']!, 'sessions.csv': files['sessions.csv']! });
    expect([report.faultCount, report.held]).toEqual([0, 1]);
    await lectern.openStep(await sessionOf(tag), 'booking');
  });
});
