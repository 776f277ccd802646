import { releaseOver } from '../commands/pause';
import { publishDue } from '../commands/rule-drafts';
import { forgetSent } from '../commands/webhooks/keep';
import type { Database } from '../db/database';
import { forgetOldKeys } from '../db/idempotency';
import { organisationIds } from '../db/organisations';
import { organisationsWithPausesOver } from '../db/pauses';
import { organisationsWithRulesDue } from '../db/rule-drafts';
import { businessNow, type BusinessClock } from '../domain/clock';
import { startLoop, type Loop } from './loops';
import type { Logger } from 'pino';

export const HOUSEKEEPING_MS = 3_600_000;
const BRAKE_MS = 2_000;
/** Short transactions: nobody who comes with a key waits for the broom. */
const BATCH = 1_000;

/** Sweeps out what has had its time and says nothing any more, organisation by organisation. */
export async function keepHouse({ db, clock }: { db: Database; clock: BusinessClock }): Promise<void> {
  for (const organisationId of await organisationIds(db.crossing)) {
    while ((await db.inOrganisation(organisationId, (tx) => forgetOldKeys(tx, BATCH))) === BATCH);
    const asOf = new Date(businessNow(clock, Date.now()));
    while ((await db.inOrganisation(organisationId, (tx) => forgetSent(tx, asOf, BATCH))) >= BATCH);
  }
}

/** Pauses that were made until an instant are released soon after it. */
export function startBrake(deps: { db: Database; clock: BusinessClock; secret: string }, logger: Logger): Loop {
  const { db, clock, secret } = deps;
  return startLoop('brake', BRAKE_MS, logger, async () => {
    const asOf = new Date(businessNow(clock, Date.now()));
    for (const organisationId of await organisationsWithPausesOver(db.crossing, asOf)) {
      await releaseOver({ db, organisationId, asOf, requestId: null, secret });
    }
  });
}

const RULES_MS = 2_000;

/** Rule sets that are to be in force from an instant on are so soon after it. */
export function startRuleClock(deps: { db: Database; clock: BusinessClock; secret: string }, logger: Logger): Loop {
  const { db, clock, secret } = deps;
  return startLoop('rules', RULES_MS, logger, async () => {
    const asOf = new Date(businessNow(clock, Date.now()));
    for (const organisationId of await organisationsWithRulesDue(db.crossing, asOf)) {
      const end = await publishDue({ db, organisationId, asOf, requestId: null, secret });
      if (end === 'failed') logger.error({ organisationId }, 'a rule set that was to come into force could not: npx lectern rules drafts tells why');
    }
  });
}
