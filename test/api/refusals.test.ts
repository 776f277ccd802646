import { Api, STUDENT as person, type Got, type Organisation } from './support';
import { ROUTES } from '../../api/routes';
import { request } from 'node:http';

jest.setTimeout(60_000);
const api = new Api();
let own: Organisation;
let admin: string;
beforeAll(async () => {
  await api.start();
  own = await api.organisation();
  admin = await own.key('admin');
});
afterAll(() => api.stop());

const code = (got: { status: number; body: Record<string, unknown> }): string => `${got.status} ${String(got.body['code'])}`;

describe('the error body', () => {
  it('is the same everywhere and repeats the request id', async () => {
    const got = await api.get('/v1/nothing', admin, { 'x-request-id': 'abc-1' });
    expect(got.status).toBe(404);
    expect(Object.keys(got.body).sort()).toEqual(['code', 'message', 'remedy', 'requestId']);
    expect(got.body['requestId']).toBe('abc-1');
    expect(got.headers.get('x-request-id')).toBe('abc-1');
  });

  it('does not let a request id into the log that is not sane', async () => {
    const got = await api.get('/v1/nothing', admin, { 'x-request-id': 'a b"c' });
    expect(got.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('never shows what went wrong inside', async () => {
    api.ready = null as never;
    const got = await api.get('/readyz', '');
    api.ready = { database: true };
    expect(code(got)).toBe('500 internal');
    expect(got.text).not.toMatch(/TypeError|at .*\.ts/);
  });
});

describe('bodies', () => {
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Got> => api.post('/v1/people', body, admin, headers);

  it('refuses what is not JSON, by kind', async () => {
    expect(code(await post('{'))).toBe('400 malformed-json');
    expect(code(await post(''))).toBe('400 malformed-json');
    expect(code(await post(`${'['.repeat(40_000)}${']'.repeat(40_000)}`))).toBe('400 malformed-json');
    expect(code(await post('{"__proto__":{"admin":true}}'))).toBe('400 malformed-json');
    expect(code(await post('{"kind":"student","kind":"admin"}'))).toBe('400 malformed-json');
    expect(code(await post(JSON.stringify({ ...person, name: 'a\u0000b' })))).toBe('400 malformed-json');
    expect(code(await post(Buffer.from([0x22, 0xff, 0x22])))).toBe('400 malformed-json');
  });

  it('refuses other content types, charsets and compression', async () => {
    expect(code(await post(JSON.stringify(person), { 'content-type': 'text/plain' }))).toBe('415 unsupported-media-type');
    expect(code(await post(JSON.stringify(person), { 'content-type': 'application/json; charset=utf-16' }))).toBe('415 unsupported-media-type');
    expect(code(await post(JSON.stringify(person), { 'content-encoding': 'gzip' }))).toBe('415 unsupported-media-type');
    expect((await post(JSON.stringify(person), { 'content-type': 'application/json; charset=UTF-8' })).status).toBe(201);
  });

  it('refuses a body that is too large', async () => {
    expect(code(await post(JSON.stringify({ ...person, goals: 'x'.repeat(1_100_000) })))).toBe('413 body-too-large');
  });

  it('refuses fields that are not ours to be set', async () => {
    for (const more of [{ organisationId: own.id }, { version: 7 }, { roles: ['admin'] }, { priceMinor: 0 }]) {
      expect(code(await post({ ...person, ...more }))).toBe('400 invalid-request');
    }
  });

  it.each([
    ['a line break in a name', { name: 'Ann\r\nBcc: x@y.example' }],
    ['a direction override', { name: 'Ann\u202e' }],
    ['a name of 10 kB', { name: 'x'.repeat(10_000) }],
    ['two addresses', { email: 'a@b.com, c@d.com' }],
    ['a quoted local part', { email: '"a b"@c.com' }],
    ['look-alike letters', { email: 'аnn@example.com' }],
    ['a zone that is none', { zone: 'Europe/Atlantis' }],
    ['an offset as zone', { zone: '+01:00' }],
    ['a list for a text', { name: ['Ann'] }],
    ['a guardian of nobody', { students: [{ studentId: 'x', household: 'h' }] }],
  ])('refuses %s', async (_name, more) => {
    const got = await post({ ...person, ...more });
    expect(code(got)).toBe('400 invalid-request');
    expect(got.body['details']).toEqual(expect.arrayContaining([expect.objectContaining({ path: expect.any(String), message: expect.any(String) })]));
  });

  it('keeps names of every script, and what looks like code, as they are', async () => {
    for (const name of ['李雷 😀', '=HYPERLINK("x")', '{{name}}', '<script>alert(1)</script>']) {
      const { body } = await post({ ...person, name });
      expect((await api.get(`/v1/people/${String(body['id'])}`, admin)).body['name']).toBe(name);
    }
  });
});

describe('queries', () => {
  it.each([
    'limit=0',
    'limit=201',
    'limit=1e9',
    'limit=abc',
    'limit=',
    'limit=10&limit=20',
    'sort=name',
    'cursor=x',
    'cursor=WyJzZXNzaW9ucyJd',
    'status=gone',
    'day=2026-13-01',
    'day=2026-12-01&zone=Mars/One',
    'from=yesterday',
    'from=9999-01-01T00:00:00Z',
    'personId=1',
    'status=%00',
  ])('refuses ?%s', async (query) => {
    expect(code(await api.get(`/v1/sessions?${query}`, admin))).toBe('400 invalid-request');
  });
});

describe('addresses and methods', () => {
  it('answers a wrong method with 405 and what is allowed', async () => {
    const got = await api.send<Record<string, unknown>>('DELETE', '/v1/sessions', undefined, admin);
    expect(code(got)).toBe('405 method-not-allowed');
    expect(got.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS');
    const inbound = await api.send<Record<string, unknown>>('PUT', '/v1/inbound/x', undefined, admin);
    expect(inbound.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS');
    expect(code(await api.get('/v1/rules/check', admin))).toBe('405 method-not-allowed');
  });

  it('answers in JSON only', async () => {
    expect(code(await api.get('/v1/me', admin, { accept: 'application/xml' }))).toBe('406 not-acceptable');
  });

  it('answers a malformed or unknown id like one of another organisation, on every route', async () => {
    const other = await api.organisation();
    const theirs = await other.key('admin');
    const [instructor, student] = [await own.person('instructor'), await own.person('student', { externalId: 'x' })];
    const sessionId = await own.book(admin, instructor, student, 80);
    const ids = ['1', 'x'.repeat(500), '%00', '%E0%A4%A', "1'%20OR%20'1'='1", '00000000-0000-4000-8000-000000000000', sessionId, student];
    const bodies: Record<string, unknown> = {
      '/v1/sessions/{id}/changes': { kind: 'cancel' },
      '/v1/series/{id}/changes': { scope: 'all', title: 'Taken Over', reason: 'r' },
      '/v1/sessions/{id}/incidents': { kind: 'technical' },
      '/v1/held-steps/{id}/decide': { version: 1, hash: 'h', decision: 'approve' },
      '/v1/people/{id}': { version: 1, name: 'Taken Over' },
      '/v1/sessions/{id}/matches': { key: 'k', personId: student },
      '/v1/sessions/{id}/corrections': { kind: 'strike', personId: student },
      '/v1/sessions/{id}/substitute-search': {},
      '/v1/sessions/{id}/waitlist': { studentId: student },
      '/v1/sessions/{id}/places': { version: 1, capacity: 5 },
      '/v1/held-steps/{id}/claim': {},
      '/v1/held-steps/{id}/comments': { text: 't' },
      '/v1/held-steps/{id}/contacts': { personId: student, channel: 'phone', outcome: 'reached' },
      '/v1/held-steps/{id}/snooze': { event: 'participant.joined' },
      '/v1/people/{id}/opt-in': { channel: 'sms' },
      '/v1/terms/{id}': { version: 1, name: 'Taken Over' },
      '/v1/closures/{id}': { version: 1, reason: 'Taken Over' },
      '/v1/time-off/{id}': { version: 1, reason: 'Taken Over' },
      '/v1/closures/{id}/restore': { reason: 'r' },
      '/v1/time-off/{id}/restore': { reason: 'r' },
      '/v1/decisions/{id}/what-if': {},
      '/v1/rule-drafts/{id}/approve': { version: 1 },
      '/v1/rule-drafts/{id}/withdraw': { version: 1 },
      '/v1/rule-shadows/{id}/stop': { version: 1 },
      '/v1/rule-shadows/{id}/promote': { version: 1 },
      '/v1/automations/runs/{id}/cancel': { version: 1 },
      '/v1/webhooks/{id}': { version: 1, state: 'off' },
      '/v1/webhooks/{id}/rotate-secret': { version: 1 },
      '/v1/webhooks/{id}/redeliver': { since: '2026-12-01T00:00:00Z' },
    };
    for (const route of ROUTES.filter((r) => r.path.includes('{id}'))) {
      for (const id of ids) {
        const body = route.method === 'get' ? undefined : bodies[route.path];
        const got = await api.send<Record<string, unknown>>(route.method.toUpperCase(), route.path.replace('{id}', id), body, theirs);
        expect(`${route.method} ${route.path} ${id.slice(0, 20)}: ${code(got)}`).toBe(
          `${route.method} ${route.path} ${id.slice(0, 20)}: 404 not-found`,
        );
      }
    }
    expect(code(await api.post('/v1/transcripts', { sessionId, lines: [{}] }, theirs))).toBe('404 not-found');
    expect(code(await api.post('/v1/sessions', own.booking(instructor, student, new Date(+api.now + 9e8)), theirs))).toBe('404 not-found');
    expect(
      code(await api.get(`/v1/slots?instructorId=${instructor}&from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z&lengthMinutes=60`, theirs)),
    ).toBe('404 not-found');
    expect(code(await api.post('/v1/people', { ...person, kind: 'guardian', students: [{ studentId: student, household: 'h' }] }, theirs))).toBe(
      '404 not-found',
    );
    for (const list of [
      `/v1/sessions?personId=${student}`,
      '/v1/people?externalId=x',
      `/v1/people?ids=${instructor},${student}`,
      `/v1/messages?sessionId=${sessionId}`,
      `/v1/held-steps?sessionId=${sessionId}`,
    ]) {
      expect((await api.get(list, theirs)).body['items']).toEqual([]);
    }
  });

  it('reads an id in capitals like one in small letters', async () => {
    const id = await own.person('student');
    expect((await api.get(`/v1/people/${id.toUpperCase()}`, admin)).body['id']).toBe(id);
  });
});

describe('who asks', () => {
  it('refuses strangers before reading what they say', async () => {
    expect(code(await api.post('/v1/people', '{', ''))).toBe('401 unauthenticated');
    for (const key of ['lk_x', 'ls_' + 'a'.repeat(43), admin.replace('lk_', 'll_'), 'x y'])
      expect(code(await api.get('/v1/me', key))).toBe('401 unauthenticated');
    const got = await api.get('/v1/me', '');
    expect(got.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('holds each role to its routes', async () => {
    const [integrator, instructor, coordinator] = [await own.key('integrator'), await own.key('instructor'), await own.key('coordinator')];
    expect(code(await api.get('/v1/held-steps', integrator))).toBe('403 forbidden');
    expect(code(await api.get('/v1/messages', integrator))).toBe('403 forbidden');
    expect(code(await api.get('/v1/messages', instructor))).toBe('403 forbidden');
    expect(code(await api.post('/v1/people', person, instructor))).toBe('403 forbidden');
    expect(code(await api.post('/v1/people', { ...person, kind: 'admin' }, coordinator))).toBe('403 forbidden');
    expect(code(await api.post('/v1/people', { ...person, kind: 'coordinator' }, integrator))).toBe('403 forbidden');
    expect(code(await api.post('/v1/rules/publish', { policies: [], messages: [], message: 'm' }, coordinator))).toBe('403 forbidden');
    expect(code(await api.get('/v1/inbound/00000000-0000-4000-8000-000000000000', instructor))).toBe('403 forbidden');
  });
});

describe('the first lines of every answer', () => {
  it('carry the security headers', async () => {
    for (const path of ['/healthz', '/v1/me', '/', '/docs', '/openapi.json', '/nothing']) {
      const { headers } = await api.get(path, admin);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('survive a body that is cut off', async () => {
    await new Promise<void>((resolve) => {
      const cut = request(`${api.url}/v1/people`, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json', 'content-length': '100' },
      });
      cut.on('error', () => resolve());
      cut.write('{"kind"');
      setTimeout(() => cut.destroy(), 100);
      cut.on('close', () => resolve());
    });
    expect((await api.get('/healthz', '')).status).toBe(200);
  });
});

describe('health', () => {
  it('says what is away', async () => {
    expect((await api.get('/readyz', '')).body).toEqual({ status: 'ready', checks: { database: true } });
    api.ready = { database: true, temporal: false };
    const got = await api.get('/readyz', '');
    api.ready = { database: true };
    expect(code(got)).toBe('503 unavailable');
    expect(got.body['details']).toEqual({ checks: { database: true, temporal: false } });
  });
});
