import { createServer, type AddressInfo, type Server } from 'node:net';
import tls from 'node:tls';
import { createWebhookPost, type PostResult } from '../activities/providers/webhook';
import { addressFault, isPublicAddress, type AddressRule } from '../domain/addresses';
import { Receiver } from './support/receiver';

const PUBLIC: AddressRule = { allow: 'public', ports: [443, 8443] };
const ANY: AddressRule = { allow: 'any', ports: [443] };

const open: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

async function receiver(answer: ConstructorParameters<typeof Receiver>[0]): Promise<Receiver> {
  const made = await new Receiver(answer).start();
  open.push(made);
  return made;
}

/** A server that says nothing of its own accord, and its port. */
async function listening(server: Server): Promise<number> {
  open.push({ stop: () => server.close() });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const post = (url: string, rule = ANY, timeoutMs?: number): Promise<PostResult> =>
  createWebhookPost(rule, timeoutMs)({ url, body: '{}', headers: {} });

test.each([
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://127.0.0.1./',
  'https://１２７.0.0.1/',
  'https://0.0.0.0/',
  'https://0/',
  'https://10.1.2.3/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://100.64.0.1/',
  'https://192.0.0.8/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:0:7f00:1::]/',
  'https://[2001:db8::1]/',
  'https://[fc00::1]/',
  'https://[fd12:3456::1]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
  'https://[5f00::1]/',
])('%s is no address that webhooks go to, when it is given and when it is sent to', async (url) => {
  expect(addressFault(url, PUBLIC)).toBe('must be an address of the public internet');
  expect(await post(url, PUBLIC)).toMatchObject({ status: null, answer: 'forbidden' });
});

test.each([
  ['http://example.com/', 'must begin with https://'],
  ['ftp://example.com/', 'must begin with https://'],
  ['file:///etc/passwd', 'must begin with https://'],
  ['https://user:secret@example.com/', 'must not hold a user or password; what is sent is signed'],
  ['https://example.com/#there', 'must not hold a fragment; it would never be sent'],
  ['https://example.com:22/', 'must name one of the ports that this installation sends to: 443, 8443'],
  ['example.com', 'must be a URL of at most 2000 characters, such as https://example.com/lectern'],
  [`https://example.com/${'x'.repeat(2000)}`, 'must be a URL of at most 2000 characters, such as https://example.com/lectern'],
])('%.60s is refused: %s', (url, fault) => expect(addressFault(url, PUBLIC)).toBe(fault));

test.each([
  'https://example.com/hooks?x=1',
  'https://example.com:8443/',
  'https://93.184.215.14/',
  'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/',
])('%s is one', (url) => expect(addressFault(url, PUBLIC)).toBeNull());

test('what an address of IPv6 holds inside does not count as public', () => {
  expect(['8.8.8.8', '2001:4860:4860::8888'].map(isPublicAddress)).toEqual([true, true]);
  expect(['::ffff:8.8.8.8', '2002:808:808::', 'not an address', ''].map(isPublicAddress)).toEqual([false, false, false, false]);
});

test('a name that leads to this machine is looked up and not connected to', async () => {
  let connections = 0;
  const port = await listening(createServer((socket) => (++connections, socket.destroy())));
  const rule = { allow: 'public', ports: [port] } as const;
  expect(addressFault(`https://localhost:${port}/`, rule)).toBeNull();
  expect(await post(`https://localhost:${port}/`, rule)).toEqual({
    status: null,
    answer: 'forbidden',
    error: 'not an address of the public internet',
  });
  expect(connections).toBe(0);
});

test('the address is connected to by number, and asked for by its name', async () => {
  const asked: string[] = [];
  const port = await listening(tls.createServer({ SNICallback: (name, done) => (asked.push(name), done(new Error('no certificate'))) }));
  expect(await post(`https://localhost:${port}/`)).toMatchObject({ status: null, answer: 'unreachable' });
  expect(asked).toEqual(['localhost']);
  const to = await receiver((response) => void response.writeHead(204).end());
  const { port: other } = new URL(to.url);
  await post(`http://localhost:${other}/a?b=c`);
  expect(to.received[0]!.headers.host).toBe(`localhost:${other}`);
});

test('a redirect is an answer, and nothing is sent where it leads', async () => {
  const behind = await receiver((response) => void response.writeHead(204).end());
  const to = await receiver((response) => void response.writeHead(307, { location: behind.url }).end());
  expect(await post(to.url)).toEqual({ status: 307, retryAfter: null });
  expect(behind.received).toEqual([]);
});

test('who does not answer in time is not waited for, whether it says nothing or half of something', async () => {
  const silent = await listening(createServer(() => undefined));
  const slow = await listening(createServer((socket) => void socket.write('HTTP/1.1 200 OK\r\nx-sl')));
  for (const port of [silent, slow]) {
    expect(await post(`http://127.0.0.1:${port}/`, ANY, 200)).toEqual({ status: null, answer: 'no-answer', error: 'no answer within 0.2 s' });
  }
});

test('of an answer without end a little is read, and the connection closed', async () => {
  let sent = 0;
  let close: () => void;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const to = await receiver((response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
    };
    response.writeHead(200).on('drain', more).on('close', close);
    more();
  });
  expect(await post(to.url)).toEqual({ status: 200, retryAfter: null });
  await closed;
  expect(sent).toBeLessThan(32 << 20);
});

test('what cannot be reached is said in a word', async () => {
  const port = await listening(createServer());
  open.pop()!.stop();
  expect(await post(`http://127.0.0.1:${port}/`)).toEqual({ status: null, answer: 'unreachable', error: 'ECONNREFUSED' });
  const plain = await receiver((response) => void response.end());
  expect(await post(plain.url.replace('http:', 'https:'))).toMatchObject({ status: null, answer: 'unreachable' });
  expect(await post('https://nowhere.invalid/')).toMatchObject({
    status: null,
    answer: 'unreachable',
    error: expect.stringMatching(/^E/) as unknown,
  });
});
