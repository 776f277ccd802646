import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { insertOrganisation } from '../db/organisations';
import { rows } from '../db/database';
import { bookIn } from '../commands/book';
import { importTables } from '../commands/import/import';
import type { ImportOptions, ImportReport } from '../commands/import/types';
import { makeChange } from '../commands/change';
import { publishRules } from '../commands/publish-rules';
import { fillSeries } from '../commands/series/fill';
import type { Context } from '../commands/context';
import { newId } from '../domain/ids';
import { systemContext } from '../runtime/organisation';
import { readTables } from '../runtime/import/tables';
import { defaultRulesFolder, readRuleFiles } from '../runtime/rule-files';
import { HOUR, Lectern } from './support/lectern';
import { DAY, filled, inDays } from './support/series';

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
    this.ctx.asOf = lectern.now();
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
const TEACHING = 'person,subjects,languages,clearedUntil,mostADay\ni-1,"Mathematics, English",de,2036-07-31,6\n';
const SERIES = 'externalId,title,firstDay,weekdays,startTime,minutes,students,instructor\nw-1,Weekly,2035-09-03,"Tue, Thu",16:00,60,s-1,i-1\n';
const STRIKES = 'externalId,student,kind,date\nk-1,s-1,no-show,2020-02-10\nk-2,s-1,late cancellation,2020-09-14\n';
const ALL: Files = {
  'people.csv': PEOPLE,
  'guardianships.csv': GUARDIANSHIPS,
  'teaching.csv': TEACHING,
  'availability.csv': AVAILABILITY,
  'series.csv': SERIES,
  'sessions.csv': SESSIONS,
  'strikes.csv': STRIKES,
  'balances.csv': BALANCES,
};

