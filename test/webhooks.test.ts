import { OUTBOUND_TYPES, type OutboundType } from '../domain/outbound';

import { OUTBOUND_SCHEMAS } from '../api/schemas/outbound';
import { sendWebhook } from '../commands/webhooks/deliveries';
import { loadConfig } from '../runtime/config';
import { examine } from '../runtime/doctor';
import { HOUR, Lectern, MINUTE, type Answer, type Cast } from './support/lectern';
import { organisedForAll, OwnOrganisation } from './support/organisation';
import { isGood, Receiver, type Received } from './support/receiver';

jest.setTimeout(120_000);

let own: OwnOrganisation;
organisedForAll((made) => (own = made));
const receivers: Receiver[] = [];
afterAll(() => Promise.all(receivers.map((r) => r.stop())));

interface Hook {
  id: string;
  version: number;
  secret: string;
  state: string;
  off: { reason: string } | null;
  failed: number;
  waiting: number;
}
interface Delivery {
  id: string;
  webhookId: string;
  type: string;
  sessionId: string | null;
  state: string;
  reason: string | null;
  attempts: { status: number | null; error: string | null }[];
}

async function receiver(answer?: ConstructorParameters<typeof Receiver>[0]): Promise<Receiver> {
  const made = await new Receiver(answer).start();
  receivers.push(made);
  return made;
}

let n = 0;
async function hookTo(url: string, ...eventTypes: OutboundType[]): Promise<Hook> {
  const answer = await own.api<Hook>('POST', '/v1/webhooks', { name: `to-${++n}`, url, eventTypes });
  expect(answer.status).toBe(201);
  return answer.body;
}
const read = async (hook: Hook): Promise<Hook> => (await own.api<Hook>('GET', `/v1/webhooks/${hook.id}`)).body;
const deliveries = async (hook: Hook): Promise<Delivery[]> =>
  (await own.api<{ items: Delivery[] }>('GET', `/v1/webhooks/${hook.id}/deliveries`)).body.items;
const becomes = (hook: Hook, state: string): Promise<Delivery> =>
  own.until(`a delivery to be ${state}`, async () => (await deliveries(hook)).find((d) => d.state === state));
const got = (r: Receiver, is: (received: Received) => boolean): Promise<Received> =>
  own.until('a webhook', () => Promise.resolve(r.received.find(is)));
const change = (sessionId: string, body: object): Promise<Answer<Record<string, never>>> =>
  own.api('POST', `/v1/sessions/${sessionId}/changes`, body);

/** A lesson that is lived through, and everything that is told of it; it goes on beside the tests. */
let lesson: Promise<{ to: Receiver; hook: Hook; sessionId: string; cast: Cast }>;
beforeAll(async () => {
  const to = await receiver();
  const hook = await hookTo(to.url, ...OUTBOUND_TYPES);
  const cast = await own.cast(1);
  lesson = own.underReview(cast).then(async ({ sessionId, step }) => {
    await own.decide(step, 'approve');
    await own.closed(sessionId);
    return { to, hook, sessionId, cast };
  });
  lesson.catch(() => undefined);
  await got(to, (r) => r.body.type === 'session.booked');
});

