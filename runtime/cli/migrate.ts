import { openDatabase } from '../../db/database';
import { ConfigError, type Config } from '../config';
import { migrate } from '../migrate';
import { ensureOrganisation, issueFirstKey } from '../organisation';
import { print } from './output';

/** For production: the schema, and an organisation with its rules and a first key. Needs DATABASE_URL and DATABASE_OWNER_URL. */
export async function runMigrate(config: Config): Promise<number> {
  if (!config.databaseUrl || !config.databaseOwnerUrl)
    throw new ConfigError('DATABASE_URL and DATABASE_OWNER_URL are not set; migrate works on a Postgres of yours', [
      'DATABASE_URL',
      'DATABASE_OWNER_URL',
    ]);
  const applied = await migrate(config.databaseOwnerUrl, config);
  print(applied.length === 0 ? 'The schema is the newest.' : `Applied: ${applied.join(', ')}`);
  const db = openDatabase({ url: config.databaseUrl });
  try {
    const { organisationId } = await ensureOrganisation(db, config.lecternSecret ?? '', new Date());
    const adminKey = await issueFirstKey(db, organisationId);
    if (adminKey) print(`Admin key (shown this once): ${adminKey}`);
    return 0;
  } finally {
    await db.close();
  }
}
