import { SYSTEM, type Context } from '../commands/context';
import { fillSeries } from '../commands/series/fill';
import { HOUR, Lectern } from './support/lectern';
import { bookSeries, DAY, filled, readSeries, wallOf, weekly } from './support/series';

jest.setTimeout(180_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

const context = (asOf = lectern.now()): Context => ({
  db: lectern.db,
  organisationId: lectern.at.organisationId,
  principal: SYSTEM,
  asOf,
  requestId: null,
  secret: lectern.at.secret,
});

test('a weekly series books eight weeks, each lesson as a booking by itself, at the same time on the wall', async () => {
  const cast = await lectern.cast(1);
  const body = weekly(lectern, cast, { externalId: `series-${cast.tag}` });
  const preview = await lectern.api<{ occurrences: { wallTime: string; obstacle: string | null; priceMinor: number }[]; previewToken: string }>(
    'POST',
    '/v1/series?preview=true',
    body,
  );
  expect(preview.status).toBe(200);
  expect(preview.body.occurrences).toHaveLength(8);
  const id = await bookSeries(lectern, { ...body, previewToken: preview.body.previewToken });
  const { occurrences } = await filled(lectern, id);
  expect(occurrences.map((o) => [o.outcome, wallOf(o.startsAt)])).toEqual(preview.body.occurrences.map((o) => ['booked', o.wallTime]));
  for (const { sessionId } of occurrences) await lectern.status(sessionId!, 'booked', 'ready');
  expect(new Set(preview.body.occurrences.map((o) => `${o.obstacle} ${o.priceMinor}`))).toEqual(new Set(['null 4500']));
  // Admission was decided for each.
  const decided = await lectern.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM decisions WHERE point = 'admission' AND session_id = ANY(?::uuid[])`,
    [`{${occurrences.map((o) => o.sessionId).join(',')}}`],
  );
  expect(decided).toEqual([{ n: 8 }]);
  expect(await lectern.api('POST', '/v1/series', body)).toMatchObject({ status: 409, body: { code: 'already-exists', details: { id } } });
});

test('a preview that has been overtaken is refused with what is otherwise now', async () => {
  const cast = await lectern.cast(1);
  const body = weekly(lectern, cast);
  const { body: preview } = await lectern.api<{ previewToken: string; occurrences: { startsAt: string }[] }>('POST', '/v1/series?preview=true', body);
  await lectern.book(cast, +new Date(preview.occurrences[2]!.startsAt) - +lectern.now(), {}, HOUR);
  const answer = await lectern.api<{ code: string; details: { difference: { path: string; now: unknown[] }[] } }>('POST', '/v1/series', {
    ...body,
    previewToken: preview.previewToken,
  });
  expect(answer).toMatchObject({ status: 409, body: { code: 'stale', details: { difference: [{ path: '/obstacles' }] } } });
  expect(answer.body.details.difference[0]!.now[2]).toBe('taken');
});

test('filled many times at once, every lesson is booked once; and filling goes on from where a kill left it', async () => {
  const cast = await lectern.cast(1);
  const id = await bookSeries(lectern, weekly(lectern, cast));
  // Beside the worker that fills it anyway: fillings that end in their middle, and whole ones.
  const killed = Array.from({ length: 4 }, (_, i) => {
    let left = i;
    return fillSeries(context(), id, () => {
      if (left-- === 0) throw new Error('killed');
    }).catch((error: Error) => {
      if (error.message !== 'killed') throw error;
    });
  });
  await Promise.all([...killed, ...Array.from({ length: 4 }, () => fillSeries(context(), id))]);
  const { occurrences } = await filled(lectern, id);
  expect(occurrences.map((o) => o.outcome)).toEqual(Array<string>(8).fill('booked'));
  const [{ n }] = (await lectern.query<{ n: number }>(`SELECT count(*)::int AS n FROM participants WHERE person_id = ? AND holds_slot`, [
    cast.instructorId,
  ])) as [{ n: number }];
  expect(n).toBe(8);
});

test('as time goes by the horizon moves on, and nothing that was filled is filled again', async () => {
  const cast = await lectern.cast(1);
  const id = await bookSeries(lectern, weekly(lectern, cast));
  const before = (await filled(lectern, id)).occurrences;
  expect((await lectern.api('POST', `/v1/sessions/${before[1]!.sessionId}/changes`, { kind: 'cancel' })).status).toBe(200);
  await fillSeries(context(new Date(+lectern.now() + 15 * DAY)), id);
  const after = (await readSeries(lectern, id)).occurrences;
  expect(after.length).toBe(10);
  expect(after.slice(0, 8).map((o) => o.sessionId)).toEqual(before.map((o) => o.sessionId));
  // The cancelled one stays cancelled, and is known as changed by hand.
  expect(after[1]).toMatchObject({ status: 'cancelled', isException: true });
});

describe('a week in which somebody has another lesson', () => {
  async function clash(): Promise<{ id: string; sessionId: string; step: Awaited<ReturnType<Lectern['openStep']>>; instructorId: string }> {
    const cast = await lectern.cast(1);
    const other = await lectern.cast(1);
    const body = weekly(lectern, cast);
    const { body: preview } = await lectern.api<{ occurrences: { startsAt: string; obstacle: string | null; conflicts: object[] }[] }>(
      'POST',
      '/v1/series?preview=true',
      body,
    );
    const seventh = +new Date(preview.occurrences[6]!.startsAt) - +lectern.now();
    await lectern.book({ ...other, instructorId: cast.instructorId }, seventh, {}, HOUR);
    const id = await bookSeries(lectern, body);
    const { occurrences } = await filled(lectern, id);
    expect(occurrences.map((o) => o.outcome)).toEqual(['booked', 'booked', 'booked', 'booked', 'booked', 'booked', 'held', 'booked']);
    const { sessionId } = occurrences[6]!;
    return { id, sessionId: sessionId!, step: await lectern.openStep(sessionId!, 'series-occurrence'), instructorId: cast.instructorId };
  }
  interface Shown {
    reason: string;
    options: string[];
    shown: { alternatives: { option: string; startsAt: string }[] };
  }
  const shownOf = async (stepId: string): Promise<Shown> => (await lectern.api<Shown>('GET', `/v1/held-steps/${stepId}`)).body;

  test('is held with other times, the other weeks stand, and the answer books it', async () => {
    const { id, sessionId, step } = await clash();
    const { reason, options, shown } = await shownOf(step.id);
    expect(reason).toMatch(
      /cannot be booked at its time: somebody on it has another lesson then\. The other weeks of the series stand\. Everybody is free on .* left out on /,
    );
    expect(options).toEqual(['take-1', 'take-2', 'take-3', 'skip']);
    expect((await lectern.decide(step, 'take-2')).status).toBe(200);
    await lectern.status(sessionId, 'booked', 'ready');
    const [, , , , , , taken] = (await readSeries(lectern, id)).occurrences;
    expect(taken).toMatchObject({ startsAt: shown.alternatives[1]!.startsAt, isException: true });
    // It is a lesson like any other: whoever was not told before is told of it once.
    const owed = await lectern.query<{ n: number }>(`SELECT count(*)::int AS n FROM obligations WHERE session_id = ? AND kind = 'confirmation'`, [
      sessionId,
    ]);
    expect(owed[0]!.n).toBeGreaterThan(0);
  });

  test('an offered time that somebody takes first is not given twice: the answer is refused and the step stays', async () => {
    const { sessionId, step, instructorId } = await clash();
    const { shown } = await shownOf(step.id);
    const rival = await lectern.cast(1);
    await lectern.book({ ...rival, instructorId }, +new Date(shown.alternatives[0]!.startsAt) - +lectern.now(), {}, HOUR);
    expect(await lectern.decide(step, 'take-1')).toMatchObject({ status: 409, body: { code: 'slot-clash' } });
    expect((await lectern.decide(step, 'skip')).status).toBe(200);
    expect(await lectern.closed(sessionId)).toBe('refused');
  });

  test('has no slot, so nobody is kept from it, and it can be cancelled but not moved past its step', async () => {
    const { sessionId } = await clash();
    expect(await lectern.query('SELECT 1 FROM participants WHERE session_id = ? AND holds_slot', [sessionId])).toEqual([]);
    const startsAt = new Date(+lectern.now() + 30 * DAY);
    const move = { kind: 'reschedule', startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + HOUR).toISOString() };
    expect(await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, move)).toMatchObject({ status: 409, body: { code: 'illegal-move' } });
    expect((await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel' })).status).toBe(200);
    expect(await lectern.closed(sessionId)).toBe('cancelled');
  });
});

test('the worker keeps a schedule for the organisation, and makes it again when it is gone', async () => {
  const { Client, Connection } = await import('@temporalio/client');
  await bookSeries(lectern, weekly(lectern, await lectern.cast(1)));
  const connection = await Connection.connect({ address: lectern.at.temporalAddress });
  const handle = new Client({ connection }).schedule.getHandle(`series/${lectern.at.organisationId}`);
  const described = (): Promise<unknown> => handle.describe().catch(() => null);
  await lectern.until('the schedule', described);
  await handle.delete();
  await lectern.until('the schedule again', described);
  await connection.close();
});

test.each([
  [{ rrule: 'FREQ=HOURLY' }, 'rrule', /FREQ=HOURLY is not taken/],
  [{ rrule: 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=9' }, 'rrule', /BYHOUR/],
  [{ anchorZone: 'Mars/Olympus' }, 'anchorZone', /not an IANA time zone/],
  [{ firstLesson: '2026-11-30T10:00', rrule: 'FREQ=WEEKLY;BYDAY=TU' }, 'firstLesson', /not a time of the rule/],
  [{ firstLesson: '2026-11-31T10:00' }, 'firstLesson', /not a day of the calendar/],
  [{ exdates: ['2027-01-01T03:00'] }, 'exdates.0', /not a time of the rule/],
])('%j is refused at its place', async (more, path, message) => {
  const answer = await lectern.api<{ details: { path: string; message: string }[] }>(
    'POST',
    '/v1/series',
    weekly(lectern, await lectern.cast(1), more),
  );
  expect(answer).toMatchObject({ status: 400, body: { details: [{ path, message: expect.stringMatching(message) as string }] } });
});

test('what admission refuses is left out, with its reason in the words of the rules', async () => {
  const cast = await lectern.cast(1);
  const id = await bookSeries(lectern, weekly(lectern, cast, { lengthMinutes: 300, rrule: 'FREQ=WEEKLY;COUNT=2' }));
  const { occurrences } = await filled(lectern, id);
  expect(occurrences).toMatchObject([
    { outcome: 'skipped', sessionId: null, reason: expect.stringContaining('Lessons have a sensible length') as string },
    { outcome: 'skipped' },
  ]);
});
