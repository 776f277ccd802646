import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import nodemailer from 'nodemailer';
import type { CaughtMessage } from '../../runtime/catcher/message';
import { projectRoot } from '../../runtime/paths';

interface Catcher {
  child: ChildProcess;
  smtpPort: number;
  http: string;
}

const dir = mkdtempSync(path.join(os.tmpdir(), 'lectern-catcher-'));
const file = path.join(dir, 'messages.ndjson');
let catcher: Catcher;

function start(more: string[] = ['--test']): Promise<Catcher> {
  const child = spawn(process.execPath, [path.join(projectRoot(), 'dist/runtime/catcher/main.js'), '--dir', dir, ...more]);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the catcher ended with ${code}`)));
    child.stdout.once('data', (line: Buffer) => {
      const { smtpPort, httpPort } = JSON.parse(line.toString()) as { smtpPort: number; httpPort: number };
      resolve({ child, smtpPort, http: `http://127.0.0.1:${httpPort}` });
    });
  });
}

function end(signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    catcher.child.once('exit', resolve);
    catcher.child.kill(signal);
  });
}

async function send(id: string, more: object = {}): Promise<string> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: catcher.smtpPort, ignoreTLS: true });
  try {
    const to = 'Gil.Invented@example.invalid';
    const info = await transport.sendMail({
      from: 'l@lectern.invalid',
      to,
      subject: 'Prüfung',
      text: 'Grüße',
      html: '<p>Grüße</p>',
      messageId: id,
      ...more,
    });
    return info.response;
  } finally {
    transport.close();
  }
}

const get = async <T = CaughtMessage[]>(route: string): Promise<T> => (await (await fetch(catcher.http + route)).json()) as T;
const post = (route: string, body: object, headers: object = {}): Promise<Response> =>
  fetch(catcher.http + route, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
const byId = (id: string): Promise<CaughtMessage[]> => get(`/messages?messageId=${encodeURIComponent(id)}`);

beforeAll(async () => {
  catcher = await start();
});
afterAll(async () => {
  await end('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

test('a mail is on disk by the time of its 250, and is found by id, recipient and key', async () => {
  expect(await send('<a@lectern.invalid>')).toMatch(/^250 /);
  expect(readFileSync(file, 'utf8')).toContain('<a@lectern.invalid>');
  const [mail] = await byId('<a@lectern.invalid>');
  expect(mail).toMatchObject({ channel: 'email', key: 'a', to: 'Gil.Invented@example.invalid', subject: 'Prüfung', html: '<p>Grüße</p>' });
  expect(mail!.text.trim()).toBe('Grüße');
  expect(await get('/messages?to=gil.invented@example.invalid')).toHaveLength(1);
  expect(await get('/messages?key=a')).toHaveLength(1);
  expect(await get('/messages?messageId=a@lectern.invalid')).toEqual([]);
  expect(await get(`/messages/${mail!.id}`)).toEqual(mail);
  expect(await get(`/messages?since=${mail!.id}`)).toEqual([]);
});

test('a withheld 250: the mail is stored, the sender waits until the release', async () => {
  await post('/test/withhold', { count: 1 });
  let answered = false;
  const sending = send('<b@lectern.invalid>').then((answer) => {
    answered = true;
    return answer;
  });
  while ((await get<{ withheld: number }>('/test/withheld')).withheld === 0) await new Promise((r) => setTimeout(r, 20));
  expect(await byId('<b@lectern.invalid>')).toHaveLength(1);
  expect(answered).toBe(false);
  await post('/test/release', {});
  expect(await sending).toMatch(/^250 /);
});

test('of several mails the one is withheld whose recipient and subject are named; others are answered', async () => {
  await post('/test/withhold', { count: 1, to: 'gil.', subject: 'nothing like it' });
  expect(await send('<named@lectern.invalid>')).toMatch(/^250 /);
  await post('/test/withhold', { count: 1, to: 'Gil.Invented', subject: 'Prüf' });
  const sending = send('<named2@lectern.invalid>');
  while ((await get<{ withheld: number }>('/test/withheld?to=Gil.Invented')).withheld === 0) await new Promise((r) => setTimeout(r, 20));
  expect(await get<{ withheld: number }>('/test/withheld?to=somebody-else')).toEqual({ withheld: 0 });
  await post('/test/release', { to: 'somebody-else' });
  expect(await send('<named3@lectern.invalid>')).toMatch(/^250 /);
  await post('/test/release', {});
  expect(await sending).toMatch(/^250 /);
});

test('a mail whose refusal is kept back is not stored, and can be sent again afterwards', async () => {
  await post('/test/withhold', { count: 1, code: 451, to: 'gil.' });
  await post('/test/withhold', { count: 1, code: 451, to: 'Gil.' });
  const sending = send('<late@lectern.invalid>').catch((error: unknown) => error);
  while ((await get<{ withheld: number }>('/test/withheld')).withheld === 0) await new Promise((r) => setTimeout(r, 20));
  await post('/test/release', {});
  expect(await sending).toMatchObject({ responseCode: 451 });
  expect(await byId('<late@lectern.invalid>')).toEqual([]);
  expect(await send('<late@lectern.invalid>')).toMatch(/^250 /);
});

test('a refusal the test asked for stores nothing, and the next mail goes through', async () => {
  await post('/test/fail', { count: 1, code: 550 });
  await expect(send('<c@lectern.invalid>')).rejects.toMatchObject({ responseCode: 550 });
  expect(await byId('<c@lectern.invalid>')).toEqual([]);
  expect(await send('<c@lectern.invalid>')).toMatch(/^250 /);
});

test('a mail larger than 10 MB is refused', async () => {
  await expect(send('<big@lectern.invalid>', { text: 'x'.repeat(11 << 20) })).rejects.toMatchObject({ responseCode: 552 });
});

test('text messages are kept too, each time they are sent', async () => {
  for (let i = 0; i < 2; i++) expect((await post('/sms', { key: 'k', to: '+15551234567', body: 'hello' })).status).toBe(201);
  expect(await get('/messages?key=k')).toMatchObject([{ channel: 'sms', to: '+15551234567', text: 'hello' }, { channel: 'sms' }]);
  expect((await post('/sms', { to: '+15551234567' })).status).toBe(400);
});

test('a page of another site cannot reach it', async () => {
  expect((await post('/sms', { key: 'k', to: 'x', body: 'y' }, { origin: 'https://evil.invalid' })).status).toBe(403);
});

test('after kill -9 it has what it answered for, drops a torn line, and keeps taking mail', async () => {
  const before = await get('/messages');
  await Promise.all(Array.from({ length: 20 }, (_, i) => send(`<many${i}@lectern.invalid>`)));
  await end('SIGKILL');
  appendFileSync(file, '{"id":"torn","messageId":"<torn@lectern.inv');
  catcher = await start([]);
  expect(await get('/messages')).toHaveLength(before.length + 20);
  await send('<after@lectern.invalid>');
  expect(await byId('<after@lectern.invalid>')).toHaveLength(1);
  await end('SIGTERM');
  catcher = await start([]);
  expect(await byId('<after@lectern.invalid>')).toHaveLength(1);
  expect((await post('/test/withhold', { count: 1 })).status).toBe(404);
});
