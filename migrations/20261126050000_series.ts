import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/** Recurring bookings, times at which nobody teaches, and many changes as one thing. */
const TABLES = `
CREATE TABLE series (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  version integer NOT NULL DEFAULT 1,
  state text NOT NULL CHECK (state IN ('active','ended')),
  title text NOT NULL, subject text, programme text, branch text, is_trial boolean NOT NULL DEFAULT false,
  instructor_id uuid NOT NULL,
  rrule text NOT NULL, rule_start text NOT NULL, anchor_zone text NOT NULL, exdates text[] NOT NULL DEFAULT '{}',
  day_shift integer NOT NULL DEFAULT 0, clock text NOT NULL, length_minutes integer NOT NULL CHECK (length_minutes > 0),
  from_original text, before_original text, continues uuid,
  external_id text, created_by uuid, created_at timestamptz NOT NULL,
  fill_asked integer NOT NULL DEFAULT 1, fill_done integer NOT NULL DEFAULT 0, filled_until timestamptz,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, external_id),
  FOREIGN KEY (organisation_id, instructor_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX series_by_creation ON series (organisation_id, created_at DESC, id);
CREATE INDEX series_active ON series (organisation_id, id) WHERE state = 'active';
CREATE TABLE series_students (
  organisation_id uuid NOT NULL, series_id uuid NOT NULL, person_id uuid NOT NULL,
  PRIMARY KEY (organisation_id, series_id, person_id),
  FOREIGN KEY (organisation_id, series_id) REFERENCES series (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX series_of_student ON series_students (organisation_id, person_id);
CREATE TABLE occurrences (
  organisation_id uuid NOT NULL, series_id uuid NOT NULL, original text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('booked','moved','held','skipped')),
  session_id uuid, reason text, decision_id uuid, filled_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, series_id, original), UNIQUE (organisation_id, session_id),
  CHECK ((outcome = 'skipped') = (session_id IS NULL)),
  FOREIGN KEY (organisation_id, series_id) REFERENCES series (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE TABLE batches (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  version integer NOT NULL DEFAULT 1,
  cause text NOT NULL CHECK (cause IN ('series','closure','time-off')), cause_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('running','done')),
  reason text, made_by uuid, made_at timestamptz NOT NULL, done_at timestamptz,
  PRIMARY KEY (organisation_id, id)
);
CREATE INDEX batches_running ON batches (organisation_id, id) WHERE state = 'running';
CREATE INDEX batches_of_cause ON batches (organisation_id, cause_id, made_at);
CREATE TABLE batch_items (
  organisation_id uuid NOT NULL, batch_id uuid NOT NULL, n integer NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  change jsonb NOT NULL, decision_id uuid,
  state text NOT NULL CHECK (state IN ('waiting','done','held','refused')), why text, done_at timestamptz,
  PRIMARY KEY (organisation_id, batch_id, n), UNIQUE (organisation_id, batch_id, session_id),
  FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE TABLE closures (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  version integer NOT NULL DEFAULT 1,
  state text NOT NULL CHECK (state IN ('active','removed')),
  person_id uuid, branch text, CHECK (person_id IS NULL OR branch IS NULL),
  starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  reason text NOT NULL, created_by uuid, created_at timestamptz NOT NULL, removed_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX closures_by_time ON closures (organisation_id, ends_at) WHERE state = 'active';
CREATE INDEX closures_by_creation ON closures (organisation_id, created_at DESC, id);
ALTER TABLE changes ADD batch_id uuid;
ALTER TABLE obligations ADD batch_id uuid;
`;

/**
 * A lesson of a series whose time is taken waits as a held session that has no slot: nothing is taken from who was there first, and
 * it has a timeline, a deadline and a held step like any other. Postgres 15 cannot change what a generated column is made of.
 */
const WITHOUT_SLOT = `
ALTER TABLE participants DROP CONSTRAINT participants_organisation_id_session_id_starts_at_ends_at__fkey;
ALTER TABLE sessions DROP CONSTRAINT sessions_organisation_id_id_starts_at_ends_at_buffer_minute_key;
ALTER TABLE sessions ADD without_slot boolean NOT NULL DEFAULT false;
ALTER TABLE sessions DROP COLUMN holds_slot;
ALTER TABLE sessions ADD holds_slot boolean NOT NULL GENERATED ALWAYS AS (status NOT IN ('cancelled','refused','expired') AND NOT without_slot) STORED;
ALTER TABLE sessions ADD UNIQUE (organisation_id, id, starts_at, ends_at, buffer_minutes, holds_slot);
ALTER TABLE sessions ADD CHECK (NOT without_slot OR status IN ('held','cancelled','refused','expired'));
ALTER TABLE participants ADD FOREIGN KEY (organisation_id, session_id, starts_at, ends_at, buffer_minutes, holds_slot)
  REFERENCES sessions (organisation_id, id, starts_at, ends_at, buffer_minutes, holds_slot) ON UPDATE CASCADE;
`;

const CROSSING = `
CREATE FUNCTION organisations_with_series_work() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT DISTINCT s.organisation_id FROM series s WHERE s.state = 'active' AND s.fill_asked > s.fill_done
     UNION SELECT DISTINCT b.organisation_id FROM batches b WHERE b.state = 'running' $$;
REVOKE EXECUTE ON FUNCTION organisations_with_series_work() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisations_with_series_work() TO lectern_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await knex.raw(WITHOUT_SLOT);
  for (const table of ['series', 'series_students', 'occurrences', 'batches', 'batch_items', 'closures']) await secureTable(knex, table);
  await knex.raw(CROSSING);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('Series are not undone; restore a backup instead.'));
}
