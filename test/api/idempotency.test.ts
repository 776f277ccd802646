import { once, type Once } from '../../api/idempotency';
import { change, rows } from '../../db/database';
import { newId } from '../../domain/ids';
import { LecternError } from '../../domain/errors';
import { KEPT_HOURS } from '../../db/idempotency';
import { keepHouse } from '../../runtime/housekeeping';
import { Api, STUDENT as person, type Organisation } from './support';

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

const named = (name: string): Promise<{ id: string }[]> =>
  api.lectern.db.inOrganisation(own.id, (tx) => rows(tx, 'SELECT id FROM people WHERE name = ?', [name]));

describe('an Idempotency-Key', () => {
  it('gives the first answer again, errors too', async () => {
    const headers = { 'idempotency-key': newId() };
    const name = `Once ${newId()}`;
    const [first, again] = [
      await api.post('/v1/people', { ...person, name }, admin, headers),
      await api.post('/v1/people', { ...person, name }, admin, headers),
    ];
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(await named(name)).toHaveLength(1);
    const guardian = { ...person, kind: 'guardian', students: [{ studentId: newId(), household: 'h' }] };
    const other = { 'idempotency-key': newId() };
    const refused = await api.post('/v1/people', guardian, admin, other);
    expect(refused.status).toBe(404);
    expect(await api.post('/v1/people', guardian, admin, other)).toMatchObject({ status: 404, body: refused.body });
  });

  it('lets one of ten at once through', async () => {
    const headers = { 'idempotency-key': newId() };
    const name = `Raced ${newId()}`;
    const statuses = await Promise.all(
      Array.from({ length: 10 }, async () => (await api.post('/v1/people', { ...person, name }, admin, headers)).status),
    );
    expect(statuses.every((s) => s === 201 || s === 409)).toBe(true);
    expect(await named(name)).toHaveLength(1);
  });

  it('refuses to stand for another request, and is another one for another caller', async () => {
    const headers = { 'idempotency-key': newId() };
    expect((await api.post('/v1/people', person, admin, headers)).status).toBe(201);
    expect((await api.post('/v1/people', { ...person, name: 'Other' }, admin, headers)).body['code']).toBe('idempotency-conflict');
    const second = await api.post('/v1/people', person, await own.key('integrator'), headers);
    expect(second.headers.get('idempotency-replayed')).toBeNull();
  });

  it('is another one at another address', async () => {
    const headers = { 'idempotency-key': newId() };
    expect((await api.post('/v1/people', person, admin, headers)).status).toBe(201);
    const rules = await api.post('/v1/rules/publish', { policies: [], messages: [], message: 'm' }, admin, headers);
    expect(rules.body['code']).toBe('invalid-rules');
    expect(rules.headers.get('idempotency-replayed')).toBeNull();
  });

  it('is kept for as long as the document says, and not for ever', async () => {
    const held = async (): Promise<number> =>
      (await api.lectern.db.inOrganisation(own.id, (tx) => rows(tx, 'SELECT 1 FROM idempotency_keys WHERE key = ?', [key]))).length;
    const age = (hours: number): Promise<number> =>
      api.lectern.db.inOrganisation(own.id, (tx) =>
        change(tx, 'UPDATE idempotency_keys SET created_at = now() - make_interval(mins => ?), lease_until = now() WHERE key = ?', [hours * 60, key]),
      );
    const key = newId();
    const first = await api.post('/v1/people', person, admin, { 'idempotency-key': key });
    await age(KEPT_HOURS - 0.5);
    await keepHouse({ db: api.lectern.db, clock: api.lectern.at.clock });
    expect((await api.post('/v1/people', person, admin, { 'idempotency-key': key })).body).toEqual(first.body);
    await age(KEPT_HOURS + 0.5);
    await keepHouse({ db: api.lectern.db, clock: api.lectern.at.clock });
    expect(await held()).toBe(0);
    const anew = await api.post('/v1/people', person, admin, { 'idempotency-key': key });
    expect(anew.body['id']).not.toBe(first.body['id']);
    expect(JSON.stringify((await api.get('/openapi.json', '')).body['info'])).toContain(`at least ${KEPT_HOURS} hours`);
  });

  it('keeps an answer that quotes half a surrogate pair', async () => {
    const rules = { policies: [{ file: 'a.json', text: '\u{1f600}' }], messages: [], message: 'm' };
    const headers = { 'idempotency-key': newId() };
    for (const _ of [1, 2]) expect((await api.post('/v1/rules/publish', rules, admin, headers)).body['code']).toBe('invalid-rules');
  });

  it('is refused when it is none', async () => {
    for (const key of ['', 'a b', 'x'.repeat(201)])
      expect((await api.post('/v1/people', person, admin, { 'idempotency-key': key })).status).toBe(400);
  });
});

