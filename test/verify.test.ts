import { Client as TemporalClient, Connection } from '@temporalio/client';
import { Client } from 'pg';
import { loadConfig } from '../runtime/config';
import { startEngines, type Engines } from '../runtime/engines/engines';
import type { Verified } from '../runtime/verify';
import { workflowIdFor } from '../workflows/session/contract';
import { Home } from './support/cli';

/** A settled lesson and a class that is to come, on engines without server and worker: nobody mends what is broken here. */
const home = new Home();
let engines: Engines;
let owner: Client;
let settled: string;
let open: string;

async function verified(wait = '60'): Promise<{ code: number | null; found: Verified['findings'] }> {
  const { code, out, err } = await home.lectern(['verify', '--json', '--wait', wait], {
    DATABASE_URL: engines.databaseUrl,
    TEMPORAL_ADDRESS: engines.temporalAddress,
    SMTP_URL: engines.smtpUrl,
  });
  if (out === '') throw new Error(err);
  return { code, found: (JSON.parse(out) as Verified).findings };
}

const sql = async <T>(text: string, ...values: unknown[]): Promise<T[]> => (await owner.query(text, values)).rows as T[];

beforeAll(async () => {
  const running = home.start(['start', '--no-demo']);
  await running.says(/API, to read/);
  const demo = await home.lectern(['demo', '--transcript', 'examples/lesson-fractions.json', '--approve-as', 'coordinator', '--json']);
  settled = (JSON.parse(demo.out) as { session: { id: string } }).session.id;
  engines = await startEngines(loadConfig(home.env), { progress: () => undefined });
  running.child.kill('SIGKILL');
  await running.ended;
  owner = new Client({ connectionString: engines.databaseOwnerUrl });
  await owner.connect();
  open = (await sql<{ id: string }>(`SELECT id FROM sessions WHERE external_id = 'seed-group-class'`))[0]!.id;
}, 300_000);
afterAll(async () => {
  await owner?.end();
  await engines?.stop();
  await home.close();
}, 60_000);

interface Break {
  check: string;
  does: string[];
  undoes: string[];
  /** The id of what is found. */
  id: () => Promise<string>;
  says: RegExp;
}

const first = async (text: string, ...values: unknown[]): Promise<string> => (await sql<{ id: string }>(text, ...values))[0]!.id;

const breaks: Break[] = [
  {
    check: 'no overlap',
    does: [
      `CREATE TABLE kept AS SELECT id, starts_at, ends_at FROM sessions`,
      `ALTER TABLE participants DROP CONSTRAINT participants_no_overlap`,
      `INSERT INTO participants (organisation_id, session_id, person_id, person_key, role, starts_at, ends_at, buffer_minutes, holds_slot)
       SELECT s.organisation_id, s.id, p.person_id, p.person_key, 'student', s.starts_at, s.ends_at, s.buffer_minutes, s.holds_slot
       FROM sessions s, participants p JOIN sessions o ON o.id = p.session_id AND o.external_id = 'seed-group-class'
       WHERE s.status = 'settled' AND p.role = 'instructor'`,
      `UPDATE sessions SET starts_at = o.starts_at + interval '1 minute', ends_at = o.ends_at FROM sessions o
       WHERE sessions.status = 'settled' AND o.external_id = 'seed-group-class'`,
    ],
    undoes: [
      `DELETE FROM participants p USING sessions s WHERE p.session_id = s.id AND s.status = 'settled' AND p.person_id IN
       (SELECT person_id FROM participants WHERE session_id <> s.id)`,
      `UPDATE sessions s SET starts_at = k.starts_at, ends_at = k.ends_at FROM kept k WHERE k.id = s.id`,
      `ALTER TABLE participants ADD CONSTRAINT participants_no_overlap EXCLUDE USING gist (person_key WITH =, busy WITH &&) WHERE (holds_slot) DEFERRABLE`,
      `DROP TABLE kept`,
    ],
    id: () => Promise.resolve(settled),
    says: /while person [0-9a-f-]{36} is taken until/,
  },
  {
    check: 'every obligation has its end',
    does: [
      `UPDATE obligations SET deadline_at = deadline_at - interval '400 days' WHERE id = (SELECT id FROM obligations WHERE state = 'planned' ORDER BY id LIMIT 1)`,
    ],
    undoes: [`UPDATE obligations SET deadline_at = deadline_at + interval '400 days' WHERE deadline_at < now() - interval '100 days'`],
    id: () => first(`SELECT id FROM obligations WHERE state = 'planned' ORDER BY id LIMIT 1`),
    says: /is planned, its deadline was/,
  },
  {
    check: 'ledger balanced',
    does: [
      `ALTER TABLE postings DISABLE TRIGGER append_only`,
      `UPDATE postings SET amount_minor = amount_minor + 1 WHERE id = (SELECT min(id) FROM postings)`,
    ],
    undoes: [
      `UPDATE postings SET amount_minor = amount_minor - 1 WHERE id = (SELECT min(id) FROM postings)`,
      `ALTER TABLE postings ENABLE TRIGGER append_only`,
    ],
    id: () => first(`SELECT journal_id AS id FROM postings p ORDER BY p.id LIMIT 1`),
    says: /is off by 1 EUR/,
  },
  {
    check: 'decisions re-evaluate to themselves',
    does: [
      `ALTER TABLE decisions DISABLE TRIGGER append_only`,
      `UPDATE decisions SET outcome = jsonb_set(outcome, '{percent}', '50') WHERE point = 'settlement'`,
    ],
    undoes: [
      `UPDATE decisions SET outcome = jsonb_set(outcome, '{percent}', '100') WHERE point = 'settlement'`,
      `ALTER TABLE decisions ENABLE TRIGGER append_only`,
    ],
    id: () => first(`SELECT id FROM decisions WHERE point = 'settlement'`),
    says: /settlement: was .*50.*comes out as .*100/,
  },
  {
    check: 'a search for a substitute goes on or is over',
    does: [
      `INSERT INTO substitute_searches (id, organisation_id, session_id, rev, instructor_id, cause, state, started_at)
       SELECT gen_random_uuid(), p.organisation_id, p.session_id, 1, p.person_id, 'asked', 'open', now() FROM participants p JOIN sessions s ON s.id = p.session_id
       WHERE p.role = 'instructor' AND s.status = 'booked' ORDER BY s.id LIMIT 1`,
    ],
    undoes: [`DELETE FROM substitute_searches`],
    id: () => first(`SELECT id FROM substitute_searches`),
    says: /is open, and nothing is due of it/,
  },
  {
    check: 'every offer has its end',
    does: [
      `INSERT INTO substitute_searches (id, organisation_id, session_id, rev, instructor_id, cause, state, started_at)
       SELECT gen_random_uuid(), organisation_id, session_id, 1, person_id, 'asked', 'ended', now() FROM participants WHERE role = 'instructor' LIMIT 1`,
      `INSERT INTO offers (id, organisation_id, search_id, session_id, person_id, state, token_hash, score, offered_at, expires_at)
       SELECT gen_random_uuid(), organisation_id, id, session_id, instructor_id, 'open', 'none', 0, now(), now() FROM substitute_searches`,
    ],
    undoes: [`DELETE FROM offers`, `DELETE FROM substitute_searches`],
    id: () => first(`SELECT id FROM offers`),
    says: /stands, and its search is ended/,
  },
  {
    check: 'a delivered message was sent once',
    does: [`UPDATE attempts SET state = 'failed' WHERE id = (SELECT id FROM attempts WHERE state = 'sent' ORDER BY id LIMIT 1)`],
    undoes: [`UPDATE attempts SET state = 'sent' WHERE state = 'failed'`],
    id: () => first(`SELECT obligation_id AS id FROM attempts WHERE state = 'failed'`),
    says: /is delivered with 0 sent attempts/,
  },
];

