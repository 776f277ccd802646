import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/** What the organisation's brake holds, and since when. At most one active pause for each thing that can be paused. */
const PAUSES = `
CREATE TABLE pauses (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  scope text NOT NULL CHECK (scope IN ('all','kind','channel','policy')), value text CHECK ((value IS NULL) = (scope = 'all')),
  reason text NOT NULL, until_at timestamptz, version integer NOT NULL DEFAULT 1,
  paused_at timestamptz NOT NULL, paused_by uuid, paused_by_name text NOT NULL,
  released_at timestamptz, released_by uuid, released_by_name text, sent integer, suppressed integer,
  PRIMARY KEY (organisation_id, id)
);
CREATE UNIQUE INDEX pauses_active ON pauses (organisation_id, scope, value) NULLS NOT DISTINCT WHERE released_at IS NULL;
`;

/**
 * Who looks after a held step, and until when it may rest. A row beside the step, not columns of it: a decision binds to the step's
 * version and hash, and a colleague's claim must not make it stale.
 */
const DESK = `
CREATE TABLE held_step_desk (
  organisation_id uuid NOT NULL, held_step_id uuid NOT NULL, version integer NOT NULL DEFAULT 1,
  claimed_by uuid, claimed_by_name text, claimed_at timestamptz,
  snoozed_until timestamptz, snoozed_event text, snoozed_person_id uuid, snoozed_after bigint, snoozed_at timestamptz, snoozed_by_name text,
  PRIMARY KEY (organisation_id, held_step_id),
  FOREIGN KEY (organisation_id, held_step_id) REFERENCES held_steps (organisation_id, id)
);
CREATE TABLE held_step_notes (
  id uuid NOT NULL, organisation_id uuid NOT NULL, held_step_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('comment','contact')), body text,
  person_id uuid, channel text, outcome text, at timestamptz NOT NULL,
  written_at timestamptz NOT NULL, author_id uuid NOT NULL, author_name text NOT NULL,
  PRIMARY KEY (organisation_id, id),
  CHECK (CASE kind WHEN 'comment' THEN body IS NOT NULL ELSE person_id IS NOT NULL AND channel IS NOT NULL AND outcome IS NOT NULL END),
  FOREIGN KEY (organisation_id, held_step_id) REFERENCES held_steps (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX held_step_notes_of_step ON held_step_notes (organisation_id, held_step_id, written_at);
`;

/** Who is on duty when, by wall time in the person's own zone: each week on a day, or once on a date. */
const DUTY = `
CREATE TABLE duty_shifts (
  id uuid NOT NULL, organisation_id uuid NOT NULL, person_id uuid NOT NULL, version integer NOT NULL DEFAULT 1,
  kind text NOT NULL CHECK (kind IN ('on','off')),
  weekday integer CHECK (weekday BETWEEN 1 AND 7), on_date date, from_clock text NOT NULL, to_clock text NOT NULL,
  created_at timestamptz NOT NULL, created_by uuid, ended_at timestamptz,
  PRIMARY KEY (organisation_id, id), CHECK ((weekday IS NULL) <> (on_date IS NULL)),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX duty_shifts_of_person ON duty_shifts (organisation_id, person_id) WHERE ended_at IS NULL;
`;

/** What a provider told of a message after it had taken it, which may come before its answer to the sending does. */
const REPORTS = `
ALTER TABLE attempts ADD provider_status text, ADD provider_status_at timestamptz, ADD provider_error text;
`;

const CROSSING = `
CREATE FUNCTION organisations_with_pauses_over(as_of timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT DISTINCT p.organisation_id FROM pauses p WHERE p.released_at IS NULL AND p.until_at <= as_of $$;
`;

const TABLES = ['pauses', 'held_step_desk', 'held_step_notes', 'duty_shifts'];

/** The coordinators' desk: the brake, who looks after what, who is on duty, and what became of a text message. */
export async function up(knex: Knex): Promise<void> {
  for (const part of [PAUSES, DESK, DUTY, REPORTS]) await knex.raw(part);
  for (const table of TABLES) await secureTable(knex, table);
  await knex.raw('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON held_step_notes FOR EACH ROW EXECUTE FUNCTION refuse_change()');
  await knex.raw(CROSSING);
  await knex.raw(`
    REVOKE EXECUTE ON FUNCTION organisations_with_pauses_over(timestamptz) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION organisations_with_pauses_over(timestamptz) TO lectern_app`);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
