import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/**
 * People come onto a session and leave it. Who is on it stays in `participants`, which keeps slots apart; who was, with what was said
 * of them, goes to `former_participants`. A way in outlives the participant: it stays as evidence, revoked.
 */
const TABLES = `
ALTER TABLE participants ADD COLUMN joined_at timestamptz;
CREATE TABLE former_participants (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('lectern.organisation_id', true), '')::uuid,
  session_id uuid NOT NULL, person_id uuid NOT NULL, rev integer NOT NULL,
  role text NOT NULL CHECK (role IN ('student','instructor')),
  joined_at timestamptz, left_at timestamptz NOT NULL,
  verdict text NOT NULL, arrived_at timestamptz, verdict_at timestamptz, verdict_decision_id uuid,
  PRIMARY KEY (organisation_id, session_id, person_id, rev),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE OR REPLACE FUNCTION participants_set_busy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Who comes onto a running lesson is taken from then on: what they did before it ended may overlap its beginning.
  NEW.busy := tstzrange(least(greatest(NEW.starts_at, NEW.joined_at), NEW.ends_at), NEW.ends_at + make_interval(mins => NEW.buffer_minutes), '[)');
  RETURN NEW;
END $$;
ALTER TABLE credentials DROP CONSTRAINT credentials_organisation_id_session_id_person_id_fkey;
ALTER TABLE credentials ADD FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id);
ALTER TABLE credentials ADD FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id);
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await secureTable(knex, 'former_participants');
}

export function down(): Promise<void> {
  return Promise.reject(new Error('Migrations go forward only; restore a backup instead.'));
}