test('what nobody broke is found to be sound', async () => {
  expect(await verified()).toEqual({ code: 0, found: [] });
}, 120_000);

test.each(breaks)(
  '$check: what breaks it is found, by id, with what to do',
  async ({ check, does, undoes, id, says }) => {
    for (const text of does) await sql(text);
    const expected = await id();
    try {
      const { code, found } = await verified();
      expect([code, found.map((f) => [f.check, f.id])]).toEqual([1, [[check, expected]]]);
      expect(found[0]!.detail).toMatch(says);
      expect(found[0]!.remedy).not.toBe('');
    } finally {
      for (const text of undoes) await sql(text);
    }
  },
  120_000,
);

test('what is due and not done, when no worker runs, is found after the wait', async () => {
  await sql(`UPDATE sessions SET next_due_at = next_due_at - interval '400 days' WHERE id = $1`, open);
  const { code, found } = await verified('1');
  await sql(`UPDATE sessions SET next_due_at = next_due_at + interval '400 days' WHERE id = $1`, open);
  expect([code, found.map((f) => [f.check, f.id])]).toEqual([1, [['what is due is done', open]]]);
}, 120_000);

test('a search that nobody goes on with, when no worker runs, is found after the wait', async () => {
  await sql(
    `INSERT INTO substitute_searches (id, organisation_id, session_id, rev, instructor_id, cause, state, started_at, next_at)
     SELECT gen_random_uuid(), organisation_id, session_id, 1, person_id, 'asked', 'open', now(), now() - interval '1 day' FROM participants
     WHERE role = 'instructor' AND session_id = $1`,
    open,
  );
  const { code, found } = await verified('1');
  await sql('DELETE FROM substitute_searches');
  expect([code, found.map((f) => [f.check, f.id])]).toEqual([1, [['what is due is done', open]]]);
  expect(found[0]!.detail).toMatch(/search for a substitute to go on since/);
}, 120_000);

test('an open workflow of a closed session is found, and an open session without a workflow', async () => {
  await sql(`UPDATE sessions SET closed_at = now() WHERE id = $1`, open);
  const strange = await verified();
  await sql(`UPDATE sessions SET closed_at = NULL WHERE id = $1`, open);
  expect([strange.code, strange.found.map((f) => [f.check, f.id])]).toEqual([1, [['every open workflow has an open session', workflowIdFor(open)]]]);

  const connection = await Connection.connect({ address: engines.temporalAddress, connectTimeout: '60s' });
  await new TemporalClient({ connection }).workflow.getHandle(workflowIdFor(open)).terminate('to see it found');
  await connection.close();
  const { code, found } = await verified();
  expect([code, found.map((f) => [f.check, f.id])]).toEqual([1, [['every open session has an open workflow', open]]]);
  expect(found[0]!.remedy).toMatch(/run a worker/);

  // With a worker it is started again, and all is well: what verify advises is what helps.
  const running = home.start(['start', '--no-demo']);
  await running.says(/API, to read/);
  const after = await home.lectern(['verify']);
  expect([after.code, after.out]).toEqual([0, expect.stringMatching(/all is as it should be/)]);
  await running.interrupt();
}, 240_000);
