import { OUTBOUND_SCHEMAS } from '../api/schemas/outbound';
import { sendWebhook } from '../commands/webhooks/deliveries';
import { OUTBOUND_TYPES } from '../domain/outbound';
import { MINUTE, type Answer, type Cast } from './support/lectern';
import { organisedForAll, type OwnOrganisation } from './support/organisation';
import { isGood, type Received, type Receiver } from './support/receiver';
import { Webhooks, type Hook } from './support/webhooks';

jest.setTimeout(120_000);
let own: OwnOrganisation;
let hooks: Webhooks;
organisedForAll((made) => {
  own = made;
  hooks = new Webhooks(made);
});
afterAll(() => hooks.close());

const change = (sessionId: string, body: object): Promise<Answer<Record<string, never>>> =>
  own.api('POST', `/v1/sessions/${sessionId}/changes`, body);

/** A lesson that is lived through, and everything that is told of it; it goes on beside the tests. */
let lesson: Promise<{ to: Receiver; hook: Hook; sessionId: string; cast: Cast }>;
beforeAll(async () => {
  const to = await hooks.receiver();
  const hook = await hooks.hookTo(to.url, ...OUTBOUND_TYPES);
  const cast = await own.cast(1);
  lesson = own.underReview(cast).then(async ({ sessionId, step }) => {
    await own.decide(step, 'approve');
    await own.closed(sessionId);
    return { to, hook, sessionId, cast };
  });
  lesson.catch(() => undefined);
  await hooks.got(to, (r) => r.body.type === 'session.booked');
});

test('whoever listens is told of a booking and of every change, signed, in order, with the session as it stands', async () => {
  const to = await hooks.receiver();
  const hook = await hooks.hookTo(to.url, 'session.booked', 'session.changed');
  const cast = await own.cast(1);
  const sessionId = await own.book(cast, 60 * 24 * MINUTE, { externalId: 'ours-4711' });
  const startsAt = new Date(+(await own.session(sessionId)).startsAt + 60 * MINUTE);
  await change(sessionId, {
    kind: 'reschedule',
    startsAt: startsAt.toISOString(),
    endsAt: new Date(+startsAt + 30 * MINUTE).toISOString(),
    reason: 'r',
  });
  await change(sessionId, { kind: 'cancel', reason: 'r' });
  const last = await hooks.got(to, (r) => r.body.data.change === 'cancel');
  expect(to.received.map((r) => [r.body.type, r.body.data.change])).toEqual([
    ['session.booked', undefined],
    ['session.changed', 'reschedule'],
    ['session.changed', 'cancel'],
  ]);
  expect(to.received.map((r) => isGood(hook.secret, r))).toEqual([true, true, true]);
  const sequences = to.received.map((r) => Number(r.body.data.sequence));
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  expect(last.body.data.session).toMatchObject({
    id: sessionId,
    externalId: 'ours-4711',
    status: 'cancelled',
    startsAt: startsAt.toISOString(),
    participants: expect.arrayContaining([{ personId: cast.studentIds[0], role: 'student', verdict: 'waiting' }]) as unknown,
  });
  expect(to.received.map((r) => r.text).join()).not.toMatch(/Invented|example\.invalid/);
});

test('of one session an address is sent one event at a time, however slowly it answers', async () => {
  let [underWay, most] = [0, 0];
  const to = await hooks.receiver((response) => {
    most = Math.max(most, ++underWay);
    // Until all three have been laid down and could be sent together; later tests book more for the same address.
    void own
      .until('the others to be laid down', async () => (await hooks.deliveries(hook)).length >= 3)
      .then(() => (--underWay, response.writeHead(204).end()));
  });
  const hook = await hooks.hookTo(to.url, 'session.booked', 'session.changed');
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  await change(sessionId, { kind: 'room', reason: 'r' });
  await change(sessionId, { kind: 'cancel', reason: 'r' });
  await hooks.got(to, (r) => r.body.data.change === 'cancel');
  expect([to.received.map((r) => r.body.data.change ?? 'booked'), most]).toEqual([['booked', 'room', 'cancel'], 1]);
});

