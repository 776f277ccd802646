import { changeItem } from '../commands/change-batch';
import { considerClosure, type Closed } from '../commands/closures/consider';
import { describe as described, type PreviewedSession } from '../commands/closures/describe';
import { SYSTEM, type Context } from '../commands/context';
import { endBatch, insertBatch, waitingItems, type ItemChange } from '../db/batches';
import { sessionsDuring } from '../db/closures';
import { lockSession } from '../db/sessions';
import { newId } from '../domain/ids';
import type { SessionStatus } from '../domain/status';
import { businessDate, instantOf } from '../domain/time';
import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';
import { OwnOrganisation } from './support/organisation';
import { Substitutes } from './support/substitutes';
import { DAY } from './support/series';

jest.setTimeout(240_000);
const shared = new Lectern();
let own: OwnOrganisation;
interface Document {
  params: Record<string, number | string>;
  rules: { id: string; then: object }[];
  examples: { cases: { id: string; expect: object }[] };
}

/** One lesson a day for everybody, where a change gives it to them; and a student who is away has a lesson that has begun cut off. */
beforeAll(async () => {
  own = await OwnOrganisation.of(shared, {
    'load.json': ({ params }: Document) => Object.assign(params, { studentMostADay: 1, instructorMostADay: 1 }),
  } as never);
});
afterAll(async () => {
  await own.close();
  await shared.close();
});

const context = (asOf = own.now()): Context => ({
  db: own.db,
  organisationId: own.at.organisationId,
  principal: SYSTEM,
  asOf,
  requestId: null,
  secret: own.at.secret,
});
const at = (ms: number): Date => new Date(+own.now() + ms);
const closedFor = (startsAt: Date, endsAt: Date, branch: string): Closed => ({ id: newId(), personId: null, branch, startsAt, endsAt, zone: null });

class Undone extends Error {}

/** What a closure says of one lesson that stands so, before (`minutes` negative) or after its start; nothing of it is kept. */
async function saidOf(status: SessionStatus, minutes: number): Promise<PreviewedSession[]> {
  const cast = await own.cast(1);
  const id = await own.book(cast, 20 * DAY, { branch: cast.tag }, HOUR);
  const { startsAt } = await own.session(id);
  const asOf = new Date(+startsAt + minutes * MINUTE);
  const closed = closedFor(new Date(+startsAt - HOUR), new Date(+startsAt + 2 * HOUR), cast.tag);
  let shown: PreviewedSession[] = [];
  const look = own.in(async (tx) => {
    await tx.raw('UPDATE sessions SET status = ? WHERE id = ?', [status, id]);
    const ids = (await sessionsDuring(tx, closed, asOf)).map((s) => s.id);
    shown = (await described(tx, closed, await considerClosure(context(asOf), tx, closed, ids))).sessions;
    throw new Undone();
  });
  await expect(look).rejects.toThrow(Undone);
  return shown;
}

const NOT_AT_ALL = /does not take place, and stays so/;
test.each<[SessionStatus, number, string | null, RegExp, string | null]>([
  ['held', -60, 'cancel', /waits for a coordinator is let go/, 'not-confirmed-yet'],
  ['booked', -60, 'move', /away at that time|next time/, 'another-time'],
  ['ready', -60, 'move', /away at that time|next time/, 'another-time'],
  ['ready', 10, 'keep', /has begun is not cut off/, 'has-begun'],
  ['live', 10, 'keep', /has begun is not cut off/, 'has-begun'],
  ['documenting', 70, 'keep', /is being documented/, null],
  ['settling', 70, 'keep', /is being settled/, null],
  ['settled', 70, null, /./, null],
  ['cancelled', -60, 'keep', NOT_AT_ALL, null],
  ['refused', -60, 'keep', NOT_AT_ALL, null],
  ['expired', -60, 'keep', NOT_AT_ALL, null],
  ['cancelled', 70, null, /./, null],
])('a closure over a lesson that is %s, %d minutes after its start: %s', async (status, minutes, verdict, why, rule) => {
  const shown = await saidOf(status, minutes);
  if (verdict === null) return expect(shown).toEqual([]);
  expect(shown).toMatchObject([{ status, verdict, why: expect.stringMatching(why) as string, rule, charges: [{ percent: 0 }] }]);
});

/** An item that nobody but this test drives. */
async function itemFor(sessionId: string, change: ItemChange): Promise<Parameters<typeof changeItem>[1]> {
  const { body } = await own.api<{ id: string }>('POST', '/v1/closures', {
    from: at(300 * DAY),
    to: at(301 * DAY),
    reason: 'elsewhere',
    branch: newId(),
  });
  return own.in(async (tx) => {
    const id = newId();
    const batch = { id, cause: 'closure', causeId: body.id, reason: 'a storm', madeBy: null, madeAt: own.now() } as const;
    await insertBatch(tx, batch, [{ n: 0, sessionId, rev: 1, change, decisionId: null }]);
    await endBatch(tx, id, own.now());
    return (await waitingItems(tx, id, 1))[0]!;
  });
}

