import knex, { type Knex } from 'knex';
import { types } from 'pg';

// bigint columns (money sums, timeline ids) are safe integers here; a string would silently concatenate.
types.setTypeParser(types.builtins.INT8, (value) => {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`bigint out of range: ${value}`);
  return number;
});

export type Tx = Knex.Transaction;

/**
 * The application's way into Postgres. Every transaction is opened for one organisation, whose rows are all it can see;
 * `crossing` is for the few SECURITY DEFINER functions that resolve a token, key or source, or list organisations with work.
 */
export interface Database {
  inOrganisation<T>(organisationId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  crossing: Knex;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  poolMax?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
}

export function openDatabase({ url, poolMax = 10, applicationName = 'lectern' }: DatabaseOptions): Database {
  const pool = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: applicationName,
      options: '-c statement_timeout=15s -c lock_timeout=10s -c idle_in_transaction_session_timeout=30s',
    },
    // An error would otherwise carry the statement with its values: names and texts in logs and histories.
    compileSqlOnError: false,
    pool: { min: 0, max: poolMax },
    acquireConnectionTimeout: 15_000,
  });
  return {
    crossing: pool,
    close: () => pool.destroy(),
    inOrganisation: (organisationId, work) =>
      pool.transaction(async (tx) => {
        await tx.raw(`SELECT set_config('lectern.organisation_id', ?, true)`, [organisationId]);
        return work(tx);
      }),
  };
}

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A row with camelCase names; dates stay Date, jsonb stays JSON. */
export function camelRow<T>(row: object): T {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [camel(key), value])) as T;
}

/** Runs a query and gives its rows in camelCase. `?` binds; identifiers are never built from input. */
export async function rows<T>(tx: Knex, sql: string, bindings: readonly unknown[] = []): Promise<T[]> {
  const result = await tx.raw<{ rows: object[] }>(sql, bindings as Knex.RawBinding[]);
  return result.rows.map((row) => camelRow<T>(row));
}

export async function row<T>(tx: Knex, sql: string, bindings: readonly unknown[] = []): Promise<T | undefined> {
  return (await rows<T>(tx, sql, bindings))[0];
}

/** How many rows a statement changed. */
export async function change(tx: Knex, sql: string, bindings: readonly unknown[] = []): Promise<number> {
  const result = await tx.raw<{ rowCount: number | null }>(sql, bindings as Knex.RawBinding[]);
  return result.rowCount ?? 0;
}

/** The Postgres error code of a failure ("23P01"), when it has one. */
export const pgCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
