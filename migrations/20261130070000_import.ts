import type { Knex } from 'knex';

/**
 * Strikes that were counted elsewhere have a day and an id of their own instead of a session and a decision; a series that was brought in
 * quietly says so until it is filled for the first time; a lesson that was brought in is known with the rev it had then, by which a
 * later import tells whether it was changed here meanwhile.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
ALTER TABLE strikes ALTER session_id DROP NOT NULL, ALTER decision_id DROP NOT NULL, ADD external_id text, ADD happened_on date,
  ADD CONSTRAINT strikes_of_a_session CHECK ((session_id IS NULL) = (happened_on IS NOT NULL) AND (session_id IS NULL) = (external_id IS NOT NULL)
    AND (session_id IS NULL) = (decision_id IS NULL));
CREATE UNIQUE INDEX strikes_imported ON strikes (organisation_id, external_id) WHERE external_id IS NOT NULL;
ALTER TABLE series ADD quietly boolean NOT NULL DEFAULT false;
ALTER TABLE imported_rows ADD rev integer;`);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
