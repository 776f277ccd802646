import type { Knex } from 'knex';

/** Who answered the offer of a place: a guardian or the student behind a link of their own, or a coordinator for them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE waitlist ADD answered_by uuid, ADD answered_by_name text,
      ADD FOREIGN KEY (organisation_id, answered_by) REFERENCES people (organisation_id, id)`);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
