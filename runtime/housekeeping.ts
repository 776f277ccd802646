import type { Database } from '../db/database';
import { forgetOldKeys } from '../db/idempotency';
import { organisationIds } from '../db/organisations';

export const HOUSEKEEPING_MS = 3_600_000;
/** Short transactions: nobody who comes with a key waits for the broom. */
const BATCH = 1_000;

/** Sweeps out what has had its time and says nothing any more, organisation by organisation. */
export async function keepHouse(db: Database): Promise<void> {
  for (const organisationId of await organisationIds(db.crossing)) {
    while ((await db.inOrganisation(organisationId, (tx) => forgetOldKeys(tx, BATCH))) === BATCH);
  }
}
