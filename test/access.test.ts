import { execFile } from 'node:child_process';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { newId } from '../domain/ids';
import { Lectern } from './support/lectern';

jest.setTimeout(120_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

/** The command line on the installation under test. */
function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const file = path.join(__dirname, '../dist/runtime/cli.js');
  const env = { ...process.env, LECTERN_HOME: lectern.at.home };
  return new Promise((resolve) =>
    execFile(process.execPath, [file, ...args], { env }, (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err })),
  );
}

async function post(source: string, secret: string): Promise<number> {
  const payload = JSON.stringify({ type: 'invented.event', timestamp: lectern.now().toISOString(), data: {} });
  const [id, now] = [`msg_${newId()}`, new Date()];
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(+now / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, payload),
    authorization: '',
  };
  return (await lectern.api('POST', `/v1/inbound/${source}`, payload, headers)).status;
}

test('a key from the command line opens what its roles allow, and nothing else', async () => {
  const { code, out } = await cli('key', 'Invented school site', '--role', 'integrator', '--json');
  expect(code).toBe(0);
  const headers = { authorization: `Bearer ${(JSON.parse(out) as { key: string }).key}` };
  const me = await lectern.api<{ name: string; roles: string[] }>('GET', '/v1/me', undefined, headers);
  expect(me).toMatchObject({ status: 200, body: { name: 'Invented school site', roles: ['integrator'] } });
  expect((await lectern.api('POST', '/v1/rules/publish', {}, headers)).status).toBe(403);
  const wrong = await cli('key', 'Invented', '--role', 'headmaster');
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('one of: admin, coordinator, instructor, integrator') as string });
});

test('a source from the command line is let in; while its secret is rotated both are good, and no older one', async () => {
  const name = `invented-${newId().slice(0, 8)}`;
  const secretOf = async (...more: string[]): Promise<string> => {
    const { code, out } = await cli('source', name, '--json', ...more);
    expect(code).toBe(0);
    return (JSON.parse(out) as { secret: string }).secret;
  };
  const first = await secretOf();
  expect(await post(name, first)).toBe(202);
  const second = await secretOf('--rotate');
  expect([await post(name, first), await post(name, second)]).toEqual([202, 202]);
  const third = await secretOf('--rotate');
  expect([await post(name, first), await post(name, second), await post(name, third)]).toEqual([401, 202, 202]);

  const taken = await cli('source', name);
  expect(taken).toMatchObject({ code: 2, err: expect.stringContaining('exists already') as string });
  const unknown = await cli('source', `${name}-x`, '--rotate');
  expect(unknown.code).toBe(2);
  expect((await cli('source', 'Not A Name')).code).toBe(2);
});
