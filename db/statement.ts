export interface Result {
  rows: object[];
  rowCount: number | null;
  command: string;
}

/** A connection of the pool, as its driver speaks; with `pipeline` a statement does not wait for the answer to the one before. */
export interface Connection {
  connection: { stream: { cork(): void; uncork(): void } };
  query(query: string | { name?: string; text: string; values: unknown[] }, answer: (error: Error | null, result: Result | Result[]) => void): void;
  /** Set, the pool does not give this connection out again. */
  __knex__disposed?: unknown;
}

interface Statement {
  name?: string;
  text: string;
  parameters: number;
}

/** Texts are written in code, so there are few; what is put together of parts beyond that is planned anew each time. */
const MOST_NAMES = 1_000;
const statements = new Map<string, Statement>();

/** `?` binds, as knex has it; Postgres numbers its parameters. */
function statementOf(sql: string): Statement {
  const known = statements.get(sql);
  if (known) return known;
  let parameters = 0;
  const text = sql.replace(/\?/g, () => `$${++parameters}`);
  const statement: Statement = { text, parameters };
  if (statements.size < MOST_NAMES) {
    statement.name = `s${statements.size}`;
    statements.set(sql, statement);
  }
  return statement;
}

/** A cached plan that a migration has overtaken. It will not mend itself: the connection goes, the caller tries again. */
const isOvertaken = (error: Error): boolean => (error as { code?: string }).code === '0A000';

type Query = Parameters<Connection['query']>[0];

/**
 * Puts a query, with one promise for its answer. What is said before this turn of the loop is over leaves together: each packet
 * costs more than the statements in it.
 */
export function put(connection: Connection, query: Query): Promise<Result> {
  const { stream } = connection.connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
  return new Promise((resolve, reject) => {
    connection.query(query, (error, result) => {
      if (!error) return resolve(result as Result);
      if (isOvertaken(error)) connection.__knex__disposed = error;
      reject(error);
    });
  });
}

/** What the driver can write down without failing. */
const isBindable = (value: unknown): boolean =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value) || value instanceof Date || Array.isArray(value);

/** Runs a statement that Postgres keeps prepared: under row-level security planning costs more than running. */
export function prepared(connection: Connection, sql: string, bindings: readonly unknown[]): Promise<Result> {
  const { name, text, parameters } = statementOf(sql);
  if (bindings.length !== parameters || !bindings.every(isBindable)) {
    throw new Error(`A statement with ${parameters} parameters was given ${bindings.length}, or one that cannot be bound: ${sql.slice(0, 200)}`);
  }
  return put(connection, { ...(name && { name }), text, values: bindings as unknown[] });
}
