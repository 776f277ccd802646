import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/** Which automations of a set are told of which entries of the timeline; written with the set, and like it never changed. */
const TRIGGERS = `
CREATE TABLE automation_triggers (
  organisation_id uuid NOT NULL REFERENCES organisations, set_id uuid NOT NULL, automation text NOT NULL, event text NOT NULL, kind text NOT NULL,
  each text NOT NULL CHECK (each IN ('session','student','instructor')),
  PRIMARY KEY (organisation_id, set_id, automation, kind),
  FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets (organisation_id, id)
);
`;

/** A run of an automation. The key says of which event: each is laid down once. \`asked\` runs ahead of \`told\` while its workflow is to be woken. */
const RUNS = `
CREATE TABLE automation_runs (
  organisation_id uuid NOT NULL REFERENCES organisations, id uuid NOT NULL, seq bigint GENERATED ALWAYS AS IDENTITY,
  version integer NOT NULL DEFAULT 1, automation text NOT NULL, set_id uuid NOT NULL, event text NOT NULL, key text NOT NULL,
  timeline_id bigint, session_id uuid NOT NULL, person_id uuid, at timestamptz NOT NULL,
  caused_by uuid, root text NOT NULL, depth integer NOT NULL,
  state text NOT NULL DEFAULT 'new' CHECK (state IN ('new','running','waiting','done','not-met','stopped','cancelled')),
  reason text, facts jsonb, decision_id uuid, begun_at timestamptz, due_at timestamptz, awaits text[], ended_at timestamptz, ended_by text,
  asked integer NOT NULL DEFAULT 1, told integer NOT NULL DEFAULT 0,
  PRIMARY KEY (organisation_id, id), UNIQUE NULLS NOT DISTINCT (organisation_id, automation, key, person_id),
  FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX automation_runs_asked ON automation_runs (organisation_id) WHERE asked > told;
CREATE INDEX automation_runs_open ON automation_runs (organisation_id, session_id) WHERE state IN ('new','running','waiting');
CREATE INDEX automation_runs_newest ON automation_runs (organisation_id, seq DESC);
CREATE INDEX automation_runs_of_session ON automation_runs (organisation_id, session_id, seq);
CREATE INDEX automation_runs_begun ON automation_runs (organisation_id, automation, begun_at) WHERE begun_at IS NOT NULL;
CREATE INDEX automation_runs_root ON automation_runs (organisation_id, root);
`;

/** What a run has come to, and what it has set. */
const STEPS = `
CREATE TABLE automation_steps (
  organisation_id uuid NOT NULL REFERENCES organisations, run_id uuid NOT NULL, step text NOT NULL, n integer NOT NULL, kind text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting','done','skipped')), answer text, detail jsonb NOT NULL DEFAULT '{}',
  held_step_id uuid, begun_at timestamptz NOT NULL, due_at timestamptz, ended_at timestamptz,
  PRIMARY KEY (organisation_id, run_id, step),
  FOREIGN KEY (organisation_id, run_id) REFERENCES automation_runs (organisation_id, id)
);
CREATE UNIQUE INDEX automation_steps_held ON automation_steps (organisation_id, held_step_id) WHERE held_step_id IS NOT NULL;
CREATE TABLE automation_marks (
  organisation_id uuid NOT NULL REFERENCES organisations, id uuid NOT NULL, key text NOT NULL, kind text NOT NULL CHECK (kind IN ('tag','note')),
  session_id uuid, person_id uuid, tag text, words jsonb, run_id uuid NOT NULL, at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, key), CHECK ((session_id IS NULL) <> (person_id IS NULL)),
  FOREIGN KEY (organisation_id, run_id) REFERENCES automation_runs (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX automation_marks_person ON automation_marks (organisation_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX automation_marks_session ON automation_marks (organisation_id, session_id) WHERE session_id IS NOT NULL;
CREATE TABLE automation_looks (
  organisation_id uuid NOT NULL REFERENCES organisations, automation text NOT NULL, day date NOT NULL, looked_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, automation)
);
`;

/**
 * Whoever writes an entry of the timeline lays down its runs in the same transaction, by whichever way, and wakes those that wait for it.
 * An entry that a run has written itself names it, so that its runs know how deep they are. A run that somebody holds is passed over: it looks again.
 */
const LAID_DOWN = `
CREATE FUNCTION lay_down_automation_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO automation_runs (organisation_id, id, automation, set_id, event, key, timeline_id, session_id, person_id, at, caused_by, root, depth)
  SELECT a.organisation_id, gen_random_uuid(), t.automation, t.set_id, t.event, 'timeline/' || a.id, a.id, a.session_id, p.person_id, a.at,
    c.id, coalesce(c.root, 'timeline/' || a.id), coalesce(c.depth + 1, 0)
  FROM added a
  JOIN automation_triggers t ON t.organisation_id = a.organisation_id AND t.kind = a.kind
    AND t.set_id = (SELECT s.id FROM rule_sets s WHERE s.organisation_id = a.organisation_id ORDER BY s.number DESC LIMIT 1)
  LEFT JOIN automation_runs c ON c.organisation_id = a.organisation_id AND c.id = (a.data->>'runId')::uuid
  CROSS JOIN LATERAL (
    SELECT NULL::uuid AS person_id WHERE t.each = 'session'
    UNION ALL
    SELECT q.person_id FROM participants q WHERE q.organisation_id = a.organisation_id AND q.session_id = a.session_id AND q.role = t.each
      AND q.person_id = coalesce((a.data->>'personId')::uuid, (a.data->>'subjectId')::uuid, q.person_id)) p
  ON CONFLICT (organisation_id, automation, key, person_id) DO NOTHING;
  UPDATE automation_runs r SET asked = r.asked + 1
  FROM (
    SELECT w.organisation_id, w.id FROM automation_runs w JOIN added a ON a.organisation_id = w.organisation_id AND a.kind = ANY (w.awaits)
    WHERE w.state = 'waiting' AND (w.session_id = a.session_id OR w.person_id IN (
      SELECT q.person_id FROM participants q WHERE q.organisation_id = a.organisation_id AND q.session_id = a.session_id))
    FOR UPDATE OF w SKIP LOCKED) AS woken
  WHERE r.organisation_id = woken.organisation_id AND r.id = woken.id;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lay_down_automation_runs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lay_down_automation_runs() TO lectern_app;
CREATE TRIGGER lay_down_automation_runs AFTER INSERT ON timeline REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION lay_down_automation_runs();
`;

const CROSSING = `
CREATE FUNCTION organisations_with_automation_runs_asked() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT DISTINCT r.organisation_id FROM automation_runs r WHERE r.asked > r.told $$;
REVOKE EXECUTE ON FUNCTION organisations_with_automation_runs_asked() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisations_with_automation_runs_asked() TO lectern_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TRIGGERS);
  await knex.raw(RUNS);
  await knex.raw(STEPS);
  for (const table of ['automation_triggers', 'automation_runs', 'automation_steps', 'automation_marks', 'automation_looks'])
    await secureTable(knex, table);
  await knex.raw('GRANT USAGE ON SEQUENCE automation_runs_seq_seq TO lectern_app');
  await knex.raw(LAID_DOWN);
  await knex.raw(CROSSING);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
