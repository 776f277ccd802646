/** Rooms, and each participant's own way in. */
export const ROOMS = `
CREATE TABLE rooms (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  provider text NOT NULL, provider_room_id text, url text,
  resource text, busy tstzrange,
  state text NOT NULL CHECK (state IN ('opening','open','closed')), opened_at timestamptz, closed_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  CONSTRAINT rooms_no_overlap EXCLUDE USING gist (organisation_id WITH =, resource WITH =, busy WITH &&) WHERE (resource IS NOT NULL AND state <> 'closed')
);
CREATE UNIQUE INDEX rooms_one_open ON rooms (organisation_id, session_id) WHERE state <> 'closed';
CREATE TABLE credentials (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, person_id uuid NOT NULL, room_id uuid NOT NULL,
  token_hash text NOT NULL UNIQUE, issued_at timestamptz NOT NULL, opened_at timestamptz, proven_at timestamptz, revoked_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id, person_id) REFERENCES participants (organisation_id, session_id, person_id),
  FOREIGN KEY (organisation_id, room_id) REFERENCES rooms (organisation_id, id)
);
CREATE UNIQUE INDEX credentials_one_live ON credentials (organisation_id, session_id, person_id) WHERE revoked_at IS NULL;
`;
