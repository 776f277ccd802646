import { newId } from '../domain/ids';
import { makeChange } from '../commands/change';
import { ALL, BALANCES, faultsOf, Importing, PEOPLE, removeFiles, SESSIONS, STRIKES, type Files } from './support/imports';
import { HOUR, Lectern } from './support/lectern';

jest.setTimeout(120_000);
const lectern = new Lectern();
afterAll(async () => {
  await lectern.close();
  removeFiles();
});

test('opening balances are double entries; another amount posts the difference, and nothing posted is touched', async () => {
  const org = await Importing.make(lectern);
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
  const org = await Importing.make(lectern);
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
  const org = await Importing.make(lectern);
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
  const org = await Importing.make(lectern);
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
  const org = await Importing.make(lectern);
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
