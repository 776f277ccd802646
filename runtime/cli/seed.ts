import type { Config } from '../config';
import { seedPeople } from '../seed';
import { print, printJson, progress } from './output';
import { withGround } from './with-lectern';

/** `lectern seed`: an invented organisation to try things on. */
export const runSeed = (config: Config, { json }: { json?: boolean }): Promise<number> =>
  withGround(config, async ({ db, engines, first, now }) => {
    const seeded = await seedPeople(db, first.organisationId, engines.secret, now(), progress);
    const counts = Object.entries(seeded).map(([kind, ids]) => [kind, ids.length] as const);
    if (json) printJson(Object.fromEntries(counts));
    else print(counts.map(([kind, n]) => `${n} ${kind}`).join(', '));
    return 0;
  });