test.each([
  [{ kind: 'cancel' }, 'refused', 'booked'],
  [{ kind: 'hold' }, 'refused', 'booked'],
  [{ kind: 'cancel', hasBegun: true }, 'done', 'cancelled'],
])('%j, made when the lesson has begun: %s', async (change, state, status) => {
  const id = await own.book(await own.cast(1), 20 * DAY);
  const item = await itemFor(id, change);
  await changeItem(context(new Date(+(await own.session(id)).startsAt + MINUTE)), item);
  expect((await own.session(id)).status).toBe(status);
  const [now] = await own.query<{ state: string; why: string | null }>('SELECT state, why FROM batch_items WHERE batch_id = ?', [item.batchId]);
  expect(now).toEqual({ state, why: state === 'refused' ? 'The lesson has begun meanwhile, and goes on as it is.' : null });
  expect(await own.query(`SELECT 1 FROM held_steps WHERE session_id = ? AND kind = 'closure'`, [id])).toEqual([]);
});

/** Noon in Berlin, on the day of an instant. */
const noonOf = (ms: number): number => instantOf(`${businessDate(ms, 'Europe/Berlin')}T12:00`, 'Europe/Berlin').ms;
/** The same, some days from now. Midnight comes every few minutes here, so each test asks once. */
const noon = (days: number): number => noonOf(+own.now() + days * DAY);
/** Books at an instant, whatever time it is by then. */
const bookAt = (cast: Cast, ms: number, more: object = {}): Promise<string> => own.book(cast, ms - +own.now(), more, HOUR);

test('a move that is too much for the day is held, in the preview and when the day fills meanwhile; a choice that the rules refuse leaves it open', async () => {
  const cast = await own.cast(1);
  const { instructorId: other } = await own.cast(0);
  const start = noon(20);
  const lesson = await bookAt(cast, start, { branch: cast.tag });
  const day = businessDate(start, 'Europe/Berlin');
  const closure = { fromDay: day, toDay: day, reason: 'painters', branch: cast.tag };
  const preview = async (): Promise<PreviewedSession> =>
    (await own.api<{ sessions: PreviewedSession[] }>('POST', '/v1/closures?preview=true', closure)).body.sessions[0]!;
  const free = await preview();
  expect(free).toMatchObject({ verdict: 'move' });
  // While the lesson waits for its lock, the day that it would go to gets another one.
  const fill = (): Promise<string> => bookAt({ ...cast, instructorId: other }, noonOf(+new Date(free.newStartsAt!)) + 5 * HOUR);
  const { made, filler } = await own.in(async (tx) => {
    await lockSession(tx, lesson);
    return { made: await own.api<{ id: string }>('POST', '/v1/closures', closure), filler: await fill() };
  });
  const step = await own.openStep(lesson, 'closure');
  const detail = await own.api<{ batches: { items: { state: string; why: string }[] }[] }>('GET', `/v1/closures/${made.body.id}`);
  expect(detail.body.batches[0]!.items).toMatchObject([{ state: 'held', why: 'That would be too many lessons on one day.' }]);
  expect(await preview()).toMatchObject({ verdict: 'hold', why: 'That would be too many lessons on one day.', newStartsAt: null });
  expect(await own.decide(step, 'take-1')).toMatchObject({ status: 422, body: { code: 'refused-by-policy' } });
  expect((await own.session(lesson)).rev).toBe(1);
  expect((await own.api('POST', `/v1/sessions/${filler}/changes`, { kind: 'cancel' })).status).toBe(200);
  expect((await own.decide(step, 'take-1')).status).toBe(200);
  expect((await own.session(lesson)).startsAt.toISOString()).toBe(free.newStartsAt);
});

test('of two lessons that would go to one day the preview moves the first and holds the second', async () => {
  const cast = await own.cast(1);
  const start = noon(25);
  for (const hours of [0, 2]) await bookAt(cast, start + hours * HOUR, { branch: cast.tag });
  const day = businessDate(start, 'Europe/Berlin');
  const closure = { fromDay: day, toDay: day, reason: 'painters', branch: cast.tag };
  const { body } = await own.api<{ sessions: PreviewedSession[] }>('POST', '/v1/closures?preview=true', closure);
  expect(body.sessions.map((s) => s.verdict)).toEqual(['move', 'hold']);
});

test('who accepts a lesson on a day that has become too full is told so, and it is searched on', async () => {
  const s = new Substitutes(own, await own.cast(1));
  const ann = await s.add('Ann');
  const start = noon(6);
  const lesson = await s.book(start - +own.now(), {}, HOUR);
  const { offers } = await s.search(lesson);
  expect(offers.map((o) => o.personId)).toEqual([ann.id]);
  await bookAt({ ...(await own.cast(1)), instructorId: ann.id }, start + 4 * HOUR);
  expect(await s.answer(offers[0]!.id, 'accept')).toMatchObject({
    status: 409,
    body: { code: 'already-decided', details: { state: 'withdrawn', reason: 'The instructor has no more lessons to give on that day.' } },
  });
  expect(await s.instructorOf(lesson)).toEqual([s.cast.instructorId]);
});
