import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/** Rooms that fail and are replaced, people who are put out of a room, incidents with their story, recordings that are started again. */
const TABLES = `
ALTER TABLE rooms ADD failed_at timestamptz, ADD replaces uuid, ADD revocable boolean NOT NULL DEFAULT false;
ALTER TABLE credentials ADD evicted_at timestamptz;
ALTER TABLE incidents
  ADD version integer NOT NULL DEFAULT 1, ADD room_id uuid, ADD note text,
  ADD reported_by text NOT NULL DEFAULT 'coordinator' CHECK (reported_by IN ('coordinator','provider','lectern')),
  ADD opened_by uuid, ADD closed_by uuid, ADD judged_at timestamptz, ADD outcome text, ADD decision_id uuid;
CREATE UNIQUE INDEX incidents_one_open ON incidents (organisation_id, session_id, kind) WHERE closed_at IS NULL;
CREATE INDEX incidents_of_session ON incidents (organisation_id, session_id, opened_at);
ALTER TABLE recordings ADD wanted text CHECK (wanted IN ('first','second')), ADD starts integer NOT NULL DEFAULT 0, ADD second_at timestamptz;
ALTER TABLE drafts DROP CONSTRAINT drafts_origin_check;
ALTER TABLE drafts ADD CONSTRAINT drafts_origin_check CHECK (origin IN ('model','extractive','person','notes'));
CREATE TABLE lesson_notes (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, held_step_id uuid NOT NULL,
  answers jsonb NOT NULL, written_by uuid, written_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, held_step_id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await secureTable(knex, 'lesson_notes');
  await knex.raw('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lesson_notes FOR EACH ROW EXECUTE FUNCTION refuse_change()');
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
