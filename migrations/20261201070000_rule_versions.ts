import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/** Who stood beside the author, from when a set is in force, and which earlier one it brings back. */
const VERSIONS = `
ALTER TABLE rule_sets ADD approved_by uuid, ADD effective_from timestamptz, ADD rolls_back_to integer;
`;

/** Rule files that are kept and not in force: to be looked at beside the live set, to be confirmed by somebody else, or to come into force later. */
const DRAFTS = `
CREATE TABLE rule_drafts (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations, version integer NOT NULL DEFAULT 1,
  state text NOT NULL CHECK (state IN ('draft','proposed','scheduled','published','withdrawn','failed')),
  hash text NOT NULL, content jsonb NOT NULL, message text NOT NULL,
  base_set_id uuid NOT NULL, effective_from timestamptz, rolls_back_to integer,
  author_id uuid, created_at timestamptz NOT NULL, approved_by uuid, set_id uuid,
  ended_by uuid, ended_at timestamptz, reason text,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, base_set_id) REFERENCES rule_sets (organisation_id, id),
  FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets (organisation_id, id)
);
CREATE UNIQUE INDEX rule_drafts_one_scheduled ON rule_drafts (organisation_id) WHERE state = 'scheduled';
`;

const CROSSING = `
CREATE FUNCTION organisations_with_rules_due(as_of timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT d.organisation_id FROM rule_drafts d WHERE d.state = 'scheduled' AND d.effective_from <= as_of $$;
REVOKE EXECUTE ON FUNCTION organisations_with_rules_due(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisations_with_rules_due(timestamptz) TO lectern_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(VERSIONS);
  await knex.raw(DRAFTS);
  await secureTable(knex, 'rule_drafts');
  await knex.raw(CROSSING);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
