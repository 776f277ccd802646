import knex, { type Knex } from 'knex';
import * as initial from '../migrations/20261125000000_initial';
import * as changes from '../migrations/20261126010000_changes';
import * as substitutes from '../migrations/20261126020000_substitutes';
import * as rooms from '../migrations/20261126030000_rooms';
import * as attendance from '../migrations/20261126040000_attendance';
import * as series from '../migrations/20261126050000_series';
import * as desk from '../migrations/20261126060000_desk';
import * as groups from '../migrations/20261126070000_groups';
import * as importing from '../migrations/20261126071000_import';
import * as changesAgain from '../migrations/20261130010000_changes';
import * as tending from '../migrations/20261130020100_rooms';
import * as seriesEdits from '../migrations/20261130050000_series_edits';
import * as batches from '../migrations/20261130060000_batches';
import * as importingMore from '../migrations/20261130070000_import';
import * as deskMore from '../migrations/20261130070100_desk';
import * as viability from '../migrations/20261130080000_groups';
import * as overtaken from '../migrations/20261201020000_series';
import * as proofs from '../migrations/20261201050000_proofs';
import * as ruleVersions from '../migrations/20261201070000_rule_versions';
import * as inbound from '../migrations/20261201080000_inbound';
import * as factTables from '../migrations/20261201110000_fact_tables';
import * as shadow from '../migrations/20261201120000_shadow';
import * as backtests from '../migrations/20261201120100_backtests';
import * as recorded from '../migrations/20261201120200_recorded';
import * as adoption from '../migrations/20261201130000_adoption';
import * as webhooks from '../migrations/20261201140000_webhooks';
import * as webhooksDue from '../migrations/20261201140100_webhooks';
import * as automations from '../migrations/20261201150000_automations';
import type { Config } from './config';

/** Every migration, oldest first. A new one is a file in migrations/ and a line here; those that landed are never edited. */
export const MIGRATIONS: Record<string, Knex.Migration> = {
  '20261125000000_initial': initial,
  '20261126010000_changes': changes,
  '20261126020000_substitutes': substitutes,
  '20261126030000_rooms': rooms,
  '20261126040000_attendance': attendance,
  '20261126050000_series': series,
  '20261126060000_desk': desk,
  '20261126070000_groups': groups,
  '20261126071000_import': importing,
  '20261130010000_changes': changesAgain,
  '20261130020100_rooms': tending,
  '20261130050000_series_edits': seriesEdits,
  '20261130060000_batches': batches,
  '20261130070000_import': importingMore,
  '20261130070100_desk': deskMore,
  '20261130080000_groups': viability,
  '20261201020000_series': overtaken,
  '20261201050000_proofs': proofs,
  '20261201070000_rule_versions': ruleVersions,
  '20261201080000_inbound': inbound,
  '20261201110000_fact_tables': factTables,
  '20261201120000_shadow': shadow,
  '20261201120100_backtests': backtests,
  '20261201120200_recorded': recorded,
  '20261201130000_adoption': adoption,
  '20261201140000_webhooks': webhooks,
  '20261201140100_webhooks': webhooksDue,
  '20261201150000_automations': automations,
};

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: () => Promise.resolve(Object.keys(MIGRATIONS)),
  getMigrationName: (name) => name,
  getMigration: (name) => Promise.resolve(MIGRATIONS[name]!),
};

/** Brings a database to the newest schema as its owner; safe when two do it at once, and when it is there already. Gives what it applied. */
export async function migrate(ownerUrl: string, clock: Pick<Config, 'clockOrigin' | 'clockRate'>): Promise<string[]> {
  const owner = knex({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 4 } });
  try {
    // Knex refuses a second migration at the same time; behind an advisory lock it waits its turn instead.
    return await owner.transaction(async (lock) => {
      await lock.raw('SELECT pg_advisory_xact_lock(74201)');
      const [, applied] = (await owner.migrate.latest({ migrationSource })) as [number, string[]];
      await owner.raw(
        `INSERT INTO installation (clock_origin_real, clock_origin_business, clock_rate)
         SELECT now(), coalesce(?::timestamptz, now()), ?::float8 ON CONFLICT DO NOTHING`,
        [clock.clockOrigin ?? null, clock.clockRate],
      );
      return applied;
    });
  } finally {
    await owner.destroy();
  }
}
