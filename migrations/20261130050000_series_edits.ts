import type { Knex } from 'knex';

/** A lesson of a series that somebody has set apart stays as it is, whatever its series becomes; a series of a group has places. */
const COLUMNS = `
ALTER TABLE occurrences ADD set_apart boolean NOT NULL DEFAULT false;
ALTER TABLE series ADD capacity integer CHECK (capacity > 0);
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(COLUMNS);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('Edits of series are not undone; restore a backup instead.'));
}
