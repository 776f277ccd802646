import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/**
 * Tables that an organisation brings in for its rules to look up in: the first column is the key. A table is replaced whole. And who was on a
 * session before is found by person, as who is on it now.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE lookup_tables (
  organisation_id uuid NOT NULL REFERENCES organisations, name text NOT NULL, columns text[] NOT NULL, row_count integer NOT NULL,
  hash text NOT NULL, version integer NOT NULL DEFAULT 1, imported_at timestamptz NOT NULL, imported_by uuid,
  PRIMARY KEY (organisation_id, name)
);
CREATE TABLE lookup_rows (
  organisation_id uuid NOT NULL REFERENCES organisations, table_name text NOT NULL, key text NOT NULL, cells jsonb NOT NULL,
  PRIMARY KEY (organisation_id, table_name, key),
  FOREIGN KEY (organisation_id, table_name) REFERENCES lookup_tables (organisation_id, name)
);
CREATE INDEX former_participants_of_person ON former_participants (organisation_id, person_id);`);
  await secureTable(knex, 'lookup_tables');
  await secureTable(knex, 'lookup_rows');
}

export function down(): Promise<void> {
  return Promise.reject(new Error('What rules look up in is not forgotten; restore a backup instead.'));
}
