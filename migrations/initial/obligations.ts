/** What each person is owed, and each claim to send it. */
export const OBLIGATIONS = `
CREATE TABLE obligations (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  person_id uuid NOT NULL, about_id uuid, kind text NOT NULL, step text NOT NULL, anchor_at timestamptz NOT NULL,
  channel text NOT NULL, fallback text, template text NOT NULL,
  due_at timestamptz NOT NULL, deadline_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('planned','claimed','in-doubt','delivered','failed-over','suppressed','held','missed')),
  reason text, evidence text CHECK (evidence IN ('accepted','delivered','opened')), ended_at timestamptz,
  held_step_id uuid, document_id uuid, decision_id uuid,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id),
  UNIQUE NULLS NOT DISTINCT (organisation_id, session_id, person_id, about_id, kind, step, anchor_at),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX obligations_due ON obligations (organisation_id, session_id, due_at) WHERE state IN ('planned','claimed','in-doubt');
CREATE TABLE attempts (
  id uuid NOT NULL, organisation_id uuid NOT NULL, obligation_id uuid NOT NULL, session_id uuid NOT NULL, person_id uuid NOT NULL,
  channel text NOT NULL, effect_key text NOT NULL, n integer NOT NULL DEFAULT 1,
  state text NOT NULL CHECK (state IN ('claimed','sent','failed')), lease_until timestamptz NOT NULL,
  recipient text NOT NULL, subject text, body_text text NOT NULL, body_html text, zone text NOT NULL, tzdata text NOT NULL,
  provider_ref text, error text, claimed_at timestamptz NOT NULL, sent_at timestamptz,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, effect_key),
  FOREIGN KEY (organisation_id, obligation_id) REFERENCES obligations (organisation_id, id)
);
CREATE INDEX attempts_of_session ON attempts (organisation_id, session_id, claimed_at);
CREATE INDEX attempts_recent ON attempts (organisation_id, claimed_at DESC, id);
`;
