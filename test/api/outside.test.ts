import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import { rows } from '../../db/database';
import { newId } from '../../domain/ids';
import { Api, type Got, type Organisation } from './support';

jest.setTimeout(90_000);
const api = new Api();
let own: Organisation;
let admin: string;
const name = `zoom-${newId().slice(0, 8)}`;
let secret: string;
beforeAll(async () => {
  await api.start();
  own = await api.organisation();
  admin = await own.key('admin', 'coordinator');
  secret = await own.source(name);
});
afterAll(() => api.stop());

describe('inbound webhooks', () => {
  const send = (payload: string, more: { id?: string; at?: Date; source?: string; secret?: string } = {}): Promise<Got> => {
    const { id = newId(), at = new Date(), source = name } = more;
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(+at / 1000)),
      'webhook-signature': new Webhook(more.secret ?? secret).sign(id, at, payload),
    };
    return api.post(`/v1/inbound/${source}`, payload, '', headers);
  };
  const payload = JSON.stringify({ type: 'participant.joined', timestamp: new Date().toISOString(), data: { sessionId: newId() } });

  it('are stored once and can be followed', async () => {
    const id = newId();
    const first = await send(payload, { id });
    expect(first).toMatchObject({ status: 202, body: { duplicate: false } });
    expect(first.headers.get('location')).toBe(`/v1/inbound/${String(first.body['id'])}`);
    expect(await send(payload, { id })).toMatchObject({ status: 200, body: { id: first.body['id'], duplicate: true } });
    const { body } = await api.get(`/v1/inbound/${String(first.body['id'])}`, admin);
    expect(body).toMatchObject({ source: name, eventId: id, type: 'participant.joined' });
  });

  it('store one of ten at once', async () => {
    const id = newId();
    const got = await Promise.all(Array.from({ length: 10 }, () => send(payload, { id })));
    expect(got.filter((g) => g.status === 202)).toHaveLength(1);
    expect(new Set(got.map((g) => g.body['id'])).size).toBe(1);
  });

  it('are refused when forged, stale, unknown or no JSON', async () => {
    const codeOf = async (sent: ReturnType<typeof send>): Promise<unknown> => (await sent).body['code'];
    expect(await codeOf(send(payload, { secret: `whsec_${Buffer.from('somebody else').toString('base64')}` }))).toBe('bad-signature');
    expect(await codeOf(send(payload, { at: new Date(Date.now() - 6 * 60_000) }))).toBe('stale-webhook');
    expect(await codeOf(send(payload, { source: 'nobody' }))).toBe('not-found');
    expect(await codeOf(send(payload, { id: 'a.b' }))).toBe('invalid-request');
    expect(await codeOf(send('{'))).toBe('malformed-json');
    expect(await codeOf(send('{"__proto__":1}'))).toBe('malformed-json');
    expect(await codeOf(api.post(`/v1/inbound/${name}`, payload, admin))).toBe('bad-signature');
    expect((await send(JSON.stringify({ data: 'x'.repeat(1_100_000) }))).status).toBe(413);
  });
});

describe('the stream', () => {
  it('says that it is ready, tells of sessions, and ends when it is closed', async () => {
    const ended = new AbortController();
    const answer = await fetch(`${api.url}/v1/stream`, { headers: { authorization: `Bearer ${admin}`, 'last-event-id': '7' }, signal: ended.signal });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const heard = async (what: string): Promise<string> => {
      let text = '';
      while (!text.includes(what)) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
      }
      return text;
    };
    expect(await heard('ready')).toContain('event: ready');
    const sessionId = newId();
    for (const listener of api.listeners) listener({ sessionId });
    expect(await heard(sessionId)).toContain(`event: timeline\ndata: {"sessionId":"${sessionId}"}\n\n`);
    ended.abort();
    await api.lectern.until('the subscription to end', () => Promise.resolve(api.listeners.size === 0));
  });

  it('tells an instructor of their own sessions only', async () => {
    const [instructor, other, student] = [await own.person('instructor'), await own.person('instructor'), await own.person('student')];
    const [mine, theirs] = [await own.book(admin, instructor, student, 100), await own.book(admin, other, student, 110)];
    const answer = await fetch(`${api.url}/v1/stream`, { headers: { cookie: await own.login(instructor) } });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (const sessionId of [theirs, mine]) for (const listener of api.listeners) listener({ sessionId });
    while (!text.includes(mine)) text += (await reader.read()).value ?? '';
    expect(text).not.toContain(theirs);
    await reader.cancel();
  });
});

