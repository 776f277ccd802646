/** Steps that wait for a person, what happened on a session, and who did what. */
export const HISTORY = `
CREATE TABLE held_steps (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  kind text NOT NULL, subject text NOT NULL, version integer NOT NULL DEFAULT 1,
  state text NOT NULL CHECK (state IN ('open','decided','expired','withdrawn')),
  audience text NOT NULL CHECK (audience IN ('instructor','coordinator')), assignee_id uuid,
  reason text NOT NULL, shown jsonb NOT NULL, shown_hash text NOT NULL, options text[] NOT NULL, default_option text,
  self_approval boolean NOT NULL DEFAULT true,
  opened_at timestamptz NOT NULL, deadline_at timestamptz, escalated_at timestamptz, escalate_at timestamptz, remind_at timestamptz,
  decision_id uuid, chosen text, chosen_by uuid, chosen_by_name text, chosen_at timestamptz, comment text,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE UNIQUE INDEX held_steps_one_open ON held_steps (organisation_id, session_id, kind, subject) WHERE state = 'open';
CREATE INDEX held_steps_open ON held_steps (organisation_id, opened_at, id) WHERE state = 'open';
CREATE TABLE timeline (
  id bigint GENERATED ALWAYS AS IDENTITY, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  at timestamptz NOT NULL, kind text NOT NULL, actor text NOT NULL, data jsonb NOT NULL DEFAULT '{}', decision_id uuid,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE INDEX timeline_of_session ON timeline (organisation_id, session_id, id);
CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY, organisation_id uuid NOT NULL, principal_id uuid, action text NOT NULL,
  entity text NOT NULL, entity_id text NOT NULL, detail jsonb NOT NULL DEFAULT '{}', request_id text, at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id)
);
`;
