import { forgetSent } from '../commands/webhooks/keep';
import { loadConfig } from '../runtime/config';
import { examine } from '../runtime/doctor';
import { HOUR, Lectern, MINUTE, type Answer } from './support/lectern';
import { organisedForAll, OwnOrganisation } from './support/organisation';
import { isGood } from './support/receiver';
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

test('what an address does not take is sent again under the same id and as the same bytes, until it does', async () => {
  const to = await hooks.receiver((response, n) => void response.writeHead(n === 0 ? 500 : 200).end('noted'));
  const hook = await hooks.hookTo(to.url, 'session.booked');
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  const delivery = await hooks.becomes(hook, 'delivered');
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

test.each<[string, () => string]>([
  ['seconds', () => '1'],
  ['a date', () => new Date(Date.now() + 3_000).toUTCString()],
])('an address that asks to be left alone for a while, in %s, is, and is sent it then', async (_how, retryAfter) => {
  const to = await hooks.receiver(
    (response, n) => void response.writeHead(n === 0 ? 429 : 204, n === 0 ? { 'retry-after': retryAfter() } : {}).end(),
  );
  const hook = await hooks.hookTo(to.url, 'session.booked');
  await own.book(await own.cast(1), 60 * 24 * MINUTE);
  const { id, attempts } = await hooks.becomes(hook, 'delivered');
  expect(attempts).toMatchObject([{ status: 429, error: 'busy' }, { status: 204 }]);
  const [decision] = await own.query<{ facts: { answer: string; retryAfter: number }; outcome: { after: number } }>(
    `SELECT facts, outcome FROM decisions WHERE point = 'webhook' AND subject = ?`,
    [id],
  );
  // A second of theirs is five minutes here; a date has whole seconds.
  expect([decision!.facts.answer, decision!.outcome.after]).toEqual(['busy', decision!.facts.retryAfter]);
  expect(decision!.facts.retryAfter).toBeGreaterThan(60_000);
  expect(decision!.facts.retryAfter).toBeLessThanOrEqual(900_000);
});

test('one that says that it is gone is switched off, a coordinator is asked, and what it has missed is sent again', async () => {
  const to = await hooks.receiver((response) => void response.writeHead(410).end());
  const hook = await hooks.hookTo(to.url, 'session.booked', 'session.changed');
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  const step = await own.openStep(sessionId, 'webhook');
  expect(await hooks.read(hook)).toMatchObject({ state: 'off', off: { reason: 'gone' } });
  await change(sessionId, { kind: 'cancel', reason: 'r' });
  to.answers((response) => void response.writeHead(204).end());
  expect((await own.decide(step, 'send-again')).status).toBe(200);
  await hooks.got(to, (r) => r.body.data.change === 'cancel');
  expect(to.received.map((r) => r.body.type)).toEqual(['session.booked', 'session.booked', 'session.changed']);
  expect(to.received[0]!.id).toBe(to.received[1]!.id);
  expect(await hooks.read(hook)).toMatchObject({ state: 'on', off: null });
});

test('what an address missed while it was off is sent when it is asked for, once, and all of it only when all is asked for', async () => {
  const to = await hooks.receiver();
  const hook = await hooks.hookTo(to.url, 'session.booked');
  const turn = async (state: string): Promise<number> =>
    (await own.api('PATCH', `/v1/webhooks/${hook.id}`, { version: (await hooks.read(hook)).version, state })).status;
  const again = (body: object): Promise<Answer<{ count: number; code: string }>> => own.api('POST', `/v1/webhooks/${hook.id}/redeliver`, body);
  const since = own.now().toISOString();
  const first = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  await hooks.becomes(hook, 'delivered');
  await turn('off');
  const missed = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  expect(await again({ since })).toMatchObject({ status: 409, body: { code: 'illegal-move' } });
  await turn('on');
  expect((await again({ since })).body).toEqual({ count: 1 });
  await hooks.got(to, (r) => r.body.data.session?.id === missed);
  await own.until('nothing to be on its way', async () => (await hooks.read(hook)).waiting === 0);
  expect((await again({ since })).body).toEqual({ count: 0 });
  expect((await again({ since, all: true })).body).toEqual({ count: 2 });
  await own.until('four webhooks', () => Promise.resolve(to.received.length === 4));
  expect(new Set(to.received.map((r) => r.id)).size).toBe(2);
  const [delivery] = (await hooks.deliveries(hook)).filter((d) => d.sessionId === first);
  expect((await again({ deliveryId: delivery!.id })).body).toEqual({ count: 1 });
  const long = new Date(+own.now() - 31 * 24 * HOUR).toISOString();
  expect(await again({ since: long })).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
});

test('what was taken is forgotten after a month, what was given up after three, and nothing that waits', async () => {
  const to = await hooks.receiver((response, k) => void response.writeHead(k === 0 ? 204 : 410).end());
  const hook = await hooks.hookTo(to.url, 'session.booked');
  await own.book(await own.cast(1), 60 * 24 * MINUTE);
  await hooks.becomes(hook, 'delivered');
  await own.api('POST', `/v1/webhooks/${hook.id}/test`);
  await hooks.becomes(hook, 'failed');
  const states = async (): Promise<string[]> => (await hooks.deliveries(hook)).map((d) => d.state).sort();
  const later = (days: number): Date => new Date(+own.now() + days * 24 * HOUR);
  const sweep = (asOf: Date): Promise<number> => own.in((tx) => forgetSent(tx, asOf, 1_000));
  await sweep(later(29));
  expect(await states()).toEqual(['delivered', 'failed']);
  await sweep(later(31));
  expect(await states()).toEqual(['failed']);
  await sweep(later(89));
  expect(await states()).toEqual(['failed']);
  await sweep(later(91));
  expect(await states()).toEqual([]);
});

test('while webhooks are paused they wait, and leave when the pause is released', async () => {
  const to = await hooks.receiver();
  const hook = await hooks.hookTo(to.url, 'session.booked');
  const pause = await own.api<{ id: string }>('POST', '/v1/ops/pause', { channel: 'webhook', reason: 'Their server moves' });
  expect(pause.status).toBe(201);
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  const { body } = await own.api<{ waiting: number }>('GET', `/v1/ops/pause/${pause.body.id}`);
  expect(body.waiting).toBeGreaterThanOrEqual(1);
  // Another address has been told meanwhile, were it not paused: a test is, and waits as well.
  await own.api('POST', `/v1/webhooks/${hook.id}/test`);
  expect(to.received).toEqual([]);
  await own.api('POST', `/v1/ops/pause/${pause.body.id}/release`);
  await hooks.got(to, (r) => r.body.data.session?.id === sessionId);
  expect(await hooks.got(to, (r) => r.body.type === 'webhook.test')).toMatchObject({ body: { data: { session: null, sequence: null } } });
});

test('a redirect is not followed, an address that hangs keeps no other waiting, and a test is tried once', async () => {
  const behind = await hooks.receiver();
  const moved = await hooks.hookTo(
    (await hooks.receiver((response) => void response.writeHead(308, { location: behind.url }).end())).url,
    'session.booked',
  );
  const hangs = await hooks.hookTo((await hooks.receiver(() => undefined)).url, 'session.booked');
  const quick = await hooks.receiver();
  await hooks.hookTo(quick.url, 'session.booked');
  const sessionId = await own.book(await own.cast(1), 60 * 24 * MINUTE);
  await hooks.got(quick, (r) => r.body.data.session?.id === sessionId);
  await hooks.becomes(hangs, 'claimed');
  await own.api('POST', `/v1/webhooks/${moved.id}/test`);
  const tried = await own.until('the test to have its end', async () =>
    (await hooks.deliveries(moved)).find((d) => d.type === 'webhook.test' && d.state === 'failed'),
  );
  expect(tried).toMatchObject({ reason: 'redirected', attempts: [{ status: 308, error: 'redirected' }] });
  expect(behind.received).toEqual([]);
  expect(await hooks.read(moved)).toMatchObject({ state: 'on' });
});

test('an address that takes nothing for as long as the rules wait is switched off; figures and doctor know it', async () => {
  const shared = new Lectern();
  const theirs = await OwnOrganisation.of(shared, {
    'webhook.json': (document: { params: object; examples: { cases: object[] } }) => {
      Object.assign(document.params, { offAfter: '1m', soon: '1m', minutes: '1m', half: '1m' });
      document.examples.cases = [{ id: 'a minute', given: { tries: 4, failingFor: '1m' }, expect: { verdict: 'switch-off' } }];
    },
  });
  const to = await hooks.receiver((response) => void response.writeHead(503).end());
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
