import { SYSTEM } from '../commands/context';
import { changeItem } from '../commands/change-batch';
import { waitingItems } from '../db/batches';
import { lockSession } from '../db/sessions';
import { clockForReader, dayForReader, instantOf } from '../domain/time';
import { HOUR, Lectern, type Answer, type Cast, type Mail } from './support/lectern';
import { Substitutes } from './support/substitutes';
import { bookSeries, DAY, filled, inDays, readSeries, weekly, ZONE } from './support/series';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

interface Preview {
  sessions: {
    sessionId: string;
    startsAt: string;
    verdict: string;
    newStartsAt: string | null;
    charges: { percent: number; amountMinor: number }[];
    conflicts: object[];
  }[];
  told: { personId: string; lessons: number }[];
  previewToken: string;
}
interface Detail {
  state: string;
  batches: {
    id: string;
    state: string;
    done: number;
    total: number;
    items: { sessionId: string; title: string; startsAt: string; change: string; state: string; why: string | null }[];
  }[];
}

const at = (days: number): string => new Date(+lectern.now() + days * DAY).toISOString();
const toHousehold = (m: Mail): boolean => m.to.startsWith('gil');
const done = (path: string): Promise<Detail> =>
  lectern.until(`${path} to be done`, async () => {
    const { body } = await lectern.api<Detail>('GET', path);
    return body.batches.every((b) => b.state === 'done') && body;
  });
const told = async (cast: Cast): Promise<Mail[]> => (await lectern.mails(cast)).filter((m) => /^Changes to your lessons/.test(m.subject));

test('a closure over twelve lessons of five households: previewed, made as previewed, and each household reads one message', async () => {
  const branch = `branch-${(await lectern.cast(1)).tag}`;
  const casts = await Promise.all(Array.from({ length: 5 }, () => lectern.cast(1)));
  const sessionIds: string[] = [];
  for (const [i, days] of [20, 21, 22].entries()) {
    for (const cast of casts.slice(0, i === 2 ? 2 : 5)) sessionIds.push(await lectern.book(cast, days * DAY, { branch }, HOUR));
  }
  expect(sessionIds).toHaveLength(12);
  const closure = { from: at(19.5), to: at(23), reason: 'spring break', branch };
  const { status, body: preview } = await lectern.api<Preview>('POST', '/v1/closures?preview=true', closure);
  expect(status).toBe(200);
  expect(preview.sessions.map((s) => s.sessionId).sort()).toEqual([...sessionIds].sort());
  expect(new Set(preview.sessions.map((s) => `${s.verdict} ${s.charges[0]!.percent} ${s.conflicts.length}`))).toEqual(new Set(['move 0 0']));
  for (const cast of casts) {
    const lessons = casts.indexOf(cast) < 2 ? 3 : 2;
    expect(preview.told).toEqual(
      expect.arrayContaining([
        { personId: cast.guardianIds[0], lessons },
        { personId: cast.instructorId, lessons },
      ]),
    );
  }
  // Nobody has been told of anything, and nothing has moved.
  expect((await lectern.session(sessionIds[0]!)).rev).toBe(1);

  const made = await lectern.api<{ id: string; batchId: string }>('POST', '/v1/closures', { ...closure, previewToken: preview.previewToken });
  expect(made.status).toBe(201);
  // Beside the worker, somebody else drives the batch too: each session changes once.
  const ctx = {
    db: lectern.db,
    organisationId: lectern.at.organisationId,
    principal: SYSTEM,
    asOf: lectern.now(),
    requestId: null,
    secret: lectern.at.secret,
  };
  const items = await lectern.in((tx) => waitingItems(tx, made.body.batchId, 12));
  await Promise.all(items.slice(0, 6).map((item) => changeItem(ctx, item)));
  const detail = await done(`/v1/closures/${made.body.id}`);
  expect(detail.batches[0]!.items.map((i) => [i.change, i.state, i.why])).toEqual(Array(12).fill(['reschedule', 'done', null]));
  for (const s of preview.sessions) {
    const now = await lectern.session(s.sessionId);
    expect([now.rev, now.startsAt.toISOString()]).toEqual([2, s.newStartsAt]);
    expect(detail.batches[0]!.items.find((i) => i.sessionId === s.sessionId)).toMatchObject({ title: 'Invented lesson', startsAt: s.newStartsAt });
  }
  // Proven at the sink: five households, five messages, each with all lessons of that household; no single notice.
  for (const cast of casts) await lectern.until('the message', async () => (await told(cast)).filter(toHousehold).length > 0);
  const notices = await lectern.query<{ state: string; reason: string }>(
    `SELECT DISTINCT state, reason FROM obligations WHERE session_id = ANY(?::uuid[]) AND kind = 'change' AND step = 'rescheduled'`,
    [`{${sessionIds.join(',')}}`],
  );
  expect(notices).toEqual([{ state: 'suppressed', reason: `told-together:${made.body.batchId}` }]);
  for (const [i, cast] of casts.entries()) {
    const household = (await lectern.mails(cast)).filter(toHousehold);
    expect(household.filter((m) => /^New time/.test(m.subject))).toEqual([]);
    const [message, ...more] = household.filter((m) => /^Changes to your lessons/.test(m.subject));
    expect(more).toEqual([]);
    expect(message!.subject).toContain('spring break');
    expect(message!.text.match(/is now /g)).toHaveLength(i < 2 ? 3 : 2);
    expect((await told(cast)).filter((m) => m.to.startsWith('ines')).length).toBeLessThanOrEqual(1);
  }
});

