/** What came in, what wakes the workflows, and answers that a repeat is given again. */
export const BOXES = `
CREATE TABLE idempotency_keys (
  organisation_id uuid NOT NULL, principal_id uuid NOT NULL, route text NOT NULL, key text NOT NULL, body_hash text NOT NULL,
  lease_until timestamptz NOT NULL, response_status integer, response_body jsonb, response_location text, created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, principal_id, route, key)
);
CREATE TABLE inbox (
  id uuid NOT NULL, organisation_id uuid NOT NULL, source text NOT NULL, event_id text NOT NULL, type text NOT NULL,
  occurred_at timestamptz, received_at timestamptz NOT NULL, body text NOT NULL,
  state text NOT NULL CHECK (state IN ('received','applied','ignored','refused')), reason text, session_id uuid, applied_at timestamptz, tries integer NOT NULL DEFAULT 0, retry_at timestamptz,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, source, event_id)
);
CREATE INDEX inbox_waiting ON inbox (organisation_id, occurred_at, id) WHERE state = 'received';
CREATE INDEX inbox_waiting_of_session ON inbox (organisation_id, session_id) WHERE state = 'received';
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY, organisation_id uuid NOT NULL, session_id uuid NOT NULL,
  generation integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(), delivered_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE UNIQUE INDEX outbox_one_wake ON outbox (organisation_id, session_id) WHERE delivered_at IS NULL;
CREATE INDEX outbox_waiting ON outbox (id) WHERE delivered_at IS NULL;
`;
