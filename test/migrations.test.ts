import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { migrate, MIGRATIONS } from '../runtime/migrate';
import { describeSchema } from '../runtime/schema';
import { Lectern } from './support/lectern';

jest.setTimeout(60_000);
const lectern = new Lectern();
afterAll(() => lectern.close());
const clock = { clockRate: 1 };
const committed = path.join(__dirname, '../db/schema.sql');

/** An empty database of the test's own beside the shared one. */
async function emptyDatabase(name: string): Promise<string> {
  const { passwords, postgres } = JSON.parse(readFileSync(path.join(lectern.at.home, 'engines.json'), 'utf8')) as {
    passwords: { superuser: string };
    postgres: { port: number };
  };
  const admin = new Client({ connectionString: `postgres://postgres:${passwords.superuser}@127.0.0.1:${postgres.port}/postgres` });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} OWNER lectern_owner`);
  await admin.end();
  return lectern.at.databaseOwnerUrl.replace(/\/lectern$/, `/${name}`);
}

test('from empty to the newest, and a second time nothing', async () => {
  const url = await emptyDatabase('migrate_once');
  expect(await migrate(url, clock)).toEqual(Object.keys(MIGRATIONS));
  expect(await migrate(url, clock)).toEqual([]);
});

test('two at once: one applies, the other waits and finds it done', async () => {
  const url = await emptyDatabase('migrate_race');
  const applied = await Promise.all([migrate(url, clock), migrate(url, clock)]);
  expect(applied.flat()).toEqual(Object.keys(MIGRATIONS));
});

test('the resulting schema is the committed one (UPDATE_SCHEMA=1 writes it)', async () => {
  const url = await emptyDatabase('migrate_schema');
  await migrate(url, clock);
  const schema = await describeSchema(url);
  if (process.env.UPDATE_SCHEMA === '1') writeFileSync(committed, schema);
  expect(existsSync(committed)).toBe(true);
  expect(schema).toBe(readFileSync(committed, 'utf8'));
});