test('whoever listens is told of a booking and of every change, signed, in order, with the session as it stands', async () => {
  const to = await receiver();
  const hook = await hookTo(to.url, 'session.booked', 'session.changed');
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
  const last = await got(to, (r) => r.body.data.change === 'cancel');
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

test('what an address does not take is sent again under the same id and as the same bytes, until it does', async () => {
  const to = await receiver((response, n) => void response.writeHead(n === 0 ? 500 : 200).end('noted'));
  const hook = await hookTo(to.url, 'session.booked');
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  const delivery = await becomes(hook, 'delivered');
  expect(delivery).toMatchObject({
    sessionId,
    type: 'session.booked',
    attempts: [
      { status: 500, error: 'failed' },
      { status: 200, error: null },
    ],
  });
  expect(to.received.map((r) => [r.id, r.text])).toEqual(Array(2).fill([delivery.webhookId, to.received[0]!.text]));
  expect(to.received.every((r) => isGood(hook.secret, r))).toBe(true);
  expect(
    await own.query(`SELECT rule, outcome ->> 'verdict' AS verdict FROM decisions WHERE point = 'webhook' AND subject = ?`, [delivery.id]),
  ).toEqual([{ rule: 'first', verdict: 'repeat' }]);
});

test('one that says that it is gone is switched off, a coordinator is asked, and what it has missed is sent again', async () => {
  const to = await receiver((response) => void response.writeHead(410).end());
  const hook = await hookTo(to.url, 'session.booked', 'session.changed');
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  const step = await own.openStep(sessionId, 'webhook');
  expect(await read(hook)).toMatchObject({ state: 'off', off: { reason: 'gone' } });
  await change(sessionId, { kind: 'cancel', reason: 'r' });
  to.answers((response) => void response.writeHead(204).end());
  expect((await own.decide(step, 'send-again')).status).toBe(200);
  await got(to, (r) => r.body.data.change === 'cancel');
  expect(to.received.map((r) => r.body.type)).toEqual(['session.booked', 'session.booked', 'session.changed']);
  expect(to.received[0]!.id).toBe(to.received[1]!.id);
  expect(await read(hook)).toMatchObject({ state: 'on', off: null });
});

test('a new secret stands beside the old one; when the old one has leaked it ends at once', async () => {
  const to = await receiver();
  const hook = await hookTo(to.url, 'session.booked');
  const rotate = async (leaked: boolean): Promise<Hook> => {
    const { version } = await read(hook);
    return (await own.api<Hook>('POST', `/v1/webhooks/${hook.id}/rotate-secret`, { version, leaked })).body;
  };
  const told = async (): Promise<Received> => {
    const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
    return got(to, (r) => r.body.data.session?.id === sessionId);
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

test('what an address missed while it was off is sent when it is asked for, once, and all of it only when all is asked for', async () => {
  const to = await receiver();
  const hook = await hookTo(to.url, 'session.booked');
  const turn = async (state: string): Promise<number> =>
    (await own.api('PATCH', `/v1/webhooks/${hook.id}`, { version: (await read(hook)).version, state })).status;
  const again = (body: object): Promise<Answer<{ count: number; code: string }>> => own.api('POST', `/v1/webhooks/${hook.id}/redeliver`, body);
  const since = own.now().toISOString();
  const first = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  await becomes(hook, 'delivered');
  await turn('off');
  const missed = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  expect(await again({ since })).toMatchObject({ status: 409, body: { code: 'illegal-move' } });
  await turn('on');
  expect((await again({ since })).body).toEqual({ count: 1 });
  await got(to, (r) => r.body.data.session?.id === missed);
  await own.until('nothing to be on its way', async () => (await read(hook)).waiting === 0);
  expect((await again({ since })).body).toEqual({ count: 0 });
  expect((await again({ since, all: true })).body).toEqual({ count: 2 });
  await own.until('four webhooks', () => Promise.resolve(to.received.length === 4));
  expect(new Set(to.received.map((r) => r.id)).size).toBe(2);
  const [delivery] = (await deliveries(hook)).filter((d) => d.sessionId === first);
  expect((await again({ deliveryId: delivery!.id })).body).toEqual({ count: 1 });
  const long = new Date(+own.now() - 31 * 24 * HOUR).toISOString();
  expect(await again({ since: long })).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
});

test('while webhooks are paused they wait, and leave when the pause is released', async () => {
  const to = await receiver();
  const hook = await hookTo(to.url, 'session.booked');
  const pause = await own.api<{ id: string }>('POST', '/v1/ops/pause', { channel: 'webhook', reason: 'Their server moves' });
  expect(pause.status).toBe(201);
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  const { body } = await own.api<{ waiting: number }>('GET', `/v1/ops/pause/${pause.body.id}`);
  expect(body.waiting).toBeGreaterThanOrEqual(1);
  // Another address has been told meanwhile, were it not paused: a test is, and waits as well.
  await own.api('POST', `/v1/webhooks/${hook.id}/test`);
  expect(to.received).toEqual([]);
  await own.api('POST', `/v1/ops/pause/${pause.body.id}/release`);
  await got(to, (r) => r.body.data.session?.id === sessionId);
  expect(await got(to, (r) => r.body.type === 'webhook.test')).toMatchObject({ body: { data: { session: null, sequence: null } } });
});

test('a redirect is not followed, an address that hangs keeps no other waiting, and a test is tried once', async () => {
  const behind = await receiver();
  const moved = await hookTo((await receiver((response) => void response.writeHead(308, { location: behind.url }).end())).url, 'session.booked');
  const hangs = await hookTo((await receiver(() => undefined)).url, 'session.booked');
  const quick = await receiver();
  await hookTo(quick.url, 'session.booked');
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  await got(quick, (r) => r.body.data.session?.id === sessionId);
  await becomes(hangs, 'claimed');
  await own.api('POST', `/v1/webhooks/${moved.id}/test`);
  const tried = await own.until('the test to have its end', async () =>
    (await deliveries(moved)).find((d) => d.type === 'webhook.test' && d.state === 'failed'),
  );
  expect(tried).toMatchObject({ reason: 'redirected', attempts: [{ status: 308, error: 'redirected' }] });
  expect(behind.received).toEqual([]);
  expect(await read(moved)).toMatchObject({ state: 'on' });
});

test('what an automation sends is laid down once for its key, and told like all else', async () => {
  const to = await receiver();
  const hook = await hookTo(to.url, 'session.settled');
  const name = `to-${n}`;
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  const sending = { webhook: name, key: 'automation/1/2', type: 'lesson-in-a-day', sessionId, at: own.now(), facts: { run: '1' } };
  const [first, second] = [await own.in((tx) => sendWebhook(tx, sending)), await own.in((tx) => sendWebhook(tx, sending))];
  expect(first).toEqual(second);
  const received = await got(to, (r) => r.body.type === 'lesson-in-a-day');
  expect(received.body.data).toMatchObject({ run: '1', session: { id: sessionId, status: 'booked' } });
  expect(isGood(hook.secret, received)).toBe(true);
  await expect(own.in((tx) => sendWebhook(tx, { ...sending, webhook: 'nobody' }))).rejects.toMatchObject({ code: 'not-found' });
});

test('an address that takes nothing for as long as the rules wait is switched off; figures and doctor know it', async () => {
  const shared = new Lectern();
  const theirs = await OwnOrganisation.of(shared, {
    'webhook.json': (document: { params: object; examples: { cases: object[] } }) => {
      Object.assign(document.params, { offAfter: '1m', soon: '1m', minutes: '1m', half: '1m' });
      document.examples.cases = [{ id: 'a minute', given: { tries: 4, failingFor: '1m' }, expect: { verdict: 'switch-off' } }];
    },
  });
  const to = await receiver((response) => void response.writeHead(503).end());
  const { body: hook } = await theirs.api<Hook>('POST', '/v1/webhooks', { name: 'dead', url: to.url, eventTypes: ['session.booked'] });
  const sessionId = await theirs.book(await theirs.cast(1), 60 * 24 * MINUTE);
  await theirs.openStep(sessionId, 'webhook');
  expect((await theirs.api<Hook>('GET', `/v1/webhooks/${hook.id}`)).body).toMatchObject({ state: 'off', off: { reason: 'failing' }, failed: 1 });
  // What happens in another organisation is told to nobody of this one.
  expect(to.received.every((r) => r.body.data.session!.id === sessionId)).toBe(true);
  expect(to.received.length).toBeGreaterThanOrEqual(4);
  const metrics = await theirs.api<string>('GET', '/metrics');
  expect(String(metrics.body)).toMatch(/lectern_webhooks\{state="switched-off"\} 1\n/);
  const found = await examine(loadConfig({ NODE_ENV: 'test' }), shared.at);
  expect(found.map((f) => f.detail)).toContainEqual(expect.stringMatching(/\b1 were switched off/));
  await theirs.close();
  await shared.close();
});

test('a whole lesson and its correction are told in the shapes that are documented, and without a name in them', async () => {
  const { to, hook, cast, sessionId } = await lesson;
  const correction = { kind: 'charge', personId: cast.studentIds[0], chargePercent: 0, reason: 'A power cut' };
  expect((await own.api('POST', `/v1/sessions/${sessionId}/corrections`, correction)).status).toBe(200);
  await got(to, (r) => r.body.type === 'session.corrected');
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
  expect(received.every((r) => isGood(hook.secret, r))).toBe(true);
  expect(new Set(received.map((r) => r.id)).size).toBe(received.length);
});