test('time off of an instructor: nothing is booked or offered in it, a series leaves it out or asks, and once it is removed the time is free', async () => {
  const cast = await lectern.cast(1);
  const made = await lectern.api<{ id: string }>('POST', '/v1/time-off', {
    personId: cast.instructorId,
    from: at(30),
    to: at(38),
    reason: 'training',
  });
  expect(made.status).toBe(201);
  const startsAt = new Date(+lectern.now() + 33 * DAY);
  const booking = { title: 't', startsAt, endsAt: new Date(+startsAt + HOUR), studentIds: cast.studentIds, instructorId: cast.instructorId };
  expect(await lectern.api('POST', '/v1/sessions', booking)).toMatchObject({
    status: 422,
    body: { code: 'refused-by-policy', details: { rule: 'instructor-away', say: { en: 'The instructor is away at that time.' } } },
  });
  const slots = async (): Promise<unknown[]> =>
    (await lectern.api<{ items: unknown[] }>('GET', `/v1/slots?instructorId=${cast.instructorId}&from=${at(31)}&to=${at(37)}&lengthMinutes=60`)).body
      .items;
  expect(await slots()).toEqual([]);
  const series = await filled(
    lectern,
    await bookSeries(lectern, weekly(lectern, cast, { firstLesson: inDays(lectern, 27), rrule: 'FREQ=WEEKLY;COUNT=3' })),
  );
  expect(series.occurrences.map((o) => o.outcome)).toEqual(['booked', 'held', 'booked']);
  const moved = await lectern.api('POST', `/v1/sessions/${series.occurrences[0]!.sessionId}/changes`, {
    kind: 'reschedule',
    startsAt: startsAt.toISOString(),
    endsAt: booking.endsAt.toISOString(),
  });
  expect(moved).toMatchObject({ status: 409, body: { code: 'slot-clash' } });
  // A lesson of somebody else is not given to who is away, nor swapped with one of theirs.
  const other = await lectern.cast(1);
  const theirs = await lectern.book(other, 33 * DAY, {}, HOUR);
  for (const change of [
    { kind: 'reassign', instructorId: cast.instructorId },
    { kind: 'swap', withSessionId: series.occurrences[0]!.sessionId },
  ])
    expect(await lectern.api('POST', `/v1/sessions/${theirs}/changes`, change)).toMatchObject({ status: 409, body: { code: 'slot-clash' } });
  const removed = await lectern.api<{ note: string }>('POST', `/v1/time-off/${made.body.id}/remove`);
  expect(removed).toMatchObject({ status: 200, body: { note: expect.stringContaining('stays as it is') as string } });
  expect((await slots()).length).toBeGreaterThan(0);
  expect((await lectern.api('POST', '/v1/sessions', booking)).status).toBe(201);
});

