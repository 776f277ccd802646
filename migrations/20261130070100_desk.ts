import type { Knex } from 'knex';
import { secureTable } from './secure-table';

/** Addresses whose owner has told the provider that nothing is to be sent there on a channel. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE opt_outs (
  organisation_id uuid NOT NULL REFERENCES organisations, channel text NOT NULL CHECK (channel IN ('email','sms')), address text NOT NULL,
  reason text NOT NULL, opted_out_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, channel, address)
);`);
  await secureTable(knex, 'opt_outs');
}

export function down(): Promise<void> {
  return Promise.reject(new Error('Who has opted out is not forgotten; restore a backup instead.'));
}
