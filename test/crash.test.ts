import { lockSession } from '../db/sessions';
import { crowd } from './support/crowd';
import { HOUR, Lectern, MINUTE, TRANSCRIPT, type Cast, type Mail } from './support/lectern';
import { OwnLectern } from './support/own-lectern';
import { Processes } from './support/processes';
import { bookSeries, filled, inDays, readSeries, wallOf, weekly } from './support/series';
import { besideAll, expectAskedOnce } from './support/shadow';

jest.setTimeout(240_000);
const own = new OwnLectern();
let connection: string;
let key: string;
let lectern: Lectern;

/** After a start the ports may be others; the key of the first start stays valid. */
async function restart(): Promise<void> {
  await lectern.close();
  connection = JSON.stringify({ ...(JSON.parse(await own.start()) as object), adminKey: key });
  lectern = new Lectern(connection);
}

beforeAll(async () => {
  connection = await own.start();
  key = (JSON.parse(connection) as { adminKey: string }).adminKey;
  lectern = new Lectern(connection);
  await besideAll(lectern);
});
afterAll(async () => {
  await lectern.close();
  await own.stop();
});

async function finish(sessionId: string): Promise<void> {
  await lectern.status(sessionId, 'documenting');
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  await lectern.decide(await lectern.openStep(sessionId, 'documentation.review'), 'approve');
  expect(await lectern.closed(sessionId)).toBe('settled');
}

test.each<[string, ('postgres' | 'temporal' | 'catcher')[]]>([
  ['worker and server', []],
  ['everything', ['postgres', 'temporal', 'catcher']],
])('kill -9 of %s in mid-lesson, then start: the same end, nothing twice', async (_name, engines) => {
  const cast = await lectern.cast(2);
  const sessionId = await lectern.book(cast, 40 * MINUTE, {}, 3 * HOUR);
  await lectern.status(sessionId, 'live');
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  await own.kill(...engines);
  await restart();
  await finish(sessionId);
  await expectOnce(sessionId, await lectern.mails(cast), 2);
});

/** Nothing twice at the sink or in the ledger, nothing owed without its end, and everything that was sent was stored. */
async function expectOnce(sessionId: string, mails: { messageId: string }[], students: number): Promise<void> {
  expect(mails.length).toBeGreaterThan(5);
  expect(new Set(mails.map((m) => m.messageId)).size).toBe(mails.length);
  const ledger = await lectern.query<{ kind: string }>(`SELECT kind FROM journals WHERE session_id = ?`, [sessionId]);
  expect(ledger.map((j) => j.kind).sort()).toEqual([...Array<string>(students).fill('charge'), 'payout']);
  const obligations = await lectern.query<{ state: string; id: string }>('SELECT id, state FROM obligations WHERE session_id = ?', [sessionId]);
  expect(obligations.filter((o) => ['planned', 'claimed', 'in-doubt'].includes(o.state))).toEqual([]);
  const sent = obligations.filter((o) => o.state === 'delivered').map((o) => o.id);
  expect(mails.map((m) => m.messageId.slice(1, 37)).sort()).toEqual(sent.sort());
}

test('kill -9 of the worker and of the server, each a process of its own, in mid-lesson: the same end, nothing twice', async () => {
  await own.kill();
  const processes = new Processes(lectern.at, own.home);
  await processes.start('server');
  await processes.start('worker');
  await lectern.close();
  lectern = new Lectern(JSON.stringify({ ...(JSON.parse(connection) as object), adminKey: key, url: processes.url }));
  const answers = (): Promise<unknown> => lectern.until('the server', async () => (await fetch(`${processes.url}/readyz`).catch(() => null))?.ok);
  await answers();
  const cast = await lectern.cast(2);
  const sessionId = await lectern.book(cast, 40 * MINUTE, {}, 3 * HOUR);
  await lectern.status(sessionId, 'live');
  const closure = await killInMidBatch(processes);
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  await processes.kill('server');
  await processes.start('worker');
  await processes.start('server');
  await answers();
  await finish(sessionId);
  await expectOnce(sessionId, await lectern.mails(cast), 2);
  await expectChangedOnce(closure);
  await processes.kill('worker');
  await processes.kill('server');
  await restart();
});

