import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { Webhook } from 'standardwebhooks';
import { AUTOMATION_TYPE, OUTBOUND_EVENTS, TEST_TYPE } from '../../domain/outbound';
import { endChild } from '../support/under-test';
import { root } from './commands';

const file = 'examples/webhooks/receiver.mjs';
const secret = `whsec_${Buffer.from('an invented secret of a test').toString('base64')}`;
let child: ChildProcess;
let lines: AsyncIterator<string>;
let reader: Interface;
let url: string;

const next = async (): Promise<string> => String((await lines.next()).value);
beforeAll(async () => {
  child = spawn(process.execPath, [file], {
    cwd: root,
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  reader = createInterface(child.stdout!);
  lines = reader[Symbol.asyncIterator]();
  url = `http://127.0.0.1:${/\d+$/.exec(await next())![0]}/`;
});
afterAll(async () => {
  reader.close();
  await endChild(child, 'SIGTERM');
});

async function send(id: string, event: object, by = secret): Promise<number> {
  const body = JSON.stringify(event);
  const now = new Date();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(+now / 1000)),
    'webhook-signature': new Webhook(by).sign(id, now, body),
  };
  return (await fetch(url, { method: 'POST', body, headers })).status;
}

test('the receiver that the document shows takes what is signed, once, and nothing else', async () => {
  const event = { type: 'session.booked', timestamp: '2026-12-01T15:00:00Z', data: { session: { id: 'a', status: 'booked' } } };
  const later = { ...event, data: { session: { id: 'a', status: 'live' } } };
  expect(await send('msg_1', event, `whsec_${Buffer.from('somebody else').toString('base64')}`)).toBe(401);
  expect([await send('msg_1', event), await send('msg_1', event), await send('msg_2', later)]).toEqual([204, 204, 204]);
  expect([await next(), await next()]).toEqual(['session.booked a booked', 'session.booked a live']);
});

test('the document shows the very file, and /docs lists every type that is sent', () => {
  expect(readFileSync(path.join(root, 'docs/webhooks.md'), 'utf8')).toContain(readFileSync(path.join(root, file), 'utf8').trim());
  const { webhooks } = JSON.parse(readFileSync(path.join(root, 'docs/openapi.json'), 'utf8')) as { webhooks: object };
  expect(Object.keys(webhooks).sort()).toEqual([...Object.keys(OUTBOUND_EVENTS), AUTOMATION_TYPE, TEST_TYPE].sort());
});
