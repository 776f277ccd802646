import type { Logger } from 'pino';
import { followClocks, type ClockChecked } from '../commands/clock-change';
import type { Database } from '../db/database';
import { organisationIds } from '../db/organisations';
import { businessNow, type BusinessClock } from '../domain/clock';
import { RULES_IN_FORCE, tzdataVersion } from '../domain/time';
import { systemContext } from './organisation';

interface ClockDeps {
  db: Database;
  clock: BusinessClock;
  secret: string;
  logger: Logger;
}

/** Once for each version of the time zone rules that a worker starts with: lessons follow the clocks, organisation by organisation. */
export async function followAllClocks({ db, clock, secret, logger }: ClockDeps): Promise<void> {
  const tzdata = tzdataVersion();
  for (const organisationId of await organisationIds(db.crossing)) {
    const asOf = new Date(businessNow(clock, Date.now()));
    const checked: ClockChecked | null = await followClocks(systemContext(db, organisationId, { secret, asOf }), RULES_IN_FORCE, tzdata);
    if (!checked || checked.moved.length + checked.held.length + checked.retold.length === 0) continue;
    const { moved, held, retold } = checked;
    logger.warn(
      { organisationId, tzdata, moved, held, retold: retold.length },
      'the clocks of a zone follow another law: lessons were moved or held',
    );
  }
}