test('a family that takes time off at short notice pays a part; a preview that has been overtaken is refused', async () => {
  const cast = await lectern.cast(1);
  const soon = await lectern.book(cast, 20 * HOUR, {}, HOUR);
  const off = { personId: cast.studentIds[0], from: at(0.01), to: at(6), reason: 'a family wedding' };
  const { body: preview } = await lectern.api<Preview>('POST', '/v1/time-off?preview=true', off);
  expect(preview.sessions).toMatchObject([{ sessionId: soon, verdict: 'cancel', charges: [{ percent: 50, amountMinor: 2250 }] }]);
  const later = await lectern.book(cast, 100 * HOUR, {}, HOUR);
  expect(await lectern.api('POST', '/v1/time-off', { ...off, previewToken: preview.previewToken })).toMatchObject({
    status: 409,
    body: { code: 'stale', details: { difference: expect.arrayContaining([expect.objectContaining({ path: '/sessions' })]) as object } },
  });
  const made = await lectern.api<{ id: string }>('POST', '/v1/time-off', off);
  await done(`/v1/time-off/${made.body.id}`);
  expect(await lectern.closed(soon)).toBe('cancelled');
  expect(await lectern.closed(later)).toBe('cancelled');
  const charged = await lectern.query<{ amountMinor: number }>(
    `SELECT p.amount_minor FROM postings p JOIN journals j ON j.id = p.journal_id WHERE j.session_id = ANY(?::uuid[]) AND j.kind = 'charge' AND p.amount_minor > 0`,
    [`{${[soon, later].join(',')}}`],
  );
  expect(charged).toEqual([{ amountMinor: 2250 }]);
  await lectern.until('the message', async () => (await told(cast)).filter(toHousehold).length > 0);
  const [message, ...more] = (await told(cast)).filter(toHousehold);
  expect(more).toEqual([]);
  expect(message!.text.match(/does not take place/g)).toHaveLength(2);
});

