import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/** What rules may ask of an instructor who could stand in: what they teach and speak, until when they are cleared, how much they take on. */
const TEACHING = `
CREATE TABLE teaching (
  organisation_id uuid NOT NULL, person_id uuid NOT NULL,
  subjects text[] NOT NULL DEFAULT '{}', languages text[] NOT NULL DEFAULT '{}',
  cleared_until timestamptz,
  most_a_day integer CHECK (most_a_day > 0), most_a_week integer CHECK (most_a_week > 0),
  PRIMARY KEY (organisation_id, person_id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE TABLE blocked_pairs (
  organisation_id uuid NOT NULL, student_id uuid NOT NULL, instructor_id uuid NOT NULL, reason text,
  PRIMARY KEY (organisation_id, student_id, instructor_id),
  FOREIGN KEY (organisation_id, student_id) REFERENCES people (organisation_id, id),
  FOREIGN KEY (organisation_id, instructor_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX blocked_pairs_of_instructor ON blocked_pairs (organisation_id, instructor_id);
`;

/** That an instructor knows of a lesson of theirs, asked for once a rev; \`check_at\` is when it is asked what to do without a word. */
const ACKNOWLEDGEMENTS = `
CREATE TABLE acknowledgements (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL, person_id uuid NOT NULL,
  token_hash text NOT NULL UNIQUE,
  asked_at timestamptz NOT NULL, check_at timestamptz, reminders integer NOT NULL DEFAULT 0,
  acknowledged_at timestamptz, acknowledged_by text CHECK (acknowledged_by IN ('link','api','offer')),
  decision_id uuid,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, session_id, person_id, rev),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX acknowledgements_due ON acknowledgements (organisation_id, session_id, check_at) WHERE check_at IS NOT NULL;
`;

/** The search for a substitute, who was considered and why, and what was offered to whom; \`next_at\` is when it is asked how to go on. */
const SEARCHES = `
CREATE TABLE substitute_searches (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  instructor_id uuid NOT NULL,
  cause text NOT NULL CHECK (cause IN ('asked','unacknowledged','no-show')), note text,
  state text NOT NULL CHECK (state IN ('open','found','held','cancelled','ended')), reason text,
  started_at timestamptz NOT NULL, started_by uuid, next_at timestamptz, ended_at timestamptz,
  round integer NOT NULL DEFAULT 0, considered jsonb NOT NULL DEFAULT '[]', decision_id uuid,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE UNIQUE INDEX substitute_searches_one_open ON substitute_searches (organisation_id, session_id) WHERE state = 'open';
CREATE INDEX substitute_searches_of_session ON substitute_searches (organisation_id, session_id, started_at);
CREATE TABLE offers (
  id uuid NOT NULL, organisation_id uuid NOT NULL, search_id uuid NOT NULL, session_id uuid NOT NULL, person_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('open','accepted','declined','expired','released','withdrawn')), reason text,
  token_hash text NOT NULL UNIQUE,
  score integer NOT NULL, offered_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, ended_at timestamptz,
  decision_id uuid, version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, search_id, person_id),
  FOREIGN KEY (organisation_id, search_id) REFERENCES substitute_searches (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX offers_of_session ON offers (organisation_id, session_id, offered_at);
CREATE INDEX offers_of_person ON offers (organisation_id, person_id, offered_at);
`;

/** A link's token leads to its organisation; SECURITY DEFINER, as the other links are. */
const CROSSING = `
CREATE FUNCTION resolve_offer(wanted text) RETURNS TABLE (organisation_id uuid, offer_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT o.organisation_id, o.id FROM offers o WHERE o.token_hash = wanted $$;
CREATE FUNCTION resolve_acknowledgement(wanted text) RETURNS TABLE (organisation_id uuid, acknowledgement_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT a.organisation_id, a.id FROM acknowledgements a WHERE a.token_hash = wanted $$;
REVOKE EXECUTE ON FUNCTION resolve_offer(text), resolve_acknowledgement(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_offer(text), resolve_acknowledgement(text) TO lectern_app;
`;

const TABLES = ['teaching', 'blocked_pairs', 'acknowledgements', 'substitute_searches', 'offers'];

/** Substitutes: what is known of instructors, acknowledgements, searches and offers; each table seen by its organisation only. */
export async function up(knex: Knex): Promise<void> {
  for (const tables of [TEACHING, ACKNOWLEDGEMENTS, SEARCHES]) await knex.raw(tables);
  for (const table of TABLES) await secureTable(knex, table);
  await knex.raw(CROSSING);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
