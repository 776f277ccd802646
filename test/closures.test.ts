import { SYSTEM } from '../commands/context';
import { changeItem } from '../commands/change-batch';
import { waitingItems } from '../db/batches';
import { HOUR, Lectern, type Cast, type Mail } from './support/lectern';
import { bookSeries, DAY, filled, inDays, weekly } from './support/series';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

interface Preview {
  sessions: {
    sessionId: string;
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
  batches: { id: string; state: string; items: { sessionId: string; change: string; state: string; why: string | null }[] }[];
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
