import { newId } from '../domain/ids';
import { bookIn, bookSession } from '../commands/book';
import type { ImportReport } from '../commands/import/types';
import { rows } from '../db/database';
import { fillSeries } from '../commands/series/fill';
import { systemContext } from '../runtime/organisation';
import { faultsOf, GUARDIANSHIPS, Importing, PEOPLE, removeFiles, SESSIONS, TEACHING, type Files } from './support/imports';
import { HOUR, Lectern } from './support/lectern';
import { DAY, filled, inDays } from './support/series';

jest.setTimeout(120_000);
const lectern = new Lectern();
afterAll(async () => {
  await lectern.close();
  removeFiles();
});

test('a time that somebody is booking meanwhile is waited for and refused, and nothing of the import stays; run again it is a fault of its row', async () => {
  const org = await Importing.make(lectern);
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

test('a lesson that the rules would refuse beside one that is booked while it is written does not come in; any other does', async () => {
  const org = await Importing.make(lectern);
  await org.bring({ 'people.csv': PEOPLE, 'guardianships.csv': GUARDIANSHIPS, 'teaching.csv': TEACHING.replace(',6', ',1') });
  const ids = new Map((await org.query<{ id: string; externalId: string }>('SELECT id, external_id FROM people')).map((p) => [p.externalId, p.id]));
  const [header, first, second] = SESSIONS.split('\n');
  /** Brings a row in, and books a lesson of its instructor when all rows are checked and written and nothing is committed. */
  const beside = async (row: string, bookedAt: string): Promise<ImportReport> => {
    const startsAt = new Date(bookedAt);
    const rival = { title: 'Rival', startsAt, endsAt: new Date(+startsAt + HOUR), studentIds: [ids.get('s-2')!], instructorId: ids.get('i-1')! };
    let report: Promise<ImportReport> | undefined;
    const takenBack = new Error('taken back');
    const holding = lectern.db.inOrganisation(org.ctx.organisationId, async (tx) => {
      // The import remembers its rows last of all, and waits for whoever has one of them.
      await rows(tx, `INSERT INTO imported_rows (kind, external_id, hash, imported_at) VALUES ('sessions', ?, '', now()) RETURNING 1 AS one`, [
        row.split(',')[0],
      ]);
      const [{ pid }] = (await rows<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
      report = org.bring({ 'sessions.csv': `${header}\n${row}\n` });
      report.catch(() => undefined);
      await lectern.until(
        'the import to wait',
        async () => (await org.query('SELECT 1 FROM pg_stat_activity WHERE ? = ANY(pg_blocking_pids(pid))', [pid]))[0],
      );
      await bookSession(org.ctx, rival);
      throw takenBack;
    });
    await expect(holding).rejects.toBe(takenBack);
    return report!;
  };
  await expect(beside(first!, '2035-12-03T09:00:00Z')).rejects.toMatchObject({ code: 'slot-clash' });
  expect([await org.count('sessions'), faultsOf(await org.bring({ 'sessions.csv': `${header}\n${first}\n` }))]).toEqual([
    1,
    [expect.stringMatching(/^sessions.csv 2 startsAt: the rules refuse this lesson: /)],
  ]);
  // Of another day the instructor has none: the lesson comes in, although they were booked meanwhile.
  expect((await beside(second!, '2035-12-06T09:00:00Z')).tables.sessions).toMatchObject({ created: 1 });
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
  const here = (): Importing =>
    new Importing(lectern, systemContext(lectern.db, lectern.at.organisationId, { secret: lectern.at.secret, asOf: lectern.now() }));
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
