import { Api, type Organisation } from './support';

jest.setTimeout(60_000);
const api = new Api();
let own: Organisation;
let personId: string;
beforeAll(async () => {
  await api.start();
  own = await api.organisation();
  personId = await own.person('coordinator');
});
afterAll(() => api.stop());

const SAME = { 'sec-fetch-site': 'same-origin' };

describe('sign-in links', () => {
  it('survive being looked at, work once, and set a login that scripts cannot read', async () => {
    const link = await own.link(personId);
    for (const method of ['GET', 'HEAD', 'GET']) expect((await api.send(method, link, undefined, '')).status).toBe(200);
    const used = await api.send('POST', link, undefined, '', SAME);
    expect(used.status).toBe(303);
    expect(used.headers.get('set-cookie')).toMatch(/^lectern_login=ll_[\w-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/);
    expect((await api.send('POST', link, undefined, '', SAME)).status).toBe(410);
    expect((await api.get(link, '')).status).toBe(410);
  });

  it('work for exactly one of twenty who press at once', async () => {
    const link = await own.link(personId);
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await api.send('POST', link, undefined, '', SAME)).status));
    expect(statuses.filter((s) => s === 303)).toHaveLength(1);
    expect(statuses.filter((s) => s === 410)).toHaveLength(19);
  });

  it('are not used up by another site', async () => {
    const link = await own.link(personId);
    expect((await api.send('POST', link, undefined, '', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await api.send('POST', link, undefined, '', { origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await api.send('POST', link, undefined, '', { origin: api.url })).status).toBe(303);
  });

  it('are no key', async () => {
    const token = (await own.link(personId)).split('/').at(-1)!;
    expect((await api.get('/v1/me', token)).status).toBe(401);
    expect((await api.get('/v1/me', '', { cookie: `lectern_login=${token}` })).status).toBe(401);
  });
});

describe('logins', () => {
  const person = { kind: 'student', name: 'Stu Invented', givenName: 'Stu', zone: 'Europe/Berlin' };

  it('know who it is, until signed out', async () => {
    const cookie = await own.login(personId);
    const me = await api.get('/v1/me', '', { cookie });
    expect(me.body).toMatchObject({ personId, roles: ['coordinator'], organisation: { id: own.id } });
    expect((await api.send('POST', '/sign-out', undefined, '', { cookie, ...SAME })).status).toBe(204);
    expect((await api.get('/v1/me', '', { cookie })).status).toBe(401);
  });

  it('write from our own pages only', async () => {
    const cookie = await own.login(personId);
    const write = async (headers: Record<string, string>): Promise<number> =>
      (await api.post('/v1/people', person, '', { cookie, ...headers })).status;
    expect(await write(SAME)).toBe(201);
    expect(await write({ origin: api.url })).toBe(201);
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://elsewhere.example' },
      { origin: 'null' },
    ]) {
      expect(await write(headers as unknown as Record<string, string>)).toBe(403);
    }
  });

  it('end with the person', async () => {
    const leaver = await own.person('coordinator');
    const cookie = await own.login(leaver);
    const admin = await own.key('admin');
    expect((await api.send('PATCH', `/v1/people/${leaver}`, { version: 1, active: false }, admin)).status).toBe(200);
    expect((await api.get('/v1/me', '', { cookie })).status).toBe(401);
  });

  it('cannot be carried in the authorization header, nor a key in the cookie', async () => {
    const login = (await own.login(personId)).split('=')[1]!;
    expect((await api.get('/v1/me', login)).status).toBe(401);
    expect((await api.get('/v1/me', '', { cookie: `lectern_login=${await own.key('admin')}` })).status).toBe(401);
  });
});
