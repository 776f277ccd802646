import knex, { type Knex } from 'knex';
import { types } from 'pg';
import { Notifier, type Notice } from './notify';
import { prepared, put, type Connection, type Result } from './statement';

// bigint columns (money sums, timeline ids) are safe integers here; a string would silently concatenate.
types.setTypeParser(types.builtins.INT8, (value) => {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`bigint out of range: ${value}`);
  return number;
});

/** What questions are put to: a transaction, or what crosses organisations. */
export interface Queryable {
  raw(sql: string, bindings?: readonly unknown[]): Promise<Result>;
}

/** An open transaction of one organisation. */
export interface Tx extends Queryable {
  /** Says a statement whose answer nobody needs: it leaves with what follows, and its failure fails the transaction. */
  send(sql: string, bindings?: readonly unknown[]): void;
  /**
   * The last reading of a transaction, or a write whose rows are its result: COMMIT leaves with it. Its first statement is said when
   * it is called, and is its only one; nothing may be said after it, and nothing be thrown on because of it.
   */
  last<T>(read: () => Promise<T>): Promise<T>;
  /** Tells who listens on a channel, once this has been committed; the organisation goes with it. */
  notify(channel: Notice['channel'], payload?: string): void;
}

/**
 * The application's way into Postgres. Every transaction is opened for one organisation, whose rows are all it can see;
 * `crossing` is for the few SECURITY DEFINER functions that resolve a token, key or source, or list organisations with work.
 */
export interface Database {
  inOrganisation<T>(organisationId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  crossing: Queryable;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  poolMax?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
}

const nothing = (): void => undefined;
/** What fails is thrown; knex would print it as well, on standard output, into the one document of a `--json`. */
const SILENT = { warn: nothing, error: nothing, deprecate: nothing, debug: nothing };

export function openDatabase({ url, poolMax = 10, applicationName = 'lectern' }: DatabaseOptions): Database {
  const pool = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      pipeline: true,
      application_name: applicationName,
      options: '-c statement_timeout=15s -c lock_timeout=10s -c idle_in_transaction_session_timeout=30s',
    } as Knex.PgConnectionConfig,
    // An error would otherwise carry the statement with its values: names and texts in logs and histories.
    compileSqlOnError: false,
    pool: { min: 0, max: poolMax },
    log: SILENT,
    acquireConnectionTimeout: 15_000,
  });
  const crossing: Queryable = { raw: (sql, bindings = []) => withConnection(pool, (connection) => prepared(connection, sql, bindings)) };
  // A notice commits like any transaction, but nothing is lost with it: it waits for no disk.
  const notifier = new Notifier((notices) =>
    crossing.raw(
      `SELECT set_config('synchronous_commit', 'off', true), pg_notify(channel, payload) FROM jsonb_to_recordset(?) AS n(channel text, payload text)`,
      [JSON.stringify(notices)],
    ),
  );
  return {
    crossing,
    close: async () => {
      await notifier.end();
      await pool.destroy();
    },
    async inOrganisation(organisationId, work) {
      for (let tries = 1; ; tries++) {
        const notices: Notice[] = [];
        try {
          const result = await withConnection(pool, (connection) => transact(connection, { organisationId, notices }, work));
          notifier.say(notices);
          return result;
        } catch (error) {
          if (pgCode(error) !== IS_DEADLOCK || tries === MOST_TRIES) throw error;
        }
      }
    },
  };
}

/** Of two that wait for each other the database ends one. Nothing of it is left, so it is done once more. */
const IS_DEADLOCK = '40P01';
const MOST_TRIES = 3;
/** What everything is answered after a failure in the same transaction. */
const IS_ABORTED = '25P02';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A connection of knex's pool. One that broke, or whose plans are of an older schema, is thrown away. */
async function withConnection<T>(pool: Knex, work: (connection: Connection) => Promise<T>): Promise<T> {
  const client = pool.client as { acquireConnection(): Promise<Connection>; releaseConnection(c: Connection): Promise<void> };
  const connection = await client.acquireConnection();
  try {
    return await work(connection);
  } finally {
    await client.releaseConnection(connection);
  }
}

