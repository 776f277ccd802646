/** Immutable rule sets, and every decision with its facts. */
export const DECISIONS = `
CREATE TABLE rule_sets (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  number integer NOT NULL, hash text NOT NULL, content jsonb NOT NULL, message text NOT NULL,
  published_by uuid, published_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, number)
);
CREATE TABLE decisions (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid, point text NOT NULL, subject text NOT NULL,
  rev integer NOT NULL, seq text NOT NULL, set_id uuid NOT NULL, policy_file text NOT NULL, policy_hash text NOT NULL,
  facts jsonb NOT NULL, outcome jsonb NOT NULL, rule text NOT NULL, missing text[] NOT NULL DEFAULT '{}', say jsonb,
  as_of timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, point, subject, rev, seq),
  FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets (organisation_id, id)
);
CREATE INDEX decisions_of_session ON decisions (organisation_id, session_id, as_of);
`;
