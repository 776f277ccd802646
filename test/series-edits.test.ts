import { changeItem, finishBatch } from '../commands/change-batch';
import { SYSTEM, type Context } from '../commands/context';
import { fillSeries } from '../commands/series/fill';
import { waitingItems } from '../db/batches';
import { lockSession } from '../db/sessions';
import { HOUR, Lectern, type Cast, type Mail } from './support/lectern';
import { bookSeries, DAY, filled, inDays, readSeries, wallOf, weekly, type SeriesDetail } from './support/series';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

interface Edited {
  id: string;
  batchId: string | null;
  heldStepId: string | null;
}
interface Preview {
  occurrences: {
    original: string;
    sessionId: string | null;
    verdict: string;
    why: string | null;
    changes: string[];
    newWallTime: string | null;
    conflicts: { personId: string }[];
    alternatives: { startsAt: string }[];
    charges: { percent: number; amountMinor: number }[];
    messages: { kind: string; personId: string }[];
  }[];
  told: { personId: string; lessons: number }[];
  previewToken: string;
}
type Detail = SeriesDetail & {
  batches: { id: string; state: string; items: { sessionId: string; change: string; state: string; why: string | null }[] }[];
};

const context = (asOf = lectern.now()): Context => ({
  db: lectern.db,
  organisationId: lectern.at.organisationId,
  principal: SYSTEM,
  asOf,
  requestId: null,
  secret: lectern.at.secret,
});
const preview = async (id: string, edit: object): Promise<Preview> => {
  const answer = await lectern.api<Preview>('POST', `/v1/series/${id}/changes?preview=true`, edit);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer));
  return answer.body;
};
const edit = (id: string, body: object, headers: Record<string, string> = {}) =>
  lectern.api<Edited>('POST', `/v1/series/${id}/changes`, body, headers);
const done = (id: string): Promise<Detail> =>
  lectern.until(`the batches of series ${id}`, async () => {
    const series = (await readSeries(lectern, id)) as Detail;
    return !series.filling && series.batches.every((b) => b.state === 'done') && series;
  });
const told = async (cast: Cast): Promise<Mail[]> => (await lectern.mails(cast)).filter((m) => /^Changes to your lessons/.test(m.subject));
const participants = async (sessionId: string): Promise<string[]> =>
  (await lectern.query<{ personId: string }>('SELECT person_id FROM participants WHERE session_id = ? ORDER BY person_id', [sessionId])).map(
    (p) => p.personId,
  );
const starts = (s: SeriesDetail): (string | null)[] => s.occurrences.map((o) => (o.startsAt === null ? null : wallOf(o.startsAt)));