test('everything at once, each lesson decided by the rules, and the same again changes nothing', async () => {
  const org = await Organisation.make();
  const first = await org.bring(ALL);
  expect(faultsOf(first)).toEqual([]);
  expect(Object.values(first.tables).map((t) => t.created)).toEqual([4, 2, 1, 2, 1, 2, 2, 2]);
  expect(await org.query('SELECT point, count(*)::int AS n FROM decisions GROUP BY point ORDER BY point')).toEqual([
    { point: 'acknowledgement', n: 2 },
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
    [0, 1],
    [0, 2],
    [0, 1],
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
  for (const table of ['people', 'guardianships', 'teaching', 'availability', 'series', 'sessions', 'strikes', 'journals', 'outbox', 'imported_rows'])
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

test('what was changed here stays when the same file comes again; a row that has changed in the file is taken, the name of a lesson is not', async () => {
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
    expect.stringMatching(/^sessions.csv 2 title: is "Fractions" here, and no file changes it → leave it as it was brought in/),
  ]);
});

test('what instructors teach, and strikes: columns that are not there keep what is known, a term is told from its day, and what was forgiven here stays so', async () => {
  const org = await Organisation.make();
  await org.query(`INSERT INTO terms (id, name, starts_on, ends_on) VALUES (?, 'Spring 2020', '2020-01-07', '2020-07-15')`, [newId()]);
  await org.bring(ALL);
  const taught = (): Promise<object[]> => org.query('SELECT subjects, languages, cleared_until, most_a_day FROM teaching');
  // A clearance holds all of its last day, on the instructor's clock.
  const clearedUntil = new Date('2036-07-31T22:00:00Z');
  expect(await taught()).toEqual([{ subjects: ['Mathematics', 'English'], languages: ['de'], clearedUntil, mostADay: 6 }]);
  const again = await org.bring({ 'teaching.csv': 'Lehrkraft;Fächer\ni-1;Physik|Chemie\n' });
  expect([faultsOf(again), again.tables.teaching]).toEqual([[], { rows: 1, created: 0, changed: 1, unchanged: 0 }]);
  expect(await taught()).toEqual([{ subjects: ['Physik', 'Chemie'], languages: ['de'], clearedUntil, mostADay: 6 }]);
  const strikes = (): Promise<object[]> =>
    org.query(
      `SELECT k.external_id AS id, t.name AS term, k.kind, k.happened_on::text AS day, k.state FROM strikes k LEFT JOIN terms t ON t.id = k.term_id ORDER BY 1`,
    );
  expect(await strikes()).toEqual([
    { id: 'k-1', term: 'Spring 2020', kind: 'no-show', day: '2020-02-10', state: 'counted' },
    { id: 'k-2', term: null, kind: 'late-cancellation', day: '2020-09-14', state: 'counted' },
  ]);
  await org.query(`UPDATE strikes SET state = 'forgiven' WHERE external_id = 'k-1'`);
  const third = await org.bring({ 'strikes.csv': STRIKES.replace('2020-09-14', '2020-03-02') });
  expect(third.tables.strikes).toEqual({ rows: 2, created: 0, changed: 1, unchanged: 1 });
  expect(await strikes()).toMatchObject([{ state: 'forgiven' }, { term: 'Spring 2020', day: '2020-03-02', state: 'counted' }]);
  const wrong = await org.bring({
    'strikes.csv':
      'id,student,kind,date,term\nk-3,s-1,lateness,2020-02-10,\nk-4,s-1,absent,2035-02-10,\nk-5,i-1,absent,2020-02-10,Autumn\nk-6,s-2,absent,2020-08-10,Spring 2020\n',
    'teaching.csv': 'person,subjects,languages,mostADay\ns-1,Physics,,\ni-1,Physics,Klingonisch,300\ni-1,Physics,,\n',
  });
  expect(faultsOf(wrong)).toEqual([
    expect.stringMatching(/^strikes.csv 2 kind: "lateness" is no kind of strike → write no-show or late-cancellation/),
    expect.stringMatching(/^teaching.csv 2 person: names "s-1", who is a student → name a instructor/),
    expect.stringMatching(/^teaching.csv 3 languages: /),
    expect.stringMatching(/^teaching.csv 3 mostADay: must be 1 to 200 sessions/),
    expect.stringMatching(/^teaching.csv 4 person: stands in .*teaching.csv, row 3 already/),
    expect.stringMatching(/^strikes.csv 3 date: is ahead/),
    expect.stringMatching(/^strikes.csv 4 student: names "i-1", who is a instructor/),
    expect.stringMatching(/^strikes.csv 4 term: there is no term called "Autumn"; there is Spring 2020/),
    expect.stringMatching(/^strikes.csv 5 term: 2020-08-10 is not in Spring 2020 \(2020-01-07 to 2020-07-15\)/),
  ]);
});

test('series as spreadsheets and calendars write them; what no series can be is a fault of its column', async () => {
  const org = await Organisation.make();
  await org.bring({ 'people.csv': PEOPLE });
  const sheet =
    'Serien-ID;Titel;ab;Ende am;Wochentage;von;bis;Schüler;Lehrer;außer\nw-2;Lesekreis;03.09.2035;18.07.2036;Mi/Fr;18:00;18:45;s-1|s-2;i-1;05.09.2035,07.09.2035\n';
  const rule =
    'externalId,title,firstDay,rrule,startTime,minutes,students,instructor\nw-3,Monthly,2035-09-03,"RRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=9",16:00,30,s-1,i-1\n';
  const lone = 'externalId,title,firstDay,everyWeeks,startTime,minutes,students,instructor\nw-4,Fortnightly,2035-09-05,2,10:00,30,s-1,i-1\n';
  expect(faultsOf(await org.bring({ 'lesekreis.csv': sheet, 'series-b.csv': rule, 'series-c.csv': lone }))).toEqual([]);
  expect(
    await org.query('SELECT external_id AS id, rrule, rule_start, clock, length_minutes AS minutes, exdates, quietly FROM series ORDER BY 1'),
  ).toEqual([
    {
      id: 'w-2',
      rrule: 'FREQ=WEEKLY;BYDAY=WE,FR;UNTIL=20360718',
      ruleStart: '2035-09-05T18:00',
      clock: '18:00',
      minutes: 45,
      exdates: ['2035-09-05T18:00', '2035-09-07T18:00'],
      quietly: false,
    },
    { id: 'w-3', rrule: 'FREQ=MONTHLY;BYDAY=1MO;COUNT=9', ruleStart: '2035-09-03T16:00', clock: '16:00', minutes: 30, exdates: [], quietly: false },
    { id: 'w-4', rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=WE', ruleStart: '2035-09-05T10:00', clock: '10:00', minutes: 30, exdates: [], quietly: false },
  ]);
  const wrong = await org.bring({
    'series.csv': [
      'externalId,title,firstDay,lastDay,weekdays,rrule,startTime,endTime,students,instructor,exceptDays',
      'w-4,Changed,2035-09-05,,,,10:00,10:30,s-1,i-1,',
      'w-5,Over,2019-09-02,2020-07-01,Mon,,10:00,10:30,s-1,i-1,',
      'w-6,Twice,2035-09-03,,Mon,FREQ=DAILY,10:00,10:30,s-1,i-1,',
      'w-7,No rule,2035-09-03,,,EVERY MONDAY,10:00,10:30,s-1,i-1,',
      'w-8,Backwards,2035-09-03,,,,10:30,10:00,s-1,i-1,',
      'w-9,Nobody,2035-09-03,,Mon Tag,,10:00,10:30,s-9,i-1,',
      'w-10,Not then,2035-09-04,,,FREQ=WEEKLY;BYDAY=MO,10:00,10:30,s-1,i-1,2035-09-05',
    ].join('\n'),
  });
  expect(faultsOf(wrong)).toEqual([
    expect.stringMatching(/^series.csv 7 weekdays: "Tag" is no day of the week/),
    expect.stringMatching(/^series.csv 2 externalId: is a series here already .* → change or end the series in Lectern/),
    expect.stringMatching(/^series.csv 3 firstDay: all of its lessons are past/),
    expect.stringMatching(/^series.csv 4 weekdays: says again what the rule says/),
    expect.stringMatching(/^series.csv 5 rrule: /),
    expect.stringMatching(/^series.csv 6 minutes: there is no length/),
    expect.stringMatching(/^series.csv 8 firstDay: is not a time of the rule/),
    expect.stringMatching(/^series.csv 8 exceptDays: 2035-09-05T10:00 is not a time of the rule/),
  ]);
});

test('a lesson whose row is another one is changed as anybody changes it; what was changed here since is not changed back, and what is left out stays', async () => {
  const org = await Organisation.make();
  await org.bring(ALL);
  const row = (id: string, title: string, at: string, students: string): string => `${id},${title},${at},60,"${students}",i-1`;
  const file = (...rows: string[]): Files => ({ 'sessions.csv': ['externalId,title,startsAt,minutes,students,instructor', ...rows].join('\n') });
  const debate = row('l-2', 'Debate', '2035-12-05 16:00', 's-1');
  const made = (): Promise<object[]> =>
    org.query(`SELECT s.external_id AS id, c.kind, c.rev, c.reason FROM changes c JOIN sessions s ON s.id = c.session_id ORDER BY c.made_at, 1, 3`);
  // The new lesson has the time that the moved one leaves.
  const moved = file(row('l-1', 'Fractions', '2035-12-03 18:30', 's-1'), debate, row('l-3', 'New', '2035-12-03 16:00', 's-2'));
  const first = await org.bring(moved);
  expect([faultsOf(first), first.tables.sessions]).toEqual([[], { rows: 3, created: 1, changed: 2, unchanged: 0 }]);
  const both = [
    { id: 'l-1', kind: 'reschedule', rev: 2, reason: 'imported' },
    { id: 'l-2', kind: 'drop', rev: 2, reason: 'imported' },
  ];
  expect(await made()).toEqual(both);
  expect((await org.bring(moved)).tables.sessions).toEqual({ rows: 3, created: 0, changed: 0, unchanged: 3 });
  expect(await made()).toEqual(both);
  const notices = (): Promise<{ rev: number; reason: string | null }[]> =>
    org.query(
      `SELECT DISTINCT o.rev, o.reason FROM obligations o JOIN sessions s ON s.id = o.session_id WHERE s.external_id = 'l-1' AND o.kind = 'change' ORDER BY 1`,
    );
  expect((await notices()).map((n) => n.reason)).not.toContain('imported-quietly');
  expect(faultsOf(await org.bring(file(row('l-1', 'Fractions', '2035-12-03 19:00', 's-1')), { quiet: true }))).toEqual([]);
  expect((await notices()).filter((n) => n.rev === 3)).toEqual([{ rev: 3, reason: 'imported-quietly' }]);
  const [{ id }] = (await org.query<{ id: string }>(`SELECT id FROM sessions WHERE external_id = 'l-1'`)) as [{ id: string }];
  const at = new Date('2035-12-03T19:30:00Z');
  await makeChange(org.ctx, id, { kind: 'reschedule', startsAt: at, endsAt: new Date(+at + HOUR) });
  const back = await org.bring(file(row('l-1', 'Fractions', '2035-12-03 20:00', 's-1')));
  expect(faultsOf(back)).toEqual([expect.stringMatching(/^sessions.csv 2 externalId: is a lesson here already .*, was changed in Lectern since/)]);
  const asItIs = await org.bring(file(row('l-1', 'Fractions', '2035-12-03 20:30', 's-1')));
  expect([faultsOf(asItIs), asItIs.tables.sessions!.unchanged, asItIs.leftOut]).toEqual([[], 1, 2]);
  const clash = await org.bring(file(row('l-1', 'Fractions', '2035-12-05 16:30', 's-2'), debate));
  expect(faultsOf(clash)).toEqual([expect.stringMatching(/^sessions.csv 2 instructor: somebody is taken by a lesson that is booked here/)]);
  // What the change machine refuses is a fault of its row as well, and takes all the rest back.
  const exchanged = await org.bring(file(row('l-1', 'Fractions', '2035-12-05 16:00', 's-1'), row('l-2', 'Debate', '2035-12-03 20:30', 's-1')));
  expect(faultsOf(exchanged)).toEqual([
    expect.stringMatching(/^sessions.csv 2 startsAt: Somebody on this session already has a lesson .* → .*bring one of them in first/),
    expect.stringMatching(/^sessions.csv 3 startsAt: Somebody on this session already has a lesson .* → .*bring one of them in first/),
  ]);
  expect(await org.query(`SELECT rev FROM sessions WHERE external_id IN ('l-1', 'l-2') ORDER BY external_id`)).toEqual([{ rev: 4 }, { rev: 2 }]);
});

test('a lesson in a closure is a fault of its row, in the words of the rules; one of another branch is not concerned', async () => {
  const org = await Organisation.make();
  await org.query(
    `INSERT INTO closures (id, state, branch, starts_at, ends_at, reason, created_at) VALUES (?, 'active', 'north', '2035-12-03', '2035-12-04', 'painters', now())`,
    [newId()],
  );
  const rows =
    'externalId,title,startsAt,minutes,students,instructor,branch\nl-1,Shut,2035-12-03 16:00,60,s-1,i-1,north\nl-2,Open,2035-12-03 10:00,60,s-1,i-1,south\n';
  const report = await org.bring({ 'people.csv': PEOPLE, 'guardianships.csv': GUARDIANSHIPS, 'sessions.csv': rows });
  expect(faultsOf(report)).toEqual([expect.stringMatching(/^sessions.csv 2 startsAt: the rules refuse this lesson: /)]);
});

test('a time that is taken here is a fault of its row', async () => {
  const org = await Organisation.make();
  await org.bring(ALL);
  const clash = await org.bring({ 'sessions.csv': 'externalId,title,startsAt,minutes,students,instructor\nl-9,Clash,2035-12-03 16:30,30,s-2,i-1\n' });
  expect(faultsOf(clash)).toEqual([
    expect.stringMatching(/^sessions.csv 2 instructor: somebody is taken by a lesson that is booked here \(2035-12-03 15:00/),
  ]);
});

test('a time that somebody is booking meanwhile is waited for and refused, and nothing of the import stays; run again it is a fault of its row', async () => {
  const org = await Organisation.make();
  await org.bring({ 'people.csv': PEOPLE, 'guardianships.csv': GUARDIANSHIPS });
  const ids = new Map((await org.query<{ id: string; externalId: string }>('SELECT id, external_id FROM people')).map((p) => [p.externalId, p.id]));
  const startsAt = new Date('2035-12-03T15:00:00Z');
  const rival = { title: 'Rival', startsAt, endsAt: new Date(+startsAt + HOUR), studentIds: [ids.get('s-1')!], instructorId: ids.get('i-1')! };
  const files = { 'people.csv': `${PEOPLE}\ns-3,student,Mona Invented,,,Europe/Berlin`, 'sessions.csv': SESSIONS };
  // Booked and not committed yet: the import waits until it is one or the other.
  const imported = await lectern.db.inOrganisation(org.ctx.organisationId, async (tx) => {
    await bookIn(org.ctx, tx, rival, { keys: [] });
    const [{ pid }] = (await rows<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
    const outcome = org.bring(files);
    await lectern.until(
      'the import to wait',
      async () => (await org.query('SELECT 1 FROM pg_stat_activity WHERE ? = ANY(pg_blocking_pids(pid))', [pid]))[0],
    );
    return { outcome };
  });
  const fault = expect.stringMatching(/taken by a lesson that is booked here \(2035-12-03 15:00/) as string;
  await expect(imported.outcome).rejects.toMatchObject({ code: 'slot-clash' });
  expect(await org.count('people')).toBe(4);
  expect(await org.bring(files)).toMatchObject({ faults: ['students', 'instructor'].map((column) => ({ row: 2, column, fault })) });
  expect([await org.count('people'), await org.count('sessions')]).toEqual([4, 1]);
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

  test('a series that comes quietly is filled as any other, and nobody is told of the lessons they know of; of those that follow they are', async () => {
    const tag = newId().slice(0, 8);
    const { 'people.csv': people, 'guardianships.csv': guardianships } = lesson(tag, DAY);
    const rows = `externalId,title,firstDay,startTime,minutes,students,instructor\nw-${tag},Quiet series,${inDays(lectern, 3).slice(0, 10)},10:00,60,s-${tag},i-${tag}\n`;
    const files = { 'people.csv': people!, 'guardianships.csv': guardianships!, 'series.csv': rows };
    expect((await here().bring(files, { quiet: true })).tables.series).toMatchObject({ created: 1 });
    const [{ id }] = (await lectern.query<{ id: string }>('SELECT id FROM series WHERE external_id = ?', [`w-${tag}`])) as [{ id: string }];
    const { occurrences } = await filled(lectern, id);
    expect(occurrences.map((o) => o.outcome)).toEqual(Array<string>(8).fill('booked'));
    const announcements = (): Promise<{ state: string; reason: string | null; n: number }[]> =>
      lectern.query(
        `SELECT o.state, o.reason, count(*)::int AS n FROM obligations o JOIN occurrences c ON c.session_id = o.session_id
         WHERE c.series_id = ? AND o.kind IN ('confirmation', 'assignment') GROUP BY 1, 2 ORDER BY 1`,
        [id],
      );
    expect(await announcements()).toEqual([{ state: 'suppressed', reason: 'imported-quietly', n: 24 }]);
    expect((await here().bring(files, { quiet: true })).tables.series).toMatchObject({ created: 0, unchanged: 1 });
    const later = new Date(+lectern.now() + 8 * DAY);
    await fillSeries({ ...here().ctx, asOf: later }, id);
    expect((await announcements()).find((o) => o.reason !== 'imported-quietly')).toMatchObject({ n: 3 });
  });

  test('the instructor of a lesson that is brought in acknowledges it as of one that is booked; at short notice nobody is asked', async () => {
    const [ahead, short] = [newId().slice(0, 8), newId().slice(0, 8)];
    await here().bring(lesson(ahead, 100 * HOUR), { quiet: true });
    await here().bring(lesson(short, 25 * HOUR), { quiet: true });
    const asked = (id: string): Promise<{ until: number; name: string }[]> =>
      lectern.query(
        `SELECT round(extract(epoch FROM s.starts_at - a.check_at) / 3600)::integer AS until, p.name FROM acknowledgements a
         JOIN sessions s ON s.id = a.session_id JOIN people p ON p.id = a.person_id WHERE a.session_id = ?`,
        [id],
      );
    expect(await asked(await sessionOf(ahead))).toEqual([{ until: 44, name: `Ines Invented${ahead}` }]);
    expect(await asked(await sessionOf(short))).toEqual([]);
    const { status } = await lectern.api('POST', `/v1/sessions/${await sessionOf(ahead)}/acknowledgement`);
    expect(status).toBe(200);
  });

  test('a lesson nobody can be told of is held for a coordinator, as any booking is', async () => {
    const tag = newId().slice(0, 8);
    const files = lesson(tag, 48 * HOUR);
    const report = await here().bring({ 'people.csv': files['people.csv']!, 'sessions.csv': files['sessions.csv']! });
    expect([report.faultCount, report.held]).toEqual([0, 1]);
    await lectern.openStep(await sessionOf(tag), 'booking');
  });
});
