/** The evidence of a lesson: who was there, what went wrong, what was recorded. */
export const LESSON = `
CREATE TABLE attendance_events (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, person_id uuid,
  kind text NOT NULL CHECK (kind IN ('joined','left','link-opened','poll-answered')),
  at timestamptz NOT NULL, received_at timestamptz NOT NULL, source text NOT NULL, event_id text NOT NULL, data jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, source, event_id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE INDEX attendance_of_session ON attendance_events (organisation_id, session_id, at);
CREATE TABLE incidents (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, kind text NOT NULL,
  opened_at timestamptz NOT NULL, closed_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE TABLE recordings (
  organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  state text NOT NULL CHECK (state IN ('expected','not-expected','started','ready','failed','missing')),
  start_by timestamptz, ready_by timestamptz, started_at timestamptz, ready_at timestamptz, failed_at timestamptz, url text,
  PRIMARY KEY (organisation_id, session_id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
`;