test('this and following: the later weeks move, what was changed by itself stays, the week in the way is held with other times', async () => {
  const cast = await lectern.cast(1);
  const id = await bookSeries(lectern, weekly(lectern, cast));
  const { occurrences } = await filled(lectern, id);
  const [, second, third, fourth, , , seventh] = occurrences;
  // The third is moved by hand, the fourth is cancelled; on the seventh's new time the instructor has another lesson.
  const byHand = { startsAt: new Date(+new Date(third!.startsAt!) + 3 * HOUR), endsAt: new Date(+new Date(third!.endsAt!) + 3 * HOUR) };
  expect((await lectern.api('POST', `/v1/sessions/${third!.sessionId}/changes`, { kind: 'reschedule', ...byHand })).status).toBe(200);
  expect((await lectern.api('POST', `/v1/sessions/${fourth!.sessionId}/changes`, { kind: 'cancel' })).status).toBe(200);
  const newWall = (wall: string): string => `${new Date(Date.parse(`${wall.slice(0, 10)}T00:00Z`) + DAY).toISOString().slice(0, 10)}T11:30`;
  const other = await lectern.cast(1);
  const taken = await lectern.book(
    { ...other, instructorId: cast.instructorId },
    +new Date(seventh!.startsAt!) + 25.5 * HOUR - +lectern.now(),
    {},
    HOUR,
  );
  const body = { scope: 'following', original: second!.original, wallTime: newWall(second!.original), reason: 'football on Mondays' };
  const shown = await preview(id, body);
  expect(shown.occurrences.map((o) => o.verdict)).toEqual(['change', 'keep', 'keep', 'change', 'change', 'hold', 'change']);
  expect(shown.occurrences[1]!.why).toMatch(/changed by itself/);
  expect(shown.occurrences[5]).toMatchObject({ conflicts: [{ personId: cast.instructorId }], newWallTime: newWall(seventh!.original) });
  expect(shown.occurrences[5]!.alternatives).toHaveLength(3);
  expect(shown.told).toEqual(expect.arrayContaining([{ personId: cast.guardianIds[0], lessons: 4 }]));
  expect((await readSeries(lectern, id)).before).toBeNull();

  const key = { 'idempotency-key': `edit-${cast.tag}` };
  const first = await edit(id, { ...body, previewToken: shown.previewToken }, key);
  expect(first.status).toBe(200);
  expect((await edit(id, { ...body, previewToken: shown.previewToken }, key)).body).toEqual(first.body);
  // Whoever previewed before it is told what is otherwise now, whatever it is.
  expect(await edit(id, { scope: 'all', title: 'Other', reason: 'r', previewToken: shown.previewToken })).toMatchObject({
    status: 409,
    body: { code: 'stale' },
  });
  const next = await done(first.body.id);
  expect(next).toMatchObject({ continues: id, state: 'active' });
  expect(next.occurrences.map((o) => o.sessionId)).toEqual(occurrences.slice(1).map((o) => o.sessionId));
  expect(starts(next)).toEqual([
    newWall(second!.original),
    wallOf(byHand.startsAt.toISOString()),
    wallOf(fourth!.startsAt),
    ...occurrences.slice(4, 6).map((o) => newWall(o.original)),
    wallOf(seventh!.startsAt),
    newWall(occurrences[7]!.original),
  ]);
  expect(next.occurrences[2]!.status).toBe('cancelled');
  expect((await readSeries(lectern, id)).occurrences.map((o) => o.sessionId)).toEqual([occurrences[0]!.sessionId]);
  // One message a person at the sink, with the four lessons, and none beside it.
  await lectern.until('the message', async () => (await told(cast)).some((m) => m.to.startsWith('gil')));
  const [message, ...more] = (await told(cast)).filter((m) => m.to.startsWith('gil'));
  expect(more).toEqual([]);
  expect(message!.text.match(/is now /g)).toHaveLength(4);
  // What is filled later follows the edited series.
  await fillSeries(context(new Date(+lectern.now() + 15 * DAY)), next.id);
  const later = (await readSeries(lectern, next.id)).occurrences.slice(7);
  expect(later.map((o) => wallOf(o.startsAt))).toEqual(later.map((o) => newWall(o.original)));
  expect(later).toHaveLength(2);
  // The held week takes another time, and is its own from then on.
  const step = await lectern.openStep(seventh!.sessionId!, 'series-occurrence');
  expect((await lectern.decide(step, 'take-1')).status).toBe(200);
  expect(await lectern.session(seventh!.sessionId!)).toMatchObject({ startsAt: new Date(shown.occurrences[5]!.alternatives[0]!.startsAt) });
  expect((await lectern.session(taken)).rev).toBe(1);
  const again = await preview(next.id, { scope: 'all', lengthMinutes: 45, reason: 'shorter' });
  expect(again.occurrences.find((o) => o.sessionId === seventh!.sessionId)).toMatchObject({ verdict: 'keep' });
});

test('all: another day, another instructor and another student at once, each lesson only where it ends has to be free', async () => {
  const cast = await lectern.cast(2);
  const other = await lectern.cast(1);
  const first = inDays(lectern, 3);
  const id = await bookSeries(
    lectern,
    weekly(lectern, { ...cast, studentIds: [cast.studentIds[0]!] }, { rrule: 'FREQ=WEEKLY;COUNT=4', capacity: 2 }),
  );
  const { occurrences } = await filled(lectern, id);
  // The new instructor teaches somebody else at the old time of the first lesson: that is in nobody's way.
  await lectern.book({ ...other, instructorId: other.instructorId }, +new Date(occurrences[0]!.startsAt!) - +lectern.now(), {}, HOUR);
  const body = {
    scope: 'all',
    original: first,
    wallTime: inDays(lectern, 10, '15:00'),
    instructorId: other.instructorId,
    addStudentIds: [cast.studentIds[1]!],
    dropStudentIds: [cast.studentIds[0]!],
    title: 'Renamed',
    reason: 'a new group',
  };
  // A week later each: the place of one is taken until the one after it has gone.
  const shown = await preview(id, body);
  expect(shown.occurrences.map((o) => [o.verdict, o.changes])).toEqual(
    Array(4).fill(['change', ['reschedule', 'reassign', 'add', 'drop', 'details']]),
  );
  const made = await edit(id, { ...body, previewToken: shown.previewToken });
  expect(made).toMatchObject({ status: 200, body: { id } });
  // Beside the worker others drive it too, and one stops in the middle.
  const items = await lectern.in((tx) => waitingItems(tx, made.body.batchId!, 10));
  await Promise.all([...items, ...items].map((item) => changeItem(context(), item)));
  await Promise.all([1, 2].map(() => finishBatch(context(), made.body.batchId!).catch(() => undefined)));
  const after = await done(id);
  expect(after.batches[0]!.items.map((i) => [i.state, i.why])).toEqual(Array(4).fill(['done', null]));
  expect(starts(after)).toEqual(shown.occurrences.map((o) => o.newWallTime));
  for (const { sessionId } of after.occurrences) {
    expect(await participants(sessionId!)).toEqual([cast.studentIds[1]!, other.instructorId].sort());
    expect((await lectern.session(sessionId!)).rev).toBe(5);
  }
  expect(
    await lectern.query('SELECT DISTINCT title FROM sessions WHERE id = ANY(?::uuid[])', [
      `{${after.occurrences.map((o) => o.sessionId).join(',')}}`,
    ]),
  ).toEqual([{ title: 'Renamed' }]);
});