test('two siblings with three lessons each, closed by days: each guardian reads one message of all, in their language and zone; one address gets one copy', async () => {
  const cast = await lectern.cast(2);
  const both = cast.studentIds.map((studentId) => ({ studentId, household: cast.tag }));
  // Who lives elsewhere, in another household, reads another zone without anybody having to be asked.
  const abroad = cast.studentIds.map((studentId) => ({ studentId, household: `${cast.tag}-abroad` }));
  const german = await lectern.guardian(cast, 0, { locale: 'de', students: abroad, zone: 'America/New_York' });
  const english = await lectern.guardian(cast, 0, { students: both });
  const { body: twin } = await lectern.api<{ id: string }>('POST', '/v1/people', {
    kind: 'guardian',
    name: 'Gus Invented',
    givenName: 'Gus',
    zone: 'Europe/Berlin',
    email: english,
    students: both,
  });
  const branch = `branch-${cast.tag}`;
  const ids: string[] = [];
  for (const [n, studentId] of cast.studentIds.entries())
    for (const day of [20, 21, 22]) ids.push(await lectern.book({ ...cast, studentIds: [studentId] }, day * DAY + n * 2 * HOUR, { branch }, HOUR));
  const day = (days: number): string => inDays(lectern, days).slice(0, 10);
  const closure = { fromDay: day(19), toDay: day(24), reason: 'storm', branch };
  const { body: preview } = await lectern.api<Preview>('POST', '/v1/closures?preview=true', closure);
  expect(preview).toMatchObject({
    fromDay: day(19),
    toDay: day(24),
    zone: ZONE,
    from: new Date(instantOf(`${day(19)}T00:00`, ZONE).ms).toISOString(),
    to: new Date(instantOf(`${day(25)}T00:00`, ZONE).ms).toISOString(),
  });
  const copies = preview.told.filter((t) => cast.guardianIds.includes(t.personId) || t.personId === twin.id);
  expect(copies.map((t) => t.lessons).sort()).toEqual([3, 3, 6, 6]);
  const made = await lectern.api<{ id: string }>('POST', '/v1/closures', { ...closure, previewToken: preview.previewToken });
  await done(`/v1/closures/${made.body.id}`);
  const about = async (): Promise<Mail[]> => (await lectern.mails(cast)).filter((m) => /storm/.test(m.subject) && m.to.startsWith('gil'));
  await lectern.until('four copies', async () => (await about()).length >= 4);
  await lectern.until('nothing to be under way', async () => {
    const open = await lectern.query(`SELECT 1 FROM obligations WHERE step = 'together' AND session_id = ANY(?::uuid[]) AND ended_at IS NULL`, [
      `{${ids}}`,
    ]);
    return open.length === 0;
  });
  const found = await about();
  expect(found.map((m) => m.to).sort()).toEqual([`gil0.${cast.tag}@example.invalid`, `gil1.${cast.tag}@example.invalid`, german, english].sort());
  const inGerman = found.find((m) => m.to === german)!;
  expect(inGerman.subject).toBe('Änderungen bei Ihren Stunden: storm');
  expect(inGerman.text).toContain(`storm (${dayForReader(+new Date(at(19)), ZONE, 'de')} bis ${dayForReader(+new Date(at(24)), ZONE, 'de')})`);
  // Where it was and where it is now, on the wall in New York.
  const inNewYork = (instant: string): string =>
    `${dayForReader(+new Date(instant), 'America/New_York', 'de')}, ${clockForReader(+new Date(instant), 'America/New_York', 'de')}`;
  expect(inGerman.text).toContain('Alle Zeiten gelten für America/New_York');
  for (const s of preview.sessions)
    expect(inGerman.text).toMatch(new RegExp(`${inNewYork(s.startsAt)}, Invented lesson: ist jetzt ${inNewYork(s.newStartsAt!)}`));
  expect(inGerman.text.split(/^Stu[01]$/m).map((part) => part.match(/ ist jetzt /g)?.length ?? 0)).toEqual([0, 3, 3]);
  expect(found.find((m) => m.to === english)!.text.match(/ is now /g)).toHaveLength(6);
  const left = await lectern.query(`SELECT reason FROM obligations WHERE step = 'together' AND person_id = ?`, [twin.id]);
  expect(left).toEqual([{ reason: 'told-at-same-address' }]);
});

test('an instructor takes time off: who can stand in does, whoever is left moves; one who is taken meanwhile is replaced by what the rules say next', async () => {
  const s = new Substitutes(lectern, await lectern.cast(1));
  const ann = await s.add('Ann');
  const bea = await s.add('Bea');
  const ines = `ines.${s.cast.tag}@example.invalid`;
  const [covered, left, overtaken] = [await s.book(20 * DAY, {}, HOUR), await s.book(21 * DAY, {}, HOUR), await s.book(22 * DAY, {}, HOUR)];
  await lectern.api('POST', '/v1/time-off', { personId: bea.id, from: at(19), to: at(24), reason: 'on leave' });
  await lectern.cast(1).then((c) => lectern.book({ ...c, instructorId: ann.id }, 21 * DAY, {}, HOUR));
  const off = { personId: s.cast.instructorId, from: at(19), to: at(24), reason: 'an operation' };
  const { body: preview } = await lectern.api<Preview>('POST', '/v1/time-off?preview=true', off);
  expect(preview.sessions).toMatchObject([
    { sessionId: covered, verdict: 'reassign', newInstructorId: ann.id, substitutes: 1 },
    { sessionId: left, verdict: 'move', newInstructorId: null, substitutes: 0 },
    { sessionId: overtaken, verdict: 'reassign', newInstructorId: ann.id, substitutes: 1 },
  ]);
  // While the third waits for its lock, Ann is booked at its time.
  const made = await lectern.in(async (tx) => {
    await lockSession(tx, overtaken);
    const answer = await lectern.api<{ id: string }>('POST', '/v1/time-off', { ...off, previewToken: preview.previewToken });
    await lectern.cast(1).then((c) => lectern.book({ ...c, instructorId: ann.id }, 22 * DAY, {}, HOUR));
    return answer;
  });
  expect(made.status).toBe(201);
  const { batches } = await done(`/v1/time-off/${made.body.id}`);
  expect(batches[0]!.items.map((i) => [i.change, i.state, i.why])).toEqual([
    ['reassign', 'done', null],
    ['reschedule', 'done', null],
    ['reschedule', 'done', expect.stringMatching(/^Ann .* cannot take it any more, and nobody else can\.$/)],
  ]);
  expect(await s.instructorOf(covered)).toEqual([ann.id]);
  expect(await s.instructorOf(overtaken)).toEqual([s.cast.instructorId]);
  await s.mail(ann.email, /^You teach/);
  const family = await lectern.until('the message', async () => (await told(s.cast)).filter(toHousehold)[0]);
  expect(family.text).toMatch(/takes place at its time, with Ann\./);
  expect(family.text.match(/ is now /g)).toHaveLength(2);
  const toInes = await s.mail(ines, /^Changes to your lessons/);
  expect(toInes.text).toMatch(/takes place at its time, with Ann\./);
  expect((await s.mailsTo(ann.email)).filter((m) => /an operation/.test(m.subject))).toEqual([]);
});