describe('the join link', () => {
  it('only looks when it is got, and leads to the room when the button is pressed', async () => {
    const [instructor, student] = [await own.person('instructor'), await own.person('student', { locale: 'de' })];
    const { lectern } = api;
    const startsAt = new Date(+lectern.now() + 2 * 3_600_000);
    const booked = await api.post<{ id: string }>('/v1/sessions', own.booking(instructor, student, startsAt), admin);
    const sessionId = booked.body.id;
    // The doors are open from now on, however slow the machine.
    await lectern.db.inOrganisation(own.id, (tx) => tx.raw('UPDATE sessions SET doors_at = booked_at WHERE id = ?', [sessionId]));
    const link = await lectern.until('the link', async () => {
      const { body } = await api.get<{ items: { to: { personId: string }; bodyText: string }[] }>(
        `/v1/messages?sessionId=${sessionId}&personId=${student}`,
        admin,
      );
      return body.items.map((m) => /\/j\/[\w-]+/.exec(m.bodyText)?.[0]).find(Boolean);
    });
    const events = (): Promise<{ kind: string }[]> =>
      lectern.db.inOrganisation(own.id, (tx) => rows<{ kind: string }>(tx, 'SELECT kind FROM attendance_events WHERE session_id = ?', [sessionId]));
    expect((await api.send('HEAD', link, undefined, '')).status).toBe(200);
    const page = await api.get(link, '');
    expect(page.status).toBe(200);
    expect(page.text).toContain('<html lang="de">');
    expect(page.text).toContain('<form method="post"><button type="submit">Zum Unterricht</button></form>');
    expect((await events()).filter((e) => e.kind === 'joined')).toEqual([]);
    const pressed = [await api.send('POST', link, undefined, ''), await api.send('POST', link, undefined, '')];
    for (const answer of pressed) {
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toMatch(/^https?:\/\//);
    }
    expect((await events()).filter((e) => e.kind === 'joined')).toHaveLength(1);

    expect(page.text).toMatch(/Der Unterricht beginnt in \d+ (Minuten?|Stunden?)\./);
    await lectern.db.inOrganisation(own.id, (tx) => tx.raw("UPDATE rooms SET state = 'closed' WHERE session_id = ?", [sessionId]));
    const early = await api.send('POST', link, undefined, '');
    expect(early.status).toBe(503);
    expect(early.text).toContain('Der Raum ist noch nicht offen.');
    expect(early.text).toContain('Zum Unterricht</button>');

    const cancelled = await api.post(`/v1/sessions/${sessionId}/changes`, { kind: 'cancel', reason: 'ill' }, admin);
    expect(cancelled.status).toBe(200);
    for (const method of ['GET', 'POST']) {
      const late = await api.send(method, link, undefined, '');
      expect([late.status, late.text.includes('Diese Stunde findet nicht statt.'), late.text.includes('<button')]).toEqual([410, true, false]);
    }
  });

  it('says so, as a page, when it is none', async () => {
    for (const [path, method] of [
      ['/j/nothing', 'GET'],
      ['/j/nothing', 'POST'],
      [`/j/${'x'.repeat(300)}`, 'GET'],
    ] as const) {
      const got = await api.send(method, path, undefined, '', { 'accept-language': 'fr' });
      expect(got.status).toBe(404);
      expect(got.text).toContain('Ce lien ne fonctionne pas');
    }
  });
});

describe('pages and documents', () => {
  it('serve the document and its page without anything from elsewhere', async () => {
    expect((await api.get('/openapi.json', '')).body['openapi']).toBe('3.1.0');
    const page = await api.get('/docs', '');
    expect(page.text).not.toMatch(/https?:\/\//);
    for (const [, file] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) expect((await api.get(file!, '')).status).toBe(200);
  });
});

describe('the web app', () => {
  it('answers at every address of its own, and at none of ours', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-console-'));
    mkdirSync(path.join(folder, 'assets'));
    writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>app</title>');
    writeFileSync(path.join(folder, 'assets', 'a-1.js'), '1');
    writeFileSync(path.join(folder, 'assets', 'b-2.css'), 'b { color: red }');
    writeFileSync(path.join(folder, 'assets', 'b-2.css.br'), brotliCompressSync('b { color: red }'));
    writeFileSync(path.join(folder, 'assets', 'b-2.css.gz'), gzipSync('b { color: red }'));
    const withApp = new Api(folder);
    await withApp.start();
    const html = { accept: 'text/html,*/*;q=0.8' };
    for (const page of ['/', '/inbox', '/sessions/abc?x=1']) expect((await withApp.get(page, '', html)).text).toContain('<title>app</title>');
    const asset = await withApp.get('/assets/a-1.js', '');
    expect(asset).toMatchObject({ status: 200, text: '1' });
    expect(asset.headers.get('cache-control')).toContain('immutable');
    for (const [takes, encoding] of [
      ['br, gzip', 'br'],
      ['gzip', 'gzip'],
      ['identity', null],
    ] as const) {
      const got = await withApp.get('/assets/b-2.css', '', { 'accept-encoding': takes });
      expect([got.headers.get('content-encoding'), got.headers.get('content-type'), got.text]).toEqual([
        encoding,
        'text/css; charset=utf-8',
        'b { color: red }',
      ]);
    }
    for (const page of ['/v1/nothing', '/assets/none.js', '/docs/none.js'])
      expect((await withApp.get(page, '', html)).text).not.toContain('<title>app');
    expect((await withApp.get('/inbox', '', { accept: 'application/json' })).status).toBe(404);
    await withApp.stop();
  });
});
