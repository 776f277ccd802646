import { lockSession } from '../db/sessions';
import { HOUR, Lectern, MINUTE, TRANSCRIPT, type Cast } from './support/lectern';
import { OwnLectern } from './support/own-lectern';
import { Processes } from './support/processes';
import { bookSeries, filled, inDays, readSeries, wallOf, weekly } from './support/series';

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

interface Closed {
  path: string;
  cast: Cast;
  sessionIds: string[];
}
type Batch = { state: string; done: number; total: number };
const batchOf = async (path: string): Promise<Batch> => (await lectern.api<{ batches: Batch[] }>('GET', path)).body.batches[0]!;

/** A closure over twelve lessons, whose batch waits for the ninth when the worker is killed. */
async function killInMidBatch(processes: Processes): Promise<Closed> {
  const cast = await lectern.cast(1);
  const branch = `branch-${cast.tag}`;
  const sessionIds: string[] = [];
  for (let n = 0; n < 12; n++) sessionIds.push(await lectern.book(cast, (20 * 24 + 2 * n) * HOUR, { branch }));
  const at = (hours: number): string => new Date(+lectern.now() + hours * HOUR).toISOString();
  return lectern.in(async (tx) => {
    await lockSession(tx, sessionIds[8]!);
    const made = await lectern.api<{ id: string }>('POST', '/v1/closures', { from: at(19 * 24), to: at(22 * 24), reason: 'a flood', branch });
    const path = `/v1/closures/${made.body.id}`;
    const batch = await lectern.until('eight to be changed', async () => {
      const found = await batchOf(path);
      return found.done === 8 && found;
    });
    expect(batch).toMatchObject({ state: 'running', total: 12 });
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
  expect(changed).toEqual(Array(12).fill({ n: 1 }));
  const told = async (): Promise<string[]> => (await lectern.mails(cast)).filter((m) => /a flood/.test(m.subject)).map((m) => m.to);
  await lectern.until('household and instructor to be told', async () => (await told()).length >= 2);
  expect((await told()).sort()).toEqual([`gil0.${cast.tag}@example.invalid`, `ines.${cast.tag}@example.invalid`]);
}

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
