import type { Knex } from 'knex';

/**
 * Puts a table that came after the first migration behind the same wall as those of it: seen by one organisation at a time, and
 * by its owner; written by the application's role.
 */
export async function secureTable(knex: Knex, table: string): Promise<void> {
  const owner = (await knex.raw<{ rows: { name: string }[] }>('SELECT current_user AS name')).rows[0]!.name;
  const mine = `organisation_id = (SELECT nullif(current_setting('lectern.organisation_id', true), '')::uuid)`;
  await knex.raw(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  await knex.raw(`CREATE POLICY one_organisation ON ${table} USING (${mine}) WITH CHECK (${mine})`);
  await knex.raw(`CREATE POLICY owner_sees ON ${table} TO ?? USING (true) WITH CHECK (true)`, [owner]);
  await knex.raw(`ALTER TABLE ${table} ALTER organisation_id SET DEFAULT nullif(current_setting('lectern.organisation_id', true), '')::uuid`);
  await knex.raw(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO lectern_app`);
}
