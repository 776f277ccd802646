import { Api, type Got, type Organisation } from './support';

jest.setTimeout(60_000);
const api = new Api();
let own: Organisation;
let admin: string;
let instructor: string;
let other: string;
let student: string;
let guardian: string;
let sessions: string[];
let cookie: string;

interface Page<T = { id: string }> {
  items: T[];
  nextCursor: string | null;
}

beforeAll(async () => {
  await api.start();
  own = await api.organisation();
  admin = await own.key('admin');
  [instructor, other, student] = [await own.person('instructor'), await own.person('instructor'), await own.person('student')];
  guardian = await own.person('guardian', { phone: '+4915112345678', students: [{ studentId: student, household: 'h' }] });
  sessions = [];
  for (const [n, who] of [instructor, instructor, other].entries()) sessions.push(await own.book(admin, who, student, 72 + n * 24));
  cookie = await own.login(instructor);
});
afterAll(() => api.stop());

const pages = async <T extends { id: string }>(path: string, limit: number): Promise<T[]> => {
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const got: { status: number; text: string; body: Page<T> } = await api.get<Page<T>>(
      `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${cursor}`}`,
      admin,
    );
    if (got.status !== 200) throw new Error(got.text);
    all.push(...got.body.items);
    cursor = got.body.nextCursor;
  }
  return all;
};

describe('pages', () => {
  it.each(['/v1/sessions', '/v1/people', '/v1/held-steps', '/v1/rules'])('%s gives each item once, whatever the limit', async (path) => {
    const whole = (await pages(path, 200)).map((i) => i.id);
    expect((await pages(path, 1)).map((i) => i.id)).toEqual(whole);
    expect(new Set(whole).size).toBe(whole.length);
  });

  it.each(['timeline', 'decisions', 'obligations', 'changes'])('a session’s %s too', async (part) => {
    await api.post(
      `/v1/sessions/${sessions[0]!}/changes`,
      { kind: 'reschedule', startsAt: new Date(+api.now + 3e8).toISOString(), endsAt: new Date(+api.now + 3e8 + 36e5).toISOString() },
      admin,
    );
    const path = `/v1/sessions/${sessions[0]!}/${part}`;
    const walk = async (limit: number) => (await pages(path, limit)).map((i) => i.id);
    // The worker sees this session through its life meanwhile; what was added between two readings says nothing of the pages.
    for (;;) {
      const [whole, byTwo, again] = [await walk(200), await walk(2), await walk(200)];
      if (whole.length !== again.length) continue;
      expect(whole.length).toBeGreaterThan(0);
      expect(byTwo).toEqual(whole);
      break;
    }
  });

  it('people by their ids alone', async () => {
    expect((await pages(`/v1/people?ids=${other},${student.toUpperCase()}`, 1)).map((p) => p.id).sort()).toEqual([other, student].sort());
    expect((await api.get('/v1/people?ids=x', admin)).status).toBe(400);
  });

  it('sessions by status, day and person', async () => {
    const { items } = (await api.get<Page<{ id: string; startsAt: string }>>(`/v1/sessions?status=booked&personId=${other}`, admin)).body;
    expect(items.map((s) => s.id)).toEqual([sessions[2]]);
    const day = new Intl.DateTimeFormat('sv', { timeZone: 'Pacific/Auckland' }).format(new Date(items[0]!.startsAt));
    const onDay = (await api.get<Page>(`/v1/sessions?day=${day}&zone=Pacific/Auckland&personId=${other}`, admin)).body.items;
    expect(onDay.map((s) => s.id)).toEqual([sessions[2]]);
    expect((await api.get<Page>('/v1/sessions?status=settled,refused', admin)).body.items).toEqual([]);
  });
});

describe('one session', () => {
  it('comes with its people, and says what can be done and why not', async () => {
    const { body } = await api.get<{
      participants: { personId: string }[];
      allowedActions: { action: string; allowed: boolean; whyNot: string | null }[];
    }>(`/v1/sessions/${sessions[1]!}`, admin);
    expect(body.participants.map((p) => p.personId).sort()).toEqual([instructor, student].sort());
    expect(body.allowedActions).toContainEqual({ action: 'cancel', allowed: true, whyNot: null });
    expect(body.allowedActions).toContainEqual({ action: 'upload-transcript', allowed: false, whyNot: 'The lesson has not begun.' });
  });

  it('says in its timeline, in a sentence, why it was admitted, and tells the whole decision on demand', async () => {
    const { items } = (
      await api.get<Page<{ kind: string; decision: { id: string; point: string; sentence: string } | null }>>(
        `/v1/sessions/${sessions[1]!}/timeline`,
        admin,
      )
    ).body;
    const { decision } = items.find((e) => e.kind === 'session.booked')!;
    expect(decision).toEqual({
      id: expect.any(String),
      point: 'admission',
      rule: expect.any(String),
      title: expect.any(String),
      sentence: expect.stringMatching(/.{10,}/),
    });
    const whole = async (session: string): Promise<Page<{ sentence: string; rows: object[] }>> =>
      (await api.get<Page<{ sentence: string; rows: object[] }>>(`/v1/sessions/${session}/decisions?decisionId=${decision!.id}`, admin)).body;
    const found = await whole(sessions[1]!);
    expect(found.items.map((d) => d.sentence)).toEqual([decision!.sentence]);
    expect(found.items[0]!.rows.length).toBeGreaterThan(0);
    expect((await whole(sessions[0]!)).items).toEqual([]);
  });

  it('shows what a change would do, then does it', async () => {
    const cancel = `/v1/sessions/${sessions[1]!}/changes`;
    const preview = await api.post(`${cancel}?preview=true`, { kind: 'cancel' }, admin);
    expect(preview.body).toMatchObject({ verdict: 'allow' });
    expect(preview.body).not.toHaveProperty('rev');
    expect((await api.post(cancel, { kind: 'cancel', rev: 99 }, admin)).body['code']).toBe('stale');
    expect(await api.post(cancel, { kind: 'cancel', reason: 'illness' }, admin)).toMatchObject({
      status: 200,
      body: { rev: 2, status: 'cancelled', charges: preview.body['charges'] },
    });
    expect((await api.post(cancel, { kind: 'cancel' }, admin)).body['code']).toBe('illegal-move');
    const { body } = await api.get<{ allowedActions: object[] }>(`/v1/sessions/${sessions[1]!}`, admin);
    expect(body.allowedActions).toContainEqual({ action: 'cancel', allowed: false, whyNot: 'The session is cancelled.' });
  });
});

describe('an instructor', () => {
  const get = <T = Record<string, unknown>>(path: string): Promise<Got<T>> => api.get<T>(path, '', { cookie });

  it('sees their own sessions only', async () => {
    const { items } = (await get<Page>('/v1/sessions')).body;
    expect(items.map((s) => s.id).sort()).toEqual([sessions[0]!, sessions[1]!].sort());
    for (const part of ['', '/timeline', '/decisions', '/obligations', '/changes']) {
      expect((await get(`/v1/sessions/${sessions[0]!}${part}`)).status).toBe(200);
      expect((await get(`/v1/sessions/${sessions[2]!}${part}`)).status).toBe(404);
    }
    const write = (id: string, path: string): Promise<{ status: number }> =>
      api.post(`/v1/sessions/${id}/${path}`, { kind: 'cancel' }, '', { cookie, 'sec-fetch-site': 'same-origin' });
    expect((await write(sessions[2]!, 'changes?preview=true')).status).toBe(404);
    expect((await write(sessions[0]!, 'changes?preview=true')).status).toBe(200);
  });

  it('sees names of students and guardians, but no addresses and numbers but their own', async () => {
    const { items } = (await get<Page<{ id: string; name: string; email: string | null; phone: string | null }>>('/v1/people')).body;
    expect(items.map((p) => p.id).sort()).toEqual([instructor, student, guardian].sort());
    expect(items.find((p) => p.id === guardian)).toMatchObject({ name: 'Gil Invented', email: null, phone: null });
    expect(items.find((p) => p.id === instructor)!.email).toContain('@');
    expect((await get(`/v1/people/${other}`)).status).toBe(404);
  });

  it('books lessons of their own, not of others', async () => {
    const post = (who: string): Promise<{ status: number }> =>
      api.post('/v1/sessions', own.booking(who, student, new Date(+api.now + 500 * 36e5)), '', { cookie, 'sec-fetch-site': 'same-origin' });
    expect((await post(other)).status).toBe(403);
    expect((await post(instructor)).status).toBe(201);
  });

  it('sees no held step that is a coordinator’s', async () => {
    const lonely = await own.person('student', { email: null });
    const held = await api.post<{ id: string }>('/v1/sessions', own.booking(instructor, lonely, new Date(+api.now + 300 * 36e5)), admin);
    expect(held.status).toBe(202);
    const [step] = (await api.get<Page>(`/v1/held-steps?state=open&sessionId=${held.body.id}`, admin)).body.items;
    expect(await api.get(`/v1/held-steps/${step!.id}`, admin)).toMatchObject({
      status: 200,
      body: { kind: 'booking', decision: { sentence: expect.any(String) } },
    });
    expect((await get<Page>(`/v1/held-steps?sessionId=${held.body.id}`)).body.items).toEqual([]);
    expect((await get(`/v1/held-steps/${step!.id}`)).status).toBe(404);
  });
});

describe('a held step', () => {
  it('is decided once; the second is told who and when, and the repeat with a key gets the first answer', async () => {
    const lonely = await own.person('student', { email: null });
    const { body: held } = await api.post<{ id: string }>('/v1/sessions', own.booking(instructor, lonely, new Date(+api.now + 400 * 36e5)), admin);
    const [step] = (
      await api.get<Page<{ id: string; version: number; hash: string; allowedActions: object[] }>>(`/v1/held-steps?sessionId=${held.id}`, admin)
    ).body.items;
    expect(step!.allowedActions).toContainEqual({ action: 'approve', allowed: true, whyNot: null });
    const decide = (decision: string, headers = {}): Promise<Got> =>
      api.post(`/v1/held-steps/${step!.id}/decide`, { version: step!.version, hash: step!.hash, decision }, admin, headers);
    expect((await decide('dance')).body['code']).toBe('invalid-request');
    const headers = { 'idempotency-key': 'decide-once' };
    const first = await decide('approve', headers);
    expect(first).toMatchObject({ status: 200, body: { id: step!.id, decision: 'approve' } });
    expect((await decide('approve', headers)).body).toEqual(first.body);
    expect(await decide('reject')).toMatchObject({ status: 409, body: { code: 'already-decided', details: { decision: 'approve' } } });
    const after = await api.get<{ allowedActions: { allowed: boolean; whyNot: string }[] }>(`/v1/held-steps/${step!.id}`, admin);
    expect(after.body.allowedActions[0]!.whyNot).toMatch(/^It was already decided by /);
  });
});

describe('people', () => {
  it('are changed by whoever saw them as they are', async () => {
    const id = await own.person('student');
    expect(await api.send('PATCH', `/v1/people/${id}`, { version: 1, zone: 'Asia/Kathmandu', quietFrom: '21:00' }, admin)).toMatchObject({
      status: 200,
      body: { id, version: 2 },
    });
    expect(await api.send('PATCH', `/v1/people/${id}`, { version: 1, zone: 'UTC' }, admin)).toMatchObject({
      status: 409,
      body: { code: 'stale', details: { difference: { version: { shown: 1, now: 2 } } } },
    });
    expect((await api.get(`/v1/people/${id}`, admin)).body).toMatchObject({ zone: 'Asia/Kathmandu', quietFrom: '21:00', version: 2 });
  });

  it('have one externalId each: whoever comes second is told whose it is', async () => {
    const id = await own.person('student', { externalId: 'ext-1' });
    const second = await own.person('student');
    const refusal = { status: 409, body: { code: 'already-exists', details: { externalId: 'ext-1', id } } };
    const stu = { kind: 'student', name: 'Stu', givenName: 'Stu', zone: 'UTC', externalId: 'ext-1' };
    expect(await api.post('/v1/people', stu, admin)).toMatchObject(refusal);
    expect(await api.send('PATCH', `/v1/people/${second}`, { version: 1, externalId: 'ext-1' }, admin)).toMatchObject(refusal);
  });

  it('and sessions too', async () => {
    const [who, whom] = [await own.person('instructor'), await own.person('student')];
    const at = (days: number) => ({ ...own.booking(who, whom, new Date(+api.now + days * 864e5)), externalId: 'ext-s' });
    const { id } = (await api.post('/v1/sessions', at(5), admin)).body;
    expect(await api.post('/v1/sessions', at(6), admin)).toMatchObject({
      status: 409,
      body: { code: 'already-exists', details: { externalId: 'ext-s', id } },
    });
  });
});

describe('slots', () => {
  it('leaves out lessons and the buffer after them', async () => {
    const [who, student2] = [await own.person('instructor'), await own.person('student')];
    const day = new Date(+api.now + 20 * 864e5).toISOString().slice(0, 10);
    const query = `/v1/slots?instructorId=${who}&studentId=${student2}&from=${day}T00:00:00Z&to=${day}T23:00:00Z&lengthMinutes=60&stepMinutes=60`;
    const before = (await api.get<Page<{ startsAt: string }>>(query, admin)).body.items.map((s) => s.startsAt);
    expect(before).toHaveLength(12);
    expect((await api.post('/v1/sessions', own.booking(who, student2, new Date(before[3]!)), admin)).status).toBe(201);
    const after = (await api.get<Page<{ startsAt: string }>>(query, admin)).body.items.map((s) => s.startsAt);
    expect(after).not.toContain(before[3]);
    expect(after).toEqual(before.filter((s) => after.includes(s)));
    const first = (await api.get<Page<{ startsAt: string }>>(`${query}&limit=2`, admin)).body;
    const second = (await api.get<Page<{ startsAt: string }>>(`${query}&limit=2&cursor=${first.nextCursor!}`, admin)).body;
    expect([...first.items, ...second.items].map((s) => s.startsAt)).toEqual(after.slice(0, 4));
  });
});

describe('rules', () => {
  it('are read, checked and published', async () => {
    const { body: active } = await api.get<{
      id: string;
      number: number;
      policies: { file: string; text: string }[];
      messages: { file: string; text: string }[];
    }>('/v1/rules/active', admin);
    expect((await api.get(`/v1/rules/${active.id}`, admin)).body).toEqual(active);
    const { policies, messages } = active;
    expect((await api.post('/v1/rules/check', { policies, messages }, admin)).body).toEqual({ ok: true, faults: [] });
    const broken = policies.map((p, n) => (n === 0 ? { ...p, text: '{' } : p));
    expect((await api.post('/v1/rules/check', { policies: broken, messages }, admin)).body).toMatchObject({
      ok: false,
      faults: [{ file: policies[0]!.file }],
    });
    expect((await api.post('/v1/rules/publish', { policies: broken, messages, message: 'm' }, admin)).body['code']).toBe('invalid-rules');
    const retitled = policies.map((p, n) =>
      n === 0 ? { ...p, text: JSON.stringify({ ...(JSON.parse(p.text) as object), title: 'Another title' }) } : p,
    );
    expect(await api.post('/v1/rules/publish', { policies: retitled, messages, message: 'another title' }, admin)).toMatchObject({
      status: 201,
      body: { number: active.number + 1 },
    });
  });
});