describe('a process that dies between commit and answer', () => {
  const work = async (name: string, db: Once['db']): Promise<{ id: string }> =>
    db.inOrganisation(own.id, async (tx) => {
      const id = newId();
      await change(tx, `INSERT INTO people (id, kind, name, given_name, zone) VALUES (?, 'student', ?, 'Stu', 'UTC')`, [id, name]);
      return { id };
    });
  const request = (name: string, key: string): Once => ({
    db: api.lectern.db,
    key: { organisationId: own.id, principalId: newId(), route: 'test', key },
    bodyHash: 'h',
    work: async (db) => ({ status: 201, body: await work(name, db) }),
    recover: (committed) => ({ status: 201, body: committed }),
    refusal: (error) => (error instanceof LecternError ? { status: error.status, body: {} } : undefined),
  });
  const endLease = (key: string): Promise<number> =>
    api.lectern.db.inOrganisation(own.id, (tx) =>
      change(tx, `UPDATE idempotency_keys SET lease_until = date_trunc('milliseconds', now() - interval '1 second') WHERE key = ?`, [key]),
    );

  it('holds off a repeat while it lives', async () => {
    const [name, key] = [`Busy ${newId()}`, newId()];
    const asked = request(name, key);
    await once({
      ...asked,
      work: async (db) => {
        await expect(once(asked)).rejects.toMatchObject({ code: 'in-flight' });
        await expect(once({ ...asked, bodyHash: 'other' })).rejects.toMatchObject({ code: 'idempotency-conflict' });
        return { status: 201, body: await work(name, db) };
      },
    });
    expect(await named(name)).toHaveLength(1);
  });

  it('leaves its result to the retry, which does not do the work again', async () => {
    const [name, key] = [`Died ${newId()}`, newId()];
    const asked = request(name, key);
    const dying = once({
      ...asked,
      work: async (db) => {
        await work(name, db);
        await endLease(key);
        throw new Error('killed');
      },
    });
    await expect(dying).rejects.toThrow('killed');
    const answer = await once(asked);
    const made = await named(name);
    expect(made).toHaveLength(1);
    expect(answer).toMatchObject({ status: 201, body: { id: made[0]!.id }, replayed: true });
    expect(await once(asked)).toMatchObject({ status: 201, body: { id: made[0]!.id }, replayed: true });
  });

  it('rolls back when it was only slow and somebody else took over', async () => {
    const [name, key] = [`Slow ${newId()}`, newId()];
    const asked = request(name, key);
    const slow = once({
      ...asked,
      work: async (db) => {
        await endLease(key);
        expect(await once(asked)).toMatchObject({ status: 201, replayed: false });
        return { status: 201, body: await work(name, db) };
      },
    });
    await expect(slow).rejects.toMatchObject({ code: 'in-flight' });
    expect(await named(name)).toHaveLength(1);
  });

  it('does not keep a failure that is worth repeating', async () => {
    const [name, key] = [`Failed ${newId()}`, newId()];
    const asked = request(name, key);
    await expect(once({ ...asked, work: () => Promise.reject(new Error('database away')) })).rejects.toThrow('away');
    expect(await once(asked)).toMatchObject({ status: 201, replayed: false });
  });
});
