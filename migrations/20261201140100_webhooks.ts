import type { Knex } from 'knex';

/**
 * What is due is found by when it is due, however much waits for later; what is ahead of it in its session by the session. The order of
 * an address's events is that of their sessions, so no index by address and sequence is needed for what is open.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
DROP INDEX webhook_deliveries_open;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (organisation_id, webhook_id, due_at, seq) WHERE state IN ('planned','claimed');
CREATE INDEX webhook_deliveries_ahead ON webhook_deliveries (organisation_id, webhook_id, session_id, seq) WHERE state IN ('planned','claimed');
CREATE INDEX webhook_deliveries_due_anywhere ON webhook_deliveries (due_at, organisation_id) WHERE state IN ('planned','claimed');

CREATE OR REPLACE FUNCTION organisations_with_webhooks_due(as_of timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT DISTINCT d.organisation_id FROM webhook_deliveries d
     WHERE d.state IN ('planned','claimed') AND d.due_at <= as_of AND (d.state = 'planned' OR d.lease_until < now()) $$;`);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('This migration is not undone; restore a backup instead.'));
}
