import { rows, type Database, type Queryable, type Tx } from './database';

/** Every organisation; through a SECURITY DEFINER function, for relay, reconciler and watchdog only. */
export const organisationIds = async (crossing: Queryable): Promise<string[]> =>
  (await rows<{ id: string }>(crossing, 'SELECT o AS id FROM list_organisations() AS o')).map((o) => o.id);

export async function insertOrganisation(tx: Tx, o: { id: string; name: string; slug: string; homeZone: string }): Promise<void> {
  await tx.raw('INSERT INTO organisations (id, name, slug, home_zone) VALUES (?, ?, ?, ?)', [o.id, o.name, o.slug, o.homeZone]);
}

/** The lock is of the whole installation: its transaction is opened for an organisation that there is not. */
const NONE = '00000000-0000-0000-0000-000000000000';

/** Works while nobody else does what stands under this lock, so that two first starts at once make one organisation and one key. */
export const whileAlone = <T>(db: Database, work: () => Promise<T>): Promise<T> =>
  db.inOrganisation(NONE, async (lock) => {
    await lock.raw('SELECT pg_advisory_xact_lock(74202)');
    return work();
  });
