import { execFile } from 'node:child_process';
import path from 'node:path';
import { newId } from '../domain/ids';
import { HOUR, Lectern } from './support/lectern';
import { isGood, Receiver } from './support/receiver';

jest.setTimeout(120_000);
const lectern = new Lectern();
const to = new Receiver();
const name = `to-${newId()}`;
beforeAll(() => to.start());
afterAll(async () => {
  await lectern.close();
  await to.stop();
});

/** The command line on the installation under test; `WEBHOOK_ADDRESSES` is that of the shell it is typed in. */
function webhook(addresses: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const file = path.join(__dirname, '../dist/runtime/cli.js');
  const env = { ...process.env, LECTERN_HOME: lectern.at.home, WEBHOOK_ADDRESSES: addresses };
  return new Promise((resolve) =>
    execFile(process.execPath, [file, 'webhook', ...args], { env }, (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err })),
  );
}

async function done<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await webhook('any', ...args, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as T;
}

test('an address is added, tried, looked at, sent to again and given a new secret from the command line', async () => {
  const since = lectern.now().toISOString();
  const { secret } = await done<{ secret: string }>('add', name, to.url, '--events', 'substitute.not-found');
  expect(await done('test', name)).toMatchObject({ type: 'webhook.test', state: 'delivered', attempts: [{ status: 204 }] });
  expect(isGood(secret, to.received[0]!)).toBe(true);
  to.answers((response) => void response.writeHead(418).end());
  expect(await webhook('any', 'test', name)).toMatchObject({ code: 1, out: 'not taken: 418 refused\n' });
  const { deliveries } = await done<{ deliveries: { state: string; reason: string | null }[] }>('deliveries', name, '--state', 'failed');
  expect(deliveries).toMatchObject([{ state: 'failed', reason: 'refused' }]);
  expect(await done('redeliver', name, '--since', since)).toEqual({ count: 0 });
  const list = await webhook('any', 'list');
  expect(list.out).toContain(`${name}  ${to.url}\n  on; 0 wait, 1 were given up\n  substitute.not-found\n`);
  expect((await done<{ secret: string }>('rotate', name)).secret).not.toBe(secret);
  expect(JSON.stringify([list, deliveries])).not.toContain('whsec_');
});

test.each<[string, string, string[], RegExp]>([
  [
    'an address of this machine where only the public internet is sent to',
    'public',
    ['add', 'a', 'https://127.0.0.1/'],
    /url must be an address of the public internet/,
  ],
  ['plain http there', 'public', ['add', 'a', 'http://example.com/'], /url must begin with https/],
  [
    'a type that there is not',
    'any',
    ['add', 'a', 'https://example.com/', '--events', 'session.bookt'],
    /eventTypes session\.bookt: not among session\.booked/,
  ],
  ['a name that is taken', 'any', ['add', name, 'https://example.com/'], /There is a webhook called/],
  ['a name that nobody has', 'any', ['test', 'nobody'], /No webhook is called "nobody"/],
  ['an instant that is none', 'any', ['redeliver', name, '--since', 'yesterday'], /--since is "yesterday"/],
  ['what is forgotten', 'any', ['redeliver', name, '--since', new Date(+lectern.now() - 40 * 24 * HOUR).toISOString()], /since is .* or later/],
  ['a state that there is not', 'any', ['deliveries', name, '--state', 'gone'], /planned, claimed, delivered, failed/],
])('%s is wrong input, said in words', async (_what, addresses, args, words) => {
  expect(await webhook(addresses, ...args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(words) as unknown });
});