test('one lesson alone is changed at once and is its own from then on; one that is in the way is refused with other times', async () => {
  const cast = await lectern.cast(1);
  const id = await bookSeries(lectern, weekly(lectern, cast, { rrule: 'FREQ=WEEKLY;COUNT=3' }));
  const [first, second, third] = (await filled(lectern, id)).occurrences;
  const moved = `${first!.original.slice(0, 11)}17:00`;
  expect(await edit(id, { scope: 'this', original: first!.original, wallTime: moved })).toMatchObject({ status: 200, body: { batchId: null } });
  const onto = { scope: 'this', original: second!.original, wallTime: moved };
  expect(await edit(id, onto)).toMatchObject({ status: 409, body: { code: 'slot-clash' } });
  expect((await edit(id, { scope: 'this', original: third!.original, cancel: true })).status).toBe(200);
  const shown = await preview(id, { scope: 'all', original: second!.original, wallTime: `${second!.original.slice(0, 11)}12:00`, reason: 'r' });
  expect(shown.occurrences.map((o) => [o.verdict, o.why])).toEqual([
    ['keep', 'It was changed by itself, and stays as it is.'],
    ['change', expect.anything()],
    ['keep', 'It does not take place, and stays so.'],
  ]);
  expect(wallOf((await readSeries(lectern, id)).occurrences[0]!.startsAt)).toBe(moved);
});

test('a series ends: each lesson costs what its terms say, one message tells of all, and none is booked any more; a pause leaves out its weeks', async () => {
  const cast = await lectern.cast(1);
  const soon = new Date(Math.ceil((+lectern.now() + 20 * HOUR) / HOUR) * HOUR);
  const id = await bookSeries(lectern, weekly(lectern, cast, { firstLesson: wallOf(soon.toISOString()), lengthMinutes: 30 }));
  const { occurrences } = await filled(lectern, id);
  const pause = await edit(id, { scope: 'all', exdates: [occurrences[3]!.original], reason: 'a school trip' });
  expect((await done(pause.body.id)).occurrences.map((o) => o.status === 'cancelled')).toEqual(occurrences.map((_, i) => i === 3));
  const body = { scope: 'all', cancel: true, reason: 'moving away' };
  const shown = await preview(id, body);
  expect(shown.occurrences.map((o) => o.verdict)).toEqual(occurrences.map((_, i) => (i === 3 ? 'keep' : 'cancel')));
  // The first is late by the terms of the booking, the others are in good time.
  expect(shown.occurrences.map((o) => o.charges[0]?.amountMinor ?? null)).toEqual([
    2250,
    0,
    0,
    null,
    ...Array<number>(occurrences.length - 4).fill(0),
  ]);
  await edit(id, { ...body, previewToken: shown.previewToken });
  const after = await done(id);
  expect(after.state).toBe('ended');
  for (const o of after.occurrences) expect(await lectern.closed(o.sessionId!)).toBe('cancelled');
  await fillSeries(context(new Date(+lectern.now() + 15 * DAY)), id);
  expect((await readSeries(lectern, id)).occurrences).toHaveLength(occurrences.length);
  const charged = await lectern.query<{ amountMinor: number }>(
    `SELECT p.amount_minor FROM postings p JOIN journals j ON j.id = p.journal_id WHERE j.session_id = ANY(?::uuid[]) AND j.kind = 'charge' AND p.amount_minor > 0`,
    [`{${after.occurrences.map((o) => o.sessionId).join(',')}}`],
  );
  expect(charged).toEqual([{ amountMinor: 2250 }]);
  const household = async (): Promise<Mail[]> => (await told(cast)).filter((m) => m.to.startsWith('gil'));
  await lectern.until('the message', async () => (await household()).some((m) => m.subject.includes('moving away')));
  expect((await household()).map((m) => [m.subject.includes('moving away'), m.text.match(/does not take place/g)?.length])).toEqual([
    [false, 1],
    [true, occurrences.length - 1],
  ]);
  expect(await edit(id, { scope: 'all', title: 'Back', reason: 'r' })).toMatchObject({ status: 409, body: { code: 'illegal-move' } });
});

