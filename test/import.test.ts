import { newId } from '../domain/ids';
import { ALL, faultsOf, GUARDIANSHIPS, Importing, PEOPLE, removeFiles, SESSIONS } from './support/imports';
import { Lectern } from './support/lectern';

jest.setTimeout(120_000);
const lectern = new Lectern();
afterAll(async () => {
  await lectern.close();
  removeFiles();
});

test('everything at once, each lesson decided by the rules, and the same again changes nothing', async () => {
  const org = await Importing.make(lectern);
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
  const org = await Importing.make(lectern);
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
  const org = await Importing.make(lectern);
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
  const org = await Importing.make(lectern);
  const report = await org.bring(ALL, { dryRun: true });
  expect([report.faultCount, report.tables.sessions!.created, report.tables.people!.created]).toEqual([0, 2, 4]);
  for (const table of ['people', 'sessions', 'journals', 'audit'])
    expect([table, await org.count(table)]).toEqual([table, table === 'audit' ? 1 : 0]);
});

test('siblings share an address and a couple a number; the same person twice is a fault, in the file or here', async () => {
  const org = await Importing.make(lectern);
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
  const org = await Importing.make(lectern);
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
  const org = await Importing.make(lectern);
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

test('a lesson in a closure is a fault of its row, in the words of the rules; one of another branch is not concerned', async () => {
  const org = await Importing.make(lectern);
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
  const org = await Importing.make(lectern);
  await org.bring(ALL);
  const clash = await org.bring({ 'sessions.csv': 'externalId,title,startsAt,minutes,students,instructor\nl-9,Clash,2035-12-03 16:30,30,s-2,i-1\n' });
  expect(faultsOf(clash)).toEqual([
    expect.stringMatching(/^sessions.csv 2 instructor: somebody is taken by a lesson that is booked here \(2035-12-03 15:00/),
  ]);
});
