import { rows, type Queryable } from './database';

export const appliedMigrations = async (db: Queryable): Promise<string[]> =>
  (await rows<{ name: string }>(db, 'SELECT name FROM knex_migrations ORDER BY id')).map((m) => m.name);