test('a new secret stands beside the old one; when the old one has leaked it ends at once', async () => {
  const to = await hooks.receiver();
  const hook = await hooks.hookTo(to.url, 'session.booked');
  const rotate = async (leaked: boolean): Promise<Hook> => {
    const { version } = await hooks.read(hook);
    return (await own.api<Hook>('POST', `/v1/webhooks/${hook.id}/rotate-secret`, { version, leaked })).body;
  };
  const told = async (): Promise<Received> => {
    const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
    return hooks.got(to, (r) => r.body.data.session?.id === sessionId);
  };
  const second = await rotate(false);
  const beside = await told();
  expect([hook, second].map((h) => isGood(h.secret, beside))).toEqual([true, true]);
  const third = await rotate(true);
  const alone = await told();
  expect([hook, second, third].map((h) => isGood(h.secret, alone))).toEqual([false, false, true]);
  const again = await own.api('POST', `/v1/webhooks/${hook.id}/rotate-secret`, { version: second.version });
  expect(again).toMatchObject({ status: 409, body: { code: 'stale' } });
  expect(JSON.stringify(await own.query('SELECT * FROM webhooks'))).not.toContain(third.secret.slice(6, 20));
});

test('what an automation sends is laid down once for its key, and told like all else', async () => {
  const to = await hooks.receiver();
  const hook = await hooks.hookTo(to.url, 'session.settled');
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  const sending = { webhook: hook.name, key: 'automation/1/2', type: 'lesson-in-a-day', sessionId, at: own.now(), facts: { run: '1' } };
  const [first, second] = [await own.in((tx) => sendWebhook(tx, sending)), await own.in((tx) => sendWebhook(tx, sending))];
  expect(first).toEqual(second);
  const received = await hooks.got(to, (r) => r.body.type === 'lesson-in-a-day');
  expect(received.body.data).toMatchObject({ run: '1', session: { id: sessionId, status: 'booked' } });
  expect(isGood(hook.secret, received)).toBe(true);
  await expect(own.in((tx) => sendWebhook(tx, { ...sending, webhook: 'nobody' }))).rejects.toMatchObject({ code: 'not-found' });
});

test('a whole lesson and its correction are told in the shapes that are documented, and without a name in them', async () => {
  const { to, hook, cast, sessionId } = await lesson;
  const correction = { kind: 'charge', personId: cast.studentIds[0], chargePercent: 0, reason: 'A power cut' };
  expect((await own.api('POST', `/v1/sessions/${sessionId}/corrections`, correction)).status).toBe(200);
  await hooks.got(to, (r) => r.body.type === 'session.corrected');
  const received = to.received.filter((r) => r.body.data.session?.id === sessionId);
  expect(received.map((r) => OUTBOUND_SCHEMAS[r.body.type]!.safeParse(r.body).error?.issues).filter(Boolean)).toEqual([]);
  expect([...new Set(received.map((r) => r.body.type))].sort()).toEqual([
    'attendance.decided',
    'charge.posted',
    'charge.reversed',
    'documentation.finished',
    'held-step.decided',
    'held-step.opened',
    'payout.posted',
    'room.opened',
    'session.booked',
    'session.corrected',
    'session.ended',
    'session.settled',
    'session.started',
    'transcript.received',
  ]);
  expect(received.map((r) => r.text).join()).not.toMatch(new RegExp(`Invented|example\\.invalid|power cut|${cast.tag}`));
  // Nothing is told that a key of an integrator could not read where it comes from.
  const { items } = (
    await own.api<{ items: { id: string; actor: { id: string }; data: object }[] }>(
      'GET',
      `/v1/sessions/${sessionId}/timeline?limit=200`,
      undefined,
      await own.key('App', 'integrator'),
    )
  ).body;
  for (const { sequence, actor, rev: _rev, decisionId: _decision, session: _session, change: _change, verdict: _verdict, ...facts } of received.map(
    (r) => r.body.data,
  ))
    expect(items.find((e) => e.id === String(sequence))).toMatchObject({ actor: { id: actor }, data: facts });
  expect(received.every((r) => isGood(hook.secret, r))).toBe(true);
  expect(new Set(received.map((r) => r.id)).size).toBe(received.length);
});
