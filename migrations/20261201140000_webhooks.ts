import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/** Addresses that are told of what happens. Their secrets are made from the installation's own, by number, so that none is kept here. */
const WEBHOOKS = `
CREATE TABLE webhooks (
  organisation_id uuid NOT NULL REFERENCES organisations, id uuid NOT NULL, version integer NOT NULL DEFAULT 1,
  name text NOT NULL, url text NOT NULL, event_types text[] NOT NULL,
  state text NOT NULL CHECK (state IN ('on','off')), off_reason text CHECK (off_reason IN ('asked','gone','failing')), off_at timestamptz,
  secret_n integer NOT NULL DEFAULT 1, old_secrets jsonb NOT NULL DEFAULT '[]',
  failing_since timestamptz, created_at timestamptz NOT NULL, created_by uuid,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, name)
);
`;

/** What one address is told of one event. The key says of what: each is laid down once. */
const DELIVERIES = `
CREATE TABLE webhook_deliveries (
  organisation_id uuid NOT NULL REFERENCES organisations, id uuid NOT NULL, seq bigint GENERATED ALWAYS AS IDENTITY,
  version integer NOT NULL DEFAULT 1, webhook_id uuid NOT NULL, key text NOT NULL, type text NOT NULL,
  session_id uuid, timeline_id bigint, at timestamptz NOT NULL, facts jsonb,
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned','claimed','delivered','failed')),
  due_at timestamptz NOT NULL, tries integer NOT NULL DEFAULT 0, lease_until timestamptz,
  payload text, attempts jsonb NOT NULL DEFAULT '[]', reason text, ended_at timestamptz,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, webhook_id, key),
  FOREIGN KEY (organisation_id, webhook_id) REFERENCES webhooks (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE INDEX webhook_deliveries_open ON webhook_deliveries (organisation_id, webhook_id, seq) WHERE state IN ('planned','claimed');
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (organisation_id, state, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (organisation_id, webhook_id, seq DESC);
`;

/** What an entry of the timeline is called outside. Whoever writes one lays down its deliveries in the same transaction, by whichever way. */
const LAID_DOWN = `
ALTER TABLE timeline ADD event text;
CREATE INDEX timeline_told ON timeline (organisation_id, at) WHERE event IS NOT NULL;
CREATE FUNCTION lay_down_webhook_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO webhook_deliveries (organisation_id, id, webhook_id, key, type, session_id, timeline_id, at, due_at)
  SELECT a.organisation_id, gen_random_uuid(), w.id, 'timeline/' || a.id, a.event, a.session_id, a.id, a.at, a.at
  FROM added a JOIN webhooks w ON w.organisation_id = a.organisation_id AND w.state = 'on' AND a.event = ANY (w.event_types)
  WHERE a.event IS NOT NULL ORDER BY a.id;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lay_down_webhook_deliveries() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lay_down_webhook_deliveries() TO lectern_app;
CREATE TRIGGER lay_down_webhook_deliveries AFTER INSERT ON timeline REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION lay_down_webhook_deliveries();
`;

const CROSSING = `
CREATE FUNCTION organisations_with_webhooks_due(as_of timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT DISTINCT d.organisation_id FROM webhook_deliveries d
     WHERE d.state IN ('planned','claimed') AND (d.state = 'planned' AND d.due_at <= as_of OR d.state = 'claimed' AND d.lease_until < now()) $$;
REVOKE EXECUTE ON FUNCTION organisations_with_webhooks_due(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisations_with_webhooks_due(timestamptz) TO lectern_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(WEBHOOKS);
  await knex.raw(DELIVERIES);
  for (const table of ['webhooks', 'webhook_deliveries']) await secureTable(knex, table);
  await knex.raw('GRANT USAGE ON SEQUENCE webhook_deliveries_seq_seq TO lectern_app');
  await knex.raw(LAID_DOWN);
  await knex.raw(CROSSING);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
