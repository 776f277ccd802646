import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/**
 * How full the weeks of people are. A booking is decided without their locks; behind the locks it is checked that what it was
 * decided on is still so, in a statement of its own, because a statement sees nothing that was committed after it began.
 */
const LOAD = `
CREATE FUNCTION load_around(people uuid[], around timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT count(*) || ' ' || coalesce(sum((extract(epoch FROM q.starts_at) * 1000)::bigint), 0) FROM participants q
  WHERE q.person_id = ANY(people) AND q.holds_slot AND q.starts_at > around - interval '8 days' AND q.starts_at < around + interval '8 days' $$;
CREATE FUNCTION check_load(people uuid[], around timestamptz, seen text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF load_around(people, around) <> seen THEN RAISE EXCEPTION 'a week has changed meanwhile' USING ERRCODE = 'serialization_failure'; END IF;
END $$;
REVOKE EXECUTE ON FUNCTION load_around, check_load FROM PUBLIC;
GRANT EXECUTE ON FUNCTION load_around, check_load TO lectern_app;
`;

/** From how many students a group takes place, how many it has places for, and when it is asked whether it takes place; null: never. */
const GROUPS = `
ALTER TABLE sessions ADD min_students integer CHECK (min_students > 0), ADD capacity integer CHECK (capacity > 0), ADD viability_at timestamptz;
CREATE TABLE waitlist (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, person_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting','offered','joined','declined','expired','removed','closed')),
  added_at timestamptz NOT NULL, added_by uuid,
  token_hash text NOT NULL UNIQUE, offers integer NOT NULL DEFAULT 0,
  offered_at timestamptz, expires_at timestamptz, ended_at timestamptz, decision_id uuid, version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE UNIQUE INDEX waitlist_once ON waitlist (organisation_id, session_id, person_id) WHERE state IN ('waiting','offered');
CREATE INDEX waitlist_of_session ON waitlist (organisation_id, session_id, added_at, id);
CREATE FUNCTION resolve_place(wanted text) RETURNS TABLE (organisation_id uuid, waitlist_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT w.organisation_id, w.id FROM waitlist w WHERE w.token_hash = wanted $$;
REVOKE EXECUTE ON FUNCTION resolve_place FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_place TO lectern_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(LOAD);
  await knex.raw(GROUPS);
  await secureTable(knex, 'waitlist');
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
