/** Who may act, by what key, and who may send webhooks. */
export const ACCESS = `
CREATE TABLE principals (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  kind text NOT NULL CHECK (kind IN ('person','service')), name text NOT NULL, person_id uuid,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE TABLE memberships (
  organisation_id uuid NOT NULL, principal_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('admin','coordinator','instructor','integrator')),
  PRIMARY KEY (organisation_id, principal_id, role),
  FOREIGN KEY (organisation_id, principal_id) REFERENCES principals (organisation_id, id)
);
CREATE TABLE access_tokens (
  hash text PRIMARY KEY, organisation_id uuid NOT NULL, principal_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('key','sign-in','login')),
  created_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz, used_at timestamptz, revoked_at timestamptz,
  FOREIGN KEY (organisation_id, principal_id) REFERENCES principals (organisation_id, id)
);
CREATE TABLE sources (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  name text NOT NULL UNIQUE, secrets text[] NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id)
);
`;
