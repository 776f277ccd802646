import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/**
 * Senders that speak in their own words: a source names the mapping that puts them into ours; what they said is kept beside it, with the
 * row and rule set that read it. A lesson may be known outside by several references; payments are what a payment provider says of one.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
ALTER TABLE sources ADD COLUMN mapping text;
ALTER TABLE inbox ADD COLUMN raw text, ADD COLUMN mapping text, ADD COLUMN mapping_row text, ADD COLUMN rule_set_id uuid;
CREATE INDEX inbox_by_arrival ON inbox (organisation_id, received_at DESC, id DESC);

DROP FUNCTION resolve_source(text);
CREATE FUNCTION resolve_source(wanted text) RETURNS TABLE (organisation_id uuid, name text, secrets text[], mapping text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT s.organisation_id, s.name, s.secrets, s.mapping FROM sources s WHERE s.name = wanted $$;
REVOKE ALL ON FUNCTION resolve_source(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_source(text) TO lectern_app;

CREATE TABLE session_references (
  organisation_id uuid NOT NULL REFERENCES organisations, reference text NOT NULL, session_id uuid NOT NULL, given_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, reference),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE TABLE payments (
  organisation_id uuid NOT NULL REFERENCES organisations, id uuid NOT NULL, session_id uuid NOT NULL, source text NOT NULL, reference text NOT NULL,
  state text NOT NULL CHECK (state IN ('succeeded','failed','action-required','refunded','disputed')),
  amount_minor bigint CHECK (amount_minor >= 0), currency text, reason text, at timestamptz NOT NULL, version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, source, reference),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE INDEX payments_of_session ON payments (organisation_id, session_id, at);`);
  await secureTable(knex, 'session_references');
  await secureTable(knex, 'payments');
}

export function down(): Promise<void> {
  return Promise.reject(new Error('What senders said is not forgotten; restore a backup instead.'));
}
