import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/** Back-tests that were asked for over the API: a row is the wish, its progress and its result; whoever does it holds it for a while (real time). */
const BACKTESTS = `
CREATE TABLE rule_backtests (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations, version integer NOT NULL DEFAULT 1,
  draft_id uuid NOT NULL, since timestamptz NOT NULL, cases integer NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','running','done','failed','cancelled')),
  done integer NOT NULL DEFAULT 0, "of" integer NOT NULL DEFAULT 0, report jsonb, reason text,
  asked_by uuid, asked_at timestamptz NOT NULL, ended_by uuid, ended_at timestamptz,
  tries integer NOT NULL DEFAULT 0, claimed_until timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, draft_id) REFERENCES rule_drafts (organisation_id, id)
);
CREATE UNIQUE INDEX rule_backtests_one ON rule_backtests (organisation_id) WHERE state IN ('waiting','running');
`;

const CROSSING = `
CREATE FUNCTION organisations_with_backtests() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT b.organisation_id FROM rule_backtests b WHERE b.state = 'waiting' OR b.state = 'running' AND b.claimed_until < now() ORDER BY b.asked_at $$;
REVOKE EXECUTE ON FUNCTION organisations_with_backtests() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisations_with_backtests() TO lectern_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(BACKTESTS);
  await secureTable(knex, 'rule_backtests');
  await knex.raw(CROSSING);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