/** Killed as soon as some of it is done. */
async function killedOnceSome(what: string, count: () => Promise<number>, all: number): Promise<void> {
  await lectern.until(what, async () => (await count()) >= 3);
  await own.kill();
  await restart();
  expect(await count()).toBeLessThanOrEqual(all);
}

test('kill -9 in the middle of filling a series, and in the middle of editing it: each lesson once, and one message tells of the edit', async () => {
  const lessons = 20;
  const cast = await lectern.cast(1);
  const id = await bookSeries(
    lectern,
    weekly(lectern, cast, { firstLesson: inDays(lectern, 4), rrule: `FREQ=DAILY;COUNT=${lessons}`, lengthMinutes: 30 }),
  );
  const count = async (sql: string): Promise<number> => (await lectern.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, [id]))[0]!.n;
  await killedOnceSome('some lessons', () => count('occurrences WHERE series_id = ?'), lessons);
  const { occurrences } = await filled(lectern, id);
  expect(occurrences.map((o) => o.outcome)).toEqual(Array(lessons).fill('booked'));
  expect(await count(`participants WHERE person_id = (SELECT instructor_id FROM series WHERE id = ?) AND holds_slot`)).toBe(lessons);
  const body = { scope: 'all', original: occurrences[0]!.original, wallTime: `${occurrences[0]!.original.slice(0, 11)}15:00`, reason: 'swimming' };
  expect((await lectern.api('POST', `/v1/series/${id}/changes`, body)).status).toBe(200);
  const items = `batch_items i JOIN batches b ON b.id = i.batch_id WHERE b.cause_id = ? AND i.state = 'done'`;
  await killedOnceSome('some changes', () => count(items), lessons);
  await lectern.until(
    'the edit to be done',
    async () => (await count(items)) === lessons && (await count(`batches WHERE cause_id = ? AND state = 'done'`)) === 1,
  );
  const after = await readSeries(lectern, id);
  expect(after.occurrences.map((o) => [o.sessionId, wallOf(o.startsAt).slice(11)])).toEqual(occurrences.map((o) => [o.sessionId, '15:00']));
  expect(await count(`changes WHERE session_id IN (SELECT session_id FROM occurrences WHERE series_id = ?)`)).toBe(lessons);
  const told = async (): Promise<string[]> => (await lectern.mails(cast)).filter((m) => m.subject.includes('swimming')).map((m) => m.to.slice(0, 3));
  await lectern.until('both to be told', async () => (await told()).length >= 2);
  expect((await told()).sort()).toEqual(['gil', 'ine']);
});

