import type { Knex } from 'knex';

/**
 * What a booking was decided on, checked behind its locks: how full the weeks of its people are, and which closures its time falls
 * into. Another closure is as good a reason to decide anew as another lesson.
 */
const CHECKED = `
CREATE FUNCTION closures_over(people uuid[], at_branch text, beginning timestamptz, ending timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(string_agg(c.id::text, ' ' ORDER BY c.id), '') FROM closures c
  WHERE c.state = 'active' AND c.ends_at > beginning AND c.starts_at < ending
    AND CASE WHEN c.person_id IS NULL THEN c.branch IS NULL OR c.branch = at_branch ELSE c.person_id = ANY(people) END $$;
CREATE FUNCTION check_ground(people uuid[], beginning timestamptz, ending timestamptz, at_branch text, seen text, closed text)
  RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF load_around(people, beginning) <> seen THEN RAISE EXCEPTION 'a week has changed meanwhile' USING ERRCODE = 'serialization_failure'; END IF;
  IF closures_over(people, at_branch, beginning, ending) <> closed
    THEN RAISE EXCEPTION 'that time was closed or opened meanwhile' USING ERRCODE = 'serialization_failure'; END IF;
END $$;
REVOKE EXECUTE ON FUNCTION closures_over, check_ground FROM PUBLIC;
GRANT EXECUTE ON FUNCTION closures_over, check_ground TO lectern_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(CHECKED);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
