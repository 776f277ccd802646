import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/**
 * What is brought in from other systems: weekly availability, which row of which file was taken as it is now, and opening
 * balances, which have no session and no decision behind them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE availability (
  organisation_id uuid NOT NULL, person_id uuid NOT NULL,
  weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7), from_clock text NOT NULL, until_clock text NOT NULL CHECK (until_clock > from_clock),
  zone text, valid_from date NOT NULL DEFAULT '-infinity', valid_until date NOT NULL DEFAULT 'infinity',
  PRIMARY KEY (organisation_id, person_id, weekday, from_clock, valid_from),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE TABLE imported_rows (
  organisation_id uuid NOT NULL REFERENCES organisations, kind text NOT NULL, external_id text NOT NULL,
  hash text NOT NULL, imported_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, kind, external_id)
);
ALTER TABLE journals DROP CONSTRAINT journals_kind_check, ALTER session_id DROP NOT NULL, ALTER decision_id DROP NOT NULL,
  ADD CONSTRAINT journals_kind_check CHECK (kind IN ('charge', 'payout', 'reversal', 'opening')),
  ADD CONSTRAINT journals_of_a_session CHECK ((kind = 'opening') = (session_id IS NULL) AND (kind = 'opening') = (decision_id IS NULL));
CREATE UNIQUE INDEX journals_opening ON journals (organisation_id, subject_id, rev) WHERE kind = 'opening';`);
  await secureTable(knex, 'availability');
  await secureTable(knex, 'imported_rows');
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