test('kill -9 in the middle of two groups going together: they do it once, wholly, and each family reads of it once', async () => {
  const casts = [await lectern.cast(2), await lectern.cast(2)] as const;
  const startsAt = new Date(+lectern.now() + 49 * HOUR);
  const times = { startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + 30 * MINUTE).toISOString() };
  // Each needs three and has two; it is asked two days before, an hour from now.
  const asGroup = { minStudents: 3, capacity: 6, subject: `Both ${casts[0].tag}`, ...times };
  const ids = [await lectern.book(casts[0], 0, asGroup), await lectern.book(casts[1], 0, asGroup)];
  const heard = async (cast: Cast): Promise<string[]> =>
    (await lectern.mails(cast)).filter((m) => m.to.startsWith('gil')).map((m) => `${m.to.slice(0, 4)} ${m.subject.split(':')[0]}`);
  await lectern.until('the confirmations', async () => (await Promise.all(casts.map(heard))).every((all) => all.length === 2));
  const studentsOf = `SELECT session_id, person_id FROM participants WHERE session_id = ANY(?::uuid[]) AND role = 'student'`;
  await lectern.in(async (tx) => {
    // The cancellation of one is under way, and waits for the place of a student.
    await tx.raw(`${studentsOf} FOR UPDATE`, [`{${ids}}`]);
    await lectern.until('the merger to wait', async () => {
      const waiting = await lectern.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'lectern-worker'`);
      return waiting.length > 0;
    });
    await own.kill();
  });
  await restart();
  const status = async (id: string): Promise<string> => (await lectern.session(id)).status;
  const gone = await lectern.until('one of them to be gone', async () => {
    const states = await Promise.all(ids.map(status));
    return states.includes('cancelled') && ids[states.indexOf('cancelled')];
  });
  await lectern.closed(gone);
  const [moved, kept] = gone === ids[0] ? casts : [casts[1], casts[0]];
  await lectern.until('those who moved to be told', async () => (await heard(moved)).length === 4);
  const stays = ids.find((id) => id !== gone)!;
  const on = await lectern.query<{ sessionId: string; personId: string }>(`${studentsOf} AND holds_slot`, [`{${ids}}`]);
  expect(on.map((p) => `${p.sessionId} ${p.personId}`).sort()).toEqual(casts.flatMap((c) => c.studentIds.map((s) => `${stays} ${s}`)).sort());
  expect((await heard(moved)).sort()).toEqual(['gil0 Booked', 'gil0 Together with another group', 'gil1 Booked', 'gil1 Together with another group']);
  expect((await heard(kept)).sort()).toEqual(['gil0 Booked', 'gil1 Booked']);
  expect(await status(stays)).toBe('booked');
});

interface Closed {
  path: string;
  cast: Cast;
  sessionIds: string[];
}
type Batch = { state: string; done: number; total: number };
const batchOf = async (path: string): Promise<Batch> => (await lectern.api<{ batches: Batch[] }>('GET', path)).body.batches[0]!;

/** A closure over eight lessons, whose batch waits for the sixth when the worker is killed. */
async function killInMidBatch(processes: Processes): Promise<Closed> {
  const cast = await lectern.cast(1);
  const branch = `branch-${cast.tag}`;
  const sessionIds: string[] = [];
  for (let n = 0; n < 8; n++) sessionIds.push(await lectern.book(cast, (20 * 24 + 2 * n) * HOUR, { branch }));
  const at = (hours: number): string => new Date(+lectern.now() + hours * HOUR).toISOString();
  return lectern.in(async (tx) => {
    await lockSession(tx, sessionIds[5]!);
    const made = await lectern.api<{ id: string }>('POST', '/v1/closures', { from: at(19 * 24), to: at(22 * 24), reason: 'a flood', branch });
    const path = `/v1/closures/${made.body.id}`;
    const batch = await lectern.until('five to be changed', async () => {
      const found = await batchOf(path);
      return found.done === 5 && found;
    });
    expect(batch).toMatchObject({ state: 'running', total: 8 });
    await processes.kill('worker');
    return { path, cast, sessionIds };
  });
}

async function expectChangedOnce({ path, cast, sessionIds }: Closed): Promise<void> {
  await lectern.until('the batch to end', async () => (await batchOf(path)).state === 'done');
  const changed = await lectern.query<{ n: number }>(
    'SELECT count(*)::integer AS n FROM changes WHERE session_id = ANY(?::uuid[]) GROUP BY session_id',
    [`{${sessionIds}}`],
  );
  expect(changed).toEqual(Array(8).fill({ n: 1 }));
  const told = async (): Promise<string[]> => (await lectern.mails(cast)).filter((m) => /a flood/.test(m.subject)).map((m) => m.to);
  await lectern.until('household and instructor to be told', async () => (await told()).length >= 2);
  expect((await told()).sort()).toEqual([`gil0.${cast.tag}@example.invalid`, `ines.${cast.tag}@example.invalid`]);
}

/** Lessons of thirty whose messages a pause keeps. */
const PAUSED_LESSONS = 3;

test('a pause stands through a kill; of a release that is killed nothing leaves, and of one that is killed while it sends nothing twice', async () => {
  const { body: pause } = await lectern.api<{ id: string }>('POST', '/v1/ops/pause', { all: true, reason: 'Invented trouble' });
  const path = `/v1/ops/pause/${pause.id}`;
  const casts = await Promise.all(Array.from({ length: PAUSED_LESSONS }, () => crowd(lectern, 30, true)));
  const ids = await Promise.all(casts.map((cast) => lectern.book(cast, 26 * HOUR)));
  const owed = (): Promise<{ id: string; kind: string; step: string; state: string; reason: string | null }[]> =>
    lectern.query('SELECT * FROM obligations WHERE session_id = ANY(?::uuid[])', [`{${ids}}`]);
  const wait = async (): Promise<number> =>
    (
      await lectern.query(`SELECT 1 FROM obligations WHERE session_id = ANY(?::uuid[]) AND state = 'planned' AND due_at <= ?`, [
        `{${ids}}`,
        lectern.now(),
      ])
    ).length;
  const mails = async (): Promise<Mail[]> => (await Promise.all(casts.map((cast) => lectern.mails(cast)))).flat();
  // To guardians and students: confirmations at once; two hours later ways in and the reminder of the day before; and three to the instructor.
  const ALL = (6 * 30 + 3) * PAUSED_LESSONS;
  await lectern.until('everything to wait', async () => (await wait()) === ALL);

  // The release waits for the lock of a lesson when whoever does it is killed.
  await lectern.in(async (tx) => {
    await lockSession(tx, ids[0]!);
    const releasing = lectern.api('POST', `${path}/release`).catch(() => 'cut');
    await lectern.until('the release to wait', async () => {
      const waiting = await lectern.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'lectern-server'`);
      return waiting.length > 0;
    });
    await own.kill();
    expect(await releasing).toBe('cut');
  });
  await restart();
  const { body: stands } = await lectern.api<{ released: null; waiting: number }>('GET', path);
  expect(stands.released).toBeNull();
  expect(stands.waiting).toBeGreaterThanOrEqual(ALL);
  expect(await mails()).toEqual([]);

  const { body: freed } = await lectern.api<{ released: { sent: number; suppressed: number } }>('POST', `${path}/release`);
  expect(freed.released.sent + freed.released.suppressed).toBeGreaterThanOrEqual(ALL);
  await lectern.until('some to have left', async () => (await mails()).length >= 10);
  await own.kill();
  await restart();
  await lectern.until(
    'everything to have its end',
    async () => (await wait()) === 0 && (await owed()).every((o) => !['claimed', 'in-doubt'].includes(o.state)),
  );
  const ended = await owed();
  expect(ended.filter((o) => o.step === 'day-before').map((o) => `${o.state} ${o.reason}`)).toEqual(
    Array(2 * 30 * PAUSED_LESSONS).fill('suppressed collapsed-into-confirmation'),
  );
  const sent = await mails();
  expect(sent.map((m) => m.key.split('.')[0]).sort()).toEqual(
    ended
      .filter((o) => o.state === 'delivered')
      .map((o) => o.id)
      .sort(),
  );
  // The students are told through their guardians.
  expect(sent).toHaveLength((2 * 30 + 3) * PAUSED_LESSONS);
});

