import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/**
 * How sessions that are booked follow a rule set that has come into force: a row for each that is looked at, which ends in the transaction
 * that lays its messages out anew. `with_terms`: they also take the set as the one that they were booked under.
 */
const ADOPTIONS = `
CREATE TABLE adoptions (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations, version integer NOT NULL DEFAULT 1,
  set_id uuid NOT NULL, with_terms boolean NOT NULL, selection jsonb NOT NULL, decision_id uuid NOT NULL,
  batch integer NOT NULL CHECK (batch > 0), per_minute integer NOT NULL CHECK (per_minute > 0),
  state text NOT NULL CHECK (state IN ('running','done','superseded')),
  started_at timestamptz NOT NULL, started_by uuid, ended_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets (organisation_id, id),
  CHECK ((ended_at IS NULL) = (state = 'running'))
);
CREATE INDEX adoptions_by_time ON adoptions (organisation_id, started_at DESC, id DESC);
CREATE TABLE adoption_items (
  organisation_id uuid NOT NULL, adoption_id uuid NOT NULL, session_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting','done','passed','failed')), why text,
  moved integer NOT NULL DEFAULT 0, added integer NOT NULL DEFAULT 0, taken_back integer NOT NULL DEFAULT 0, done_at timestamptz,
  PRIMARY KEY (organisation_id, adoption_id, session_id),
  FOREIGN KEY (organisation_id, adoption_id) REFERENCES adoptions (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE INDEX adoption_items_waiting ON adoption_items (organisation_id, adoption_id, session_id) WHERE state = 'waiting';
`;

const CROSSING = `
CREATE FUNCTION organisations_with_adoptions() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT DISTINCT a.organisation_id FROM adoptions a WHERE a.state = 'running' $$;
REVOKE EXECUTE ON FUNCTION organisations_with_adoptions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisations_with_adoptions() TO lectern_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(ADOPTIONS);
  await secureTable(knex, 'adoptions');
  await secureTable(knex, 'adoption_items');
  await knex.raw(CROSSING);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
