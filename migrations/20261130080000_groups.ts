import type { Knex } from 'knex';

/** When it was asked last whether a group takes place; from then on it is asked again whenever somebody leaves it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE sessions ADD viability_asked_at timestamptz');
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
