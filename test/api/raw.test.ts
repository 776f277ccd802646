import { once } from 'node:events';
import net from 'node:net';
import { Lectern } from '../support/lectern';

jest.setTimeout(60_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

/** Says bytes to the server as no client library would, and gives the status of each answer until it hangs up. */
async function say(bytes: string): Promise<number[]> {
  const { hostname, port } = new URL(lectern.at.url);
  const socket = net.connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(bytes);
  socket.setTimeout(3_000, () => socket.destroy());
  await once(socket, 'close');
  return [...heard.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((m) => Number(m[1]));
}

const head = (...more: string[]): string => ['POST /v1/sessions HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...more, '', ''].join('\r\n');
const HIDDEN = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

test.each<[string, string, number]>([
  ['a length and chunks', `${head('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${HIDDEN}`, 400],
  ['two lengths', `${head('Content-Length: 2', `Content-Length: ${HIDDEN.length}`)}{}${HIDDEN}`, 400],
  ['chunks that are none', `${head('Transfer-Encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['an unknown coding', `${head('Transfer-Encoding: xchunked')}0\r\n\r\n${HIDDEN}`, 400],
  ['a header of 40 kB', head(`X-Long: ${'x'.repeat(40_000)}`), 431],
  ['a line break in a header', head('X-Odd: a\r\n\tb\rc'), 400],
])('%s in one request is refused, and hides no second one', async (_name, bytes, status) => {
  const answers = await say(bytes);
  expect(answers.filter((s) => s === 200)).toEqual([]);
  expect(answers.slice(-1)).toEqual([status]);
});

test('a header of 8 kB is read', async () => {
  const answers = await say(['GET /healthz HTTP/1.1', 'Host: x', `X-Long: ${'x'.repeat(8_000)}`, 'Connection: close', '', ''].join('\r\n'));
  expect(answers).toEqual([200]);
});
