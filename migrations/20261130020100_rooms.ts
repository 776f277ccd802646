import type { Knex } from 'knex';

/** A recording that Lectern started is stopped with the lesson; who was put out of a room is looked for again while an old way in may last. */
const TABLES = `
ALTER TABLE recordings DROP CONSTRAINT recordings_wanted_check;
ALTER TABLE recordings ADD CONSTRAINT recordings_wanted_check CHECK (wanted IN ('first','second','stop'));
ALTER TABLE credentials ADD look_again_at timestamptz;
CREATE INDEX credentials_to_look_for ON credentials (organisation_id, session_id, look_again_at) WHERE look_again_at IS NOT NULL;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