/** The sink stores the mail and withholds its 250; the sender is killed before it knows. */
async function killBeforeThe250(forgetClaims: boolean): Promise<{ copies: number; state: string }> {
  const cast = await lectern.cast(1);
  const withhold = (path: string, body?: object) =>
    fetch(`${lectern.at.catcherUrl}/test/${path}`, body ? { method: 'POST', body: JSON.stringify(body) } : {});
  await withhold('withhold', { count: 1 });
  const sessionId = await lectern.book(cast, 100 * HOUR);
  await lectern.until('the withheld mail', async () => ((await (await withhold('withheld')).json()) as { withheld: number }).withheld > 0);
  const stored = await lectern.until('the stored mail', async () => (await lectern.mails(cast))[0]);
  await own.kill();
  if (forgetClaims) {
    await lectern.query(`UPDATE obligations SET state = 'planned' WHERE session_id = ? AND state = 'claimed'`, [sessionId]);
    await lectern.query(`DELETE FROM attempts WHERE session_id = ? AND state = 'claimed'`, [sessionId]);
  }
  await restart();
  const obligationId = stored.messageId.slice(1, 37);
  const state = await lectern.until('its end', async () => {
    const [o] = await lectern.query<{ state: string }>('SELECT state FROM obligations WHERE id = ?', [obligationId]);
    return o && !['planned', 'claimed', 'in-doubt'].includes(o.state) && o.state;
  });
  return { copies: (await lectern.mails(cast)).filter((m) => m.messageId === stored.messageId).length, state };
}

test('a kill between the sink’s store and its 250 doubles nothing', async () => {
  expect(await killBeforeThe250(false)).toEqual({ copies: 1, state: 'delivered' });
});

test('with a ledger that forgets its claims the same kill doubles the mail', async () => {
  expect(await killBeforeThe250(true)).toEqual({ copies: 2, state: 'delivered' });
});

test('a draft that was beside the live set all the while was asked of each decision, once', () => expectAskedOnce(lectern));