test('what a closure cancelled is booked anew from the list in one go, in its series’ place, and once; what is taken by then is said', async () => {
  const cast = await lectern.cast(1);
  const id = await bookSeries(lectern, weekly(lectern, cast, { firstLesson: inDays(lectern, 20), rrule: 'FREQ=DAILY;COUNT=3' }));
  const before = (await filled(lectern, id)).occurrences;
  const off = { personId: cast.studentIds[0], fromDay: inDays(lectern, 20).slice(0, 10), toDay: inDays(lectern, 22).slice(0, 10), reason: 'a cure' };
  const made = await lectern.api<{ id: string }>('POST', '/v1/time-off', off);
  const path = `/v1/time-off/${made.body.id}`;
  await done(path);
  expect((await lectern.api('POST', `${path}/remove`)).status).toBe(200);
  // The instructor takes another lesson at the time of the second.
  await lectern.book({ ...(await lectern.cast(1)), instructorId: cast.instructorId }, +new Date(before[1]!.startsAt!) - +lectern.now(), {}, HOUR);
  type Offered = { sessions: { sessionId: string; was: string; verdict: string }[]; previewToken: string };
  const offered = async (): Promise<Offered> => (await lectern.api<Offered>('POST', `${path}/restore?preview=true`, { reason: 'r' })).body;
  const listed = await offered();
  expect(listed.sessions.map((s) => [s.sessionId, s.was, s.verdict])).toEqual(
    before.map((o, n) => [o.sessionId, 'cancelled', n === 1 ? 'leave' : 'restore']),
  );
  const both = await Promise.all([1, 2].map(() => lectern.api<{ id: string }>('POST', `${path}/restore`, { reason: 'well again' })));
  expect(both.map((a) => a.status)).toEqual([200, 200]);
  const { batches } = await done(path);
  expect(batches.slice(1).flatMap((b) => b.items.map((i) => [i.change, i.state, i.why]))).toEqual(
    Array(2).fill(['rebook', 'done', expect.stringMatching(/^Booked anew as session /)]),
  );
  const after = (await readSeries(lectern, id)).occurrences;
  expect(after.map((o) => [o.status, o.startsAt])).toEqual(
    before.map((o, n) => [n === 1 ? 'cancelled' : expect.stringMatching(/booked|ready/), o.startsAt]),
  );
  expect(after.map((o) => o.sessionId !== before.find((b) => b.original === o.original)!.sessionId)).toEqual([true, false, true]);
  expect((await offered()).sessions.map((s) => s.verdict)).toEqual(['leave']);
});