test('fillings and edits at once: every lesson is booked once, and as the last edit says', async () => {
  const cast = await lectern.cast(1);
  const id = await bookSeries(lectern, weekly(lectern, cast));
  const first = inDays(lectern, 3);
  const fillings = Array.from({ length: 3 }, () => fillSeries(context(), id));
  const edits = ['12:00', '13:00', '14:00'].map((clock) =>
    edit(id, { scope: 'all', original: first, wallTime: `${first.slice(0, 11)}${clock}`, reason: clock }),
  );
  await Promise.all([...fillings, ...edits]);
  const after = await done(id);
  const { clock } = after;
  expect(after.occurrences.map((o) => [wallOf(o.startsAt).slice(11), o.status === 'booked' || o.status === 'ready'])).toEqual(
    Array(8).fill([clock, true]),
  );
  const [{ n }] = (await lectern.query<{ n: number }>('SELECT count(*)::int AS n FROM participants WHERE person_id = ? AND holds_slot', [
    cast.instructorId,
  ])) as [{ n: number }];
  expect(n).toBe(8);
});

/** Who waits for somebody who waits for this connection. */
const BEHIND = `SELECT l.pid FROM pg_locks l WHERE NOT l.granted AND pg_blocking_pids(l.pid) &&
  ARRAY(SELECT w.pid FROM pg_locks w WHERE NOT w.granted AND ?::integer = ANY(pg_blocking_pids(w.pid)))`;

test.each(['13:00', '10:00'])(
  'an edit to %s in the middle of another: each lesson is as the last says, with what the first brought',
  async (clock) => {
    const cast = await lectern.cast(1);
    const other = await lectern.cast(1);
    const id = await bookSeries(lectern, weekly(lectern, cast, { rrule: 'FREQ=WEEKLY;COUNT=3' }));
    const lessons = (await filled(lectern, id)).occurrences;
    const to = (wall: string): object => ({
      scope: 'all',
      original: lessons[0]!.original,
      wallTime: `${lessons[0]!.original.slice(0, 11)}${wall}`,
      reason: wall,
    });
    // The first edit has moved the last lesson and is about to move the one before it, which somebody has locked, when the second comes.
    const second = await lectern.in(async (tx) => {
      // On a slow machine whoever waits gives up, and tries again; this transaction does not.
      const { rows } = await tx.raw(`SELECT pg_backend_pid() AS pid, set_config('idle_in_transaction_session_timeout', '0', true)`);
      const { pid } = rows[0] as { pid: number };
      await lockSession(tx, lessons[1]!.sessionId!);
      await edit(id, { ...to('12:00'), instructorId: other.instructorId });
      await lectern.until('the last lesson to be moved', async () => (await lectern.session(lessons[2]!.sessionId!)).rev === 3);
      let isAnswered = false;
      const answer = lectern
        .until('the second edit to be taken', async () => {
          const taken = await edit(id, to(clock));
          return taken.status !== 503 && taken;
        })
        .finally(() => (isAnswered = true));
      await lectern.until('the second edit', async () => isAnswered || (await lectern.query(BEHIND, [pid])).length > 0);
      return { answer };
    });
    expect((await second.answer).status).toBe(200);
    const after = await done(id);
    expect(after.clock).toBe(clock);
    expect(starts(after).map((wall) => wall!.slice(11))).toEqual([clock, clock, clock]);
    for (const { sessionId } of lessons) expect(await participants(sessionId!)).toEqual([cast.studentIds[0]!, other.instructorId].sort());
    expect(after.batches.flatMap((b) => b.items.filter((i) => i.state === 'held' || i.state === 'refused'))).toEqual([]);
  },
);

test.each([
  [{ scope: 'all', reason: 'r' }, 'scope', /nothing is asked for/],
  [{ scope: 'following', title: 't', reason: 'r' }, 'original', /which lesson is meant/],
  [{ scope: 'all', title: 't' }, 'reason', /everybody is told/],
  [{ scope: 'all', cancel: true, title: 't', reason: 'r' }, 'cancel', /is not changed/],
  [{ scope: 'all', rrule: 'FREQ=HOURLY', reason: 'r' }, 'rrule', /FREQ=HOURLY is not taken/],
  [{ scope: 'following', original: '2031-01-01T03:00', title: 't', reason: 'r' }, 'original', /not a time of this series/],
])('the edit %j is refused at its place', async (body, path, message) => {
  const id = await bookSeries(lectern, weekly(lectern, await lectern.cast(1), { rrule: 'FREQ=WEEKLY;COUNT=1' }));
  const answer = await lectern.api<{ details: { path: string; message: string }[] }>('POST', `/v1/series/${id}/changes`, body);
  expect(answer).toMatchObject({ status: 400, body: { details: [{ path, message: expect.stringMatching(message) as string }] } });
});
