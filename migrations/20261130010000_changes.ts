import type { Knex } from 'knex';

/**
 * A decision is unique within its session: a question about a person is asked in many sessions, most of them at the same rev, and must
 * not be given the answer of another one. What no session asks (a series, say) is unique as before.
 */
const ONCE = `
ALTER TABLE decisions DROP CONSTRAINT decisions_organisation_id_point_subject_rev_seq_key;
ALTER TABLE decisions ADD CONSTRAINT decisions_once UNIQUE NULLS NOT DISTINCT (organisation_id, session_id, point, subject, rev, seq);
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(ONCE);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('Migrations go forward only; restore a backup instead.'));
}