/** BEGIN, the organisation and the first statement leave together: a step is short, and each round trip counts. */
async function transact<T>(
  connection: Connection,
  { organisationId, notices }: { organisationId: string; notices: Notice[] },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  if (!UUID.test(organisationId)) throw new Error('An organisation is named by its uuid.');
  let isOpen = true;
  /** The first statement that failed though nobody waited for it; what failed after it failed because of it. */
  let cause: unknown;
  const failed = (error: unknown): void => void (cause ??= pgCode(error) === IS_ABORTED ? undefined : error);
  const say = (sql: string, bindings: readonly unknown[] = []): Promise<Result> => {
    if (!isOpen) throw new Error('This transaction has ended; what was to be part of it came too late.');
    return prepared(connection, sql, bindings);
  };
  let committed: Promise<Result> | undefined;
  const commit = (): Promise<Result> => {
    isOpen = false;
    return put(connection, 'COMMIT');
  };
  const tx: Tx = {
    raw: say,
    last(read) {
      const result = read();
      committed = commit();
      committed.catch(failed);
      return result;
    },
    send: (sql, bindings) => void say(sql, bindings).catch(failed),
    notify: (channel, payload = '') => void notices.push({ channel, payload: `${organisationId}/${payload}` }),
  };
  try {
    put(connection, `BEGIN; SELECT set_config('lectern.organisation_id', '${organisationId}', true)`).catch(failed);
    const result = await work(tx);
    // A transaction with a failure inside that nobody threw on commits as a rollback.
    const { command } = await (committed ?? commit());
    if (command === 'ROLLBACK') throw new Error('The transaction had failed and was rolled back.');
    if (cause !== undefined) throw cause;
    return result;
  } catch (error) {
    isOpen = false;
    await put(connection, 'ROLLBACK').catch((broken: unknown) => (connection.__knex__disposed = broken));
    throw cause ?? error;
  }
}

const camelNames = new Map<string, string>();
function camel(name: string): string {
  let known = camelNames.get(name);
  if (known === undefined) camelNames.set(name, (known = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())));
  return known;
}

/** A row with camelCase names; dates stay Date, jsonb stays JSON. */
export function camelRow<T>(row: object): T {
  const named: Record<string, unknown> = {};
  for (const key in row) named[camel(key)] = (row as Record<string, unknown>)[key];
  return named as T;
}

const snakeNames = new Map<string, string>();
function snake(name: string): string {
  let known = snakeNames.get(name);
  if (known === undefined) snakeNames.set(name, (known = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)));
  return known;
}

function snakeRow(row: object): object {
  const named: Record<string, unknown> = {};
  for (const key in row) named[snake(key)] = (row as Record<string, unknown>)[key];
  return named;
}

/** Rows to write as jsonb_to_recordset reads them: the columns' own names; fields that are not asked for do no harm. */
export const recordset = (list: readonly object[]): string => JSON.stringify(list.map(snakeRow));

/** Runs a query and gives its rows in camelCase. `?` binds; identifiers are never built from input. */
export const rows = <T>(tx: Queryable, sql: string, bindings: readonly unknown[] = []): Promise<T[]> =>
  tx.raw(sql, bindings).then((result) => result.rows.map((row) => camelRow<T>(row)));

export const row = <T>(tx: Queryable, sql: string, bindings: readonly unknown[] = []): Promise<T | undefined> =>
  tx.raw(sql, bindings).then(({ rows: [first] }) => first && camelRow<T>(first));

/** How many rows a statement changed. */
export const change = (tx: Queryable, sql: string, bindings: readonly unknown[] = []): Promise<number> =>
  tx.raw(sql, bindings).then((result) => result.rowCount ?? 0);

const SAID = Promise.resolve();

/** A write whose answer nobody needs: settles at once, see Tx.send. One that has to know how many rows it changed uses `change`. */
export function write(tx: Tx, sql: string, bindings: readonly unknown[] = []): Promise<void> {
  tx.send(sql, bindings);
  return SAID;
}

/** The Postgres error code of a failure ("23P01"), when it has one. */
export const pgCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Postgres codes of a database that is away, full, in a hurry or just migrated (0A000). */
const PASSING = /^(08...|0A000|40001|40P01|53...|55P03|57014|57P0.)$/;
const CONNECTION = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);

/** Whether a failure goes by itself, so that the same may simply be tried again. */
export function isPassing(error: unknown): boolean {
  const code = pgCode(error);
  const isAway = error instanceof Error && (error.name === 'KnexTimeoutError' || /Connection terminated/.test(error.message));
  return isAway || (code !== undefined && (PASSING.test(code) || CONNECTION.has(code)));
}
