import { row, rows, type Queryable, type Tx } from './database';

export const organisationName = async (tx: Tx): Promise<string> => (await row<{ name: string }>(tx, 'SELECT name FROM organisations'))!.name;

/** Every organisation; through a SECURITY DEFINER function, for relay, reconciler and watchdog only. */
export const organisationIds = async (crossing: Queryable): Promise<string[]> =>
  (await rows<{ id: string }>(crossing, 'SELECT o AS id FROM list_organisations() AS o')).map((o) => o.id);

export async function insertOrganisation(tx: Tx, o: { id: string; name: string; slug: string; homeZone: string }): Promise<void> {
  await tx.raw('INSERT INTO organisations (id, name, slug, home_zone) VALUES (?, ?, ?, ?)', [o.id, o.name, o.slug, o.homeZone]);
}
