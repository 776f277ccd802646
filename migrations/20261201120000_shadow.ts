import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/**
 * Which transaction recorded a decision: whoever reads on from a place reads below the oldest transaction under way, and so misses none
 * that commits late and reads none twice. Kept by block, which costs whoever decides nothing to speak of. Decisions of before have none.
 */
const RECORDED = `
ALTER TABLE decisions ADD recorded bigint;
ALTER TABLE decisions ALTER recorded SET DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX decisions_recorded ON decisions USING brin (recorded) WITH (autosummarize = on);
`;

/**
 * A draft beside the live set: how far it has been put to what was decided since (the transaction and the id of the last decision that was
 * looked at), and up to where it shall be. Its answers name decisions without a foreign key, whose check would write to each decision.
 */
const SHADOWS = `
CREATE TABLE rule_shadows (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations, version integer NOT NULL DEFAULT 1,
  draft_id uuid NOT NULL, started_at timestamptz NOT NULL, started_by uuid,
  ended_at timestamptz, ended_by uuid, ended_as text CHECK (ended_as IN ('stopped','published','withdrawn','failed')), reason text,
  seen_recorded bigint NOT NULL, seen_id uuid NOT NULL, until bigint,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, draft_id) REFERENCES rule_drafts (organisation_id, id),
  CHECK ((ended_at IS NULL) = (ended_as IS NULL))
);
CREATE UNIQUE INDEX rule_shadows_one ON rule_shadows (organisation_id) WHERE ended_at IS NULL;
CREATE TABLE shadow_answers (
  organisation_id uuid NOT NULL, shadow_id uuid NOT NULL, decision_id uuid NOT NULL,
  point text NOT NULL, programme text, as_of timestamptz NOT NULL,
  finding text NOT NULL CHECK (finding IN ('same','other-rule','differs','unjudged')),
  rule text, outcome jsonb, why text, rule_was text, rule_is text, outcome_was text, outcome_is text,
  PRIMARY KEY (organisation_id, shadow_id, decision_id),
  FOREIGN KEY (organisation_id, shadow_id) REFERENCES rule_shadows (organisation_id, id)
);
CREATE INDEX shadow_answers_differing ON shadow_answers (organisation_id, shadow_id, as_of, decision_id) WHERE finding = 'differs';
`;

const CROSSING = `
CREATE FUNCTION organisations_with_shadows() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT DISTINCT s.organisation_id FROM rule_shadows s WHERE s.ended_at IS NULL OR s.seen_recorded < s.until $$;
REVOKE EXECUTE ON FUNCTION organisations_with_shadows() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisations_with_shadows() TO lectern_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(RECORDED);
  await knex.raw(SHADOWS);
  await secureTable(knex, 'rule_shadows');
  await secureTable(knex, 'shadow_answers');
  await knex.raw(CROSSING);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
