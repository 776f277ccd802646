import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createApiKey } from '../commands/sign-in';
import { openDatabase } from '../db/database';
import { newId } from '../domain/ids';
import { Lectern, MINUTE, TRANSCRIPT } from './support/lectern';

jest.setTimeout(180_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

async function settledSession(): Promise<string> {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.status(sessionId, 'ready', 'live');
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  await lectern.status(sessionId, 'documenting');
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  await lectern.decide(await lectern.openStep(sessionId, 'documentation.review'), 'approve');
  await lectern.closed(sessionId);
  return sessionId;
}

test('names, addresses and words stay out of Temporal', async () => {
  const sessionId = await settledSession();
  const canaries = ['Invented', 'example.invalid', 'denominator', 'Invented lesson'];
  const files = readdirSync(lectern.at.home).filter((f) => f.startsWith('temporal'));
  expect(files).toContain('temporal.db');
  const held = files.map((f) => readFileSync(path.join(lectern.at.home, f)).toString('latin1')).join('\n');
  expect(held).toContain(sessionId);
  for (const canary of canaries) expect(held.includes(canary)).toBe(false);
});

test('without an organisation nothing is seen, and another one’s ids are not found on any route', async () => {
  const sessionId = await settledSession();
  const raw = openDatabase({ url: lectern.at.databaseUrl, poolMax: 1 });
  const blind = await raw.crossing.raw<{ rows: { n: number }[] }>(
    'SELECT (SELECT count(*) FROM sessions)::int + (SELECT count(*) FROM people)::int AS n',
  );
  expect(blind.rows[0]!.n).toBe(0);
  await raw.close();

  const other = newId();
  const key = await lectern.db.inOrganisation(other, async (tx) => {
    await tx.raw(`INSERT INTO organisations (id, name, slug, home_zone) VALUES (?, 'Other', ?, 'UTC')`, [other, other]);
    return (await createApiKey(tx, { organisationId: other, name: 'Other', roles: ['admin', 'coordinator'], now: new Date() })).key;
  });
  const one = async (sql: string): Promise<string> => (await lectern.query<{ id: string }>(sql, [sessionId]))[0]!.id;
  const ids: Record<string, string> = {
    sessions: sessionId,
    'held-steps': await one('SELECT id FROM held_steps WHERE session_id = ? LIMIT 1'),
    people: await one('SELECT person_id AS id FROM participants WHERE session_id = ? LIMIT 1'),
    transcripts: await one('SELECT id FROM transcripts WHERE session_id = ? LIMIT 1'),
    inbound: await one('SELECT id FROM inbox WHERE session_id = ? LIMIT 1'),
    rules: (await lectern.query<{ id: string }>('SELECT id FROM rule_sets LIMIT 1'))[0]!.id,
  };
  const document = JSON.parse(readFileSync(path.join(__dirname, '../docs/openapi.json'), 'utf8')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const bodies: Record<string, object> = {
    changes: { kind: 'cancel' },
    decide: { version: 1, hash: 'a'.repeat(64), decision: 'approve' },
  };
  const tried: string[] = [];
  for (const [template, methods] of Object.entries(document.paths)) {
    if (!template.includes('{id}')) continue;
    const kind = template.split('/')[2]!;
    if (!ids[kind]) throw new Error(`No id to try ${template} with; add one here.`);
    for (const method of Object.keys(methods).filter((m) => ['get', 'post', 'patch'].includes(m))) {
      const body = method === 'get' ? undefined : (bodies[template.split('/').at(-1)!] ?? { version: 1 });
      const answer = await lectern.api(method.toUpperCase(), template.replace('{id}', ids[kind]), body, { authorization: `Bearer ${key}` });
      expect([template, method, answer.status]).toEqual([template, method, 404]);
      tried.push(template);
    }
  }
  expect(tried.length).toBeGreaterThan(8);
});
