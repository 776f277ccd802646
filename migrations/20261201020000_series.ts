import type { Knex } from 'knex';

/**
 * A change that an edit of a series has yet to make may be taken over by a later edit. A closure of whole days knows in whose days it is
 * counted; what lies from midnight to midnight there always was whole days.
 */
const COLUMNS = `
ALTER TABLE batch_items DROP CONSTRAINT batch_items_state_check;
ALTER TABLE batch_items ADD CONSTRAINT batch_items_state_check CHECK (state IN ('waiting', 'done', 'held', 'refused', 'superseded'));
ALTER TABLE closures ADD zone text;
UPDATE closures c SET zone = z.zone
FROM (SELECT k.organisation_id, k.id, coalesce(p.zone, o.home_zone) AS zone FROM closures k JOIN organisations o ON o.id = k.organisation_id
      LEFT JOIN people p ON p.organisation_id = k.organisation_id AND p.id = k.person_id) z
WHERE z.organisation_id = c.organisation_id AND z.id = c.id
  AND (c.starts_at AT TIME ZONE z.zone)::time = '00:00' AND (c.ends_at AT TIME ZONE z.zone)::time = '00:00';
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(COLUMNS);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
