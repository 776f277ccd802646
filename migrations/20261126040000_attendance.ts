import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/**
 * Who is who at a provider; terms and strikes; corrections after close; and what a time looked like to its reader when it was told.
 * A ledger that may be corrected posts a subject more than once under one rev: each round has its amendment.
 */
const TABLES = `
CREATE TABLE provider_identities (
  organisation_id uuid NOT NULL, source text NOT NULL, identity text NOT NULL, person_id uuid NOT NULL, matched_by uuid, matched_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, source, identity),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE TABLE terms (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  name text NOT NULL, starts_on date NOT NULL, ends_on date NOT NULL CHECK (ends_on >= starts_on), version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, name),
  CONSTRAINT terms_no_overlap EXCLUDE USING gist (organisation_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&)
);
CREATE TABLE strikes (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, person_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('no-show','late-cancellation')), term_id uuid, decision_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('counted','forgiven','reversed')), counted_at timestamptz NOT NULL,
  ended_at timestamptz, ended_by uuid, reason text, version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, session_id, person_id, kind),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id),
  FOREIGN KEY (organisation_id, term_id) REFERENCES terms (organisation_id, id),
  FOREIGN KEY (organisation_id, decision_id) REFERENCES decisions (organisation_id, id)
);
CREATE INDEX strikes_of_person ON strikes (organisation_id, person_id, term_id) WHERE state = 'counted';
CREATE TABLE corrections (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, n integer NOT NULL,
  kind text NOT NULL, input jsonb NOT NULL, reason text, result jsonb NOT NULL, decision_id uuid NOT NULL, made_by uuid, made_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, session_id, n),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, decision_id) REFERENCES decisions (organisation_id, id)
);
CREATE TABLE zone_checks (
  organisation_id uuid NOT NULL, person_id uuid NOT NULL, evidence text NOT NULL,
  state text NOT NULL CHECK (state IN ('held','settled')), decision_id uuid, checked_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, person_id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE TABLE tzdata_checks (
  organisation_id uuid NOT NULL REFERENCES organisations, tzdata text NOT NULL, checked_at timestamptz NOT NULL, moved integer NOT NULL, retold integer NOT NULL,
  PRIMARY KEY (organisation_id, tzdata)
);
ALTER TABLE sessions ADD amendments integer NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD shown_wall_time text;
ALTER TABLE journals ADD amendment integer NOT NULL DEFAULT 0;
ALTER TABLE journals DROP CONSTRAINT journals_organisation_id_session_id_subject_id_kind_rev_key;
ALTER TABLE journals ADD UNIQUE (organisation_id, session_id, subject_id, kind, rev, amendment);
CREATE UNIQUE INDEX journals_reversed_once ON journals (organisation_id, reverses) WHERE reverses IS NOT NULL;
CREATE INDEX attendance_unmatched ON attendance_events (organisation_id, session_id) WHERE person_id IS NULL;
`;
const TENANT_TABLES = ['provider_identities', 'terms', 'strikes', 'corrections', 'zone_checks', 'tzdata_checks'];
const APPEND_ONLY = ['corrections'];

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  for (const table of TENANT_TABLES) await secureTable(knex, table);
  for (const table of APPEND_ONLY)
    await knex.raw(`CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('What was corrected is not uncorrected; restore a backup instead.'));
}
