import type { OutboundType } from '../domain/outbound';

import { MINUTE, type Answer } from './support/lectern';
import { organisedForAll, type OwnOrganisation } from './support/organisation';
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
const ended = (hook: Hook, state: string): Promise<Delivery> =>
  own.until(`a delivery to be ${state}`, async () => (await deliveries(hook)).find((d) => d.state === state));
const got = (r: Receiver, is: (received: Received) => boolean): Promise<Received> =>
  own.until('a webhook', () => Promise.resolve(r.received.find(is)));
const change = (sessionId: string, body: object): Promise<Answer<Record<string, never>>> =>
  own.api('POST', `/v1/sessions/${sessionId}/changes`, body);

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
  const delivery = await ended(hook, 'delivered');
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
