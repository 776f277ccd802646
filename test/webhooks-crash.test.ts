import { Lectern, MINUTE } from './support/lectern';
import { OwnLectern } from './support/own-lectern';
import { isGood, Receiver } from './support/receiver';

jest.setTimeout(240_000);
const own = new OwnLectern({ WEBHOOK_ADDRESSES: 'any' });
const to = new Receiver();
afterAll(async () => {
  await own.stop();
  await to.stop();
});

test('kill -9 between sending and marking: it is sent again under the same id and as the same bytes, and nothing is lost', async () => {
  await to.start();
  let connection = await own.start();
  let lectern = new Lectern(connection);
  const { adminKey } = lectern.at;
  const body = { name: 'to', url: to.url, eventTypes: ['session.booked', 'session.changed'] };
  const { secret, id } = (await lectern.api<{ secret: string; id: string }>('POST', '/v1/webhooks', body)).body;
  // The receiver has it, and whoever sent it dies before hearing so; what was changed meanwhile was committed, and not sent yet.
  const killed = new Promise<void>((resolve, reject) =>
    to.answers((response) => {
      to.answers((later) => void later.writeHead(200).end());
      lectern
        .api('POST', `/v1/sessions/${String(to.received[0]!.body.data.session!.id)}/changes`, { kind: 'cancel', reason: 'r' })
        .then(() => own.kill())
        .then(() => (response.destroy(), resolve()), reject);
    }),
  );
  const sessionId = await lectern.book(await lectern.cast(1), 60 * 24 * MINUTE);
  await killed;
  await lectern.close();
  connection = JSON.stringify({ ...(JSON.parse(await own.start()) as object), adminKey });
  lectern = new Lectern(connection);
  // Its lease is over sooner than by itself.
  await lectern.query(`UPDATE webhook_deliveries SET lease_until = now() WHERE state = 'claimed'`);
  await lectern.until(
    'both to be taken',
    async () => (await lectern.query(`SELECT 1 FROM webhook_deliveries WHERE state = 'delivered'`)).length === 2,
  );
  expect(to.received.map((r) => [r.body.type, r.body.data.session!.id])).toEqual([
    ['session.booked', sessionId],
    ['session.booked', sessionId],
    ['session.changed', sessionId],
  ]);
  expect([to.received[1]!.id, to.received[1]!.text]).toEqual([to.received[0]!.id, to.received[0]!.text]);
  expect(to.received.every((r) => isGood(secret, r))).toBe(true);
  const { items } = (await lectern.api<{ items: { type: string; attempts: object[] }[] }>('GET', `/v1/webhooks/${id}/deliveries`)).body;
  expect(items.find((d) => d.type === 'session.booked')!.attempts).toMatchObject([
    { status: null, error: 'interrupted' },
    { status: 200, error: null },
  ]);
  await lectern.close();
});