test('fifty bookings beside a closure: each finds the closure, or is found by it', async () => {
  const branch = `branch-${(await lectern.cast(1)).tag}`;
  const casts = await Promise.all(Array.from({ length: 10 }, () => lectern.cast(1)));
  const book = (n: number): Promise<Answer<{ id: string; details?: { rule: string } }>> => {
    const startsAt = new Date(+lectern.now() + (20 + Math.floor(n / 10)) * DAY);
    const { studentIds, instructorId } = casts[n % 10]!;
    return lectern.api('POST', '/v1/sessions', { title: 'Raced', startsAt, endsAt: new Date(+startsAt + HOUR), studentIds, instructorId, branch });
  };
  const before = Array.from({ length: 25 }, (_, n) => book(n));
  const closing = lectern.api<{ id: string; batchId: string }>('POST', '/v1/closures', { from: at(19), to: at(26), reason: 'raced', branch });
  const answers = await Promise.all([...before, ...Array.from({ length: 25 }, (_, n) => book(25 + n))]);
  const made = await closing;
  expect(made.status).toBe(201);
  expect(answers.filter((a) => a.status !== 201).map((a) => [a.status, a.body.details?.rule])).toEqual(
    answers.filter((a) => a.status !== 201).map(() => [422, 'closed']),
  );
  const items = (await done(`/v1/closures/${made.body.id}`)).batches[0]!.items.map((i) => i.sessionId);
  expect(items.sort()).toEqual(answers.flatMap((a) => (a.status === 201 ? [a.body.id] : [])).sort());
});

test('a closure gets other dates, and is removed: the difference is done, what it did is listed, and put back only when that is asked for', async () => {
  const cast = await lectern.cast(1);
  const branch = `branch-${cast.tag}`;
  const first = await lectern.book(cast, 20 * DAY, { branch }, HOUR);
  const second = await lectern.book(cast, 24 * DAY, { branch }, HOUR);
  const original = await Promise.all([first, second].map(async (id) => (await lectern.session(id)).startsAt.toISOString()));
  const made = await lectern.api<{ id: string }>('POST', '/v1/closures', { from: at(19.5), to: at(20.5), reason: 'a flood', branch });
  const path = `/v1/closures/${made.body.id}`;
  await done(path);
  const longer = { version: 1, to: at(24.5) };
  const { body: preview } = await lectern.api<Preview>('PATCH', `${path}?preview=true`, longer);
  expect(preview.sessions.map((s) => s.sessionId)).toContain(second);
  expect((await lectern.session(second)).rev).toBe(1);
  const edited = await lectern.api('PATCH', path, { ...longer, previewToken: preview.previewToken });
  expect(edited.status).toBe(200);
  expect(await lectern.api('PATCH', path, longer)).toMatchObject({ status: 409, body: { code: 'stale' } });
  const { batches } = await done(path);
  expect(batches).toMatchObject([
    { done: 1, total: 1 },
    { done: preview.sessions.length, total: preview.sessions.length },
  ]);
  type Offered = { sessions: { sessionId: string; was: string; originalStartsAt: string; verdict: string }[]; previewToken: string };
  const offered = async (action: string, body?: object): Promise<Offered> =>
    (await lectern.api<Offered>('POST', `${path}/${action}?preview=true`, body)).body;
  expect((await offered('restore', { reason: 'r' })).sessions).toEqual([]);
  const listed = await offered('remove');
  expect(listed.sessions).toMatchObject(
    [first, second].map((sessionId, n) => ({ sessionId, was: 'moved', originalStartsAt: original[n], verdict: 'restore' })),
  );
  expect((await lectern.api('POST', `${path}/remove`)).status).toBe(200);
  expect((await lectern.session(first)).startsAt.toISOString()).not.toBe(original[0]);
  const back = { reason: 'open after all', previewToken: listed.previewToken };
  expect((await lectern.api('POST', `${path}/restore`, back)).status).toBe(200);
  await done(path);
  for (const [n, id] of [first, second].entries()) expect((await lectern.session(id)).startsAt.toISOString()).toBe(original[n]);
  // Pressed once more there is nothing left to put back.
  expect((await offered('restore', { reason: 'r' })).sessions).toEqual([]);
  await lectern.until('the word of it', async () => (await lectern.mails(cast)).some((m) => toHousehold(m) && /open after all/.test(m.subject)));
});
