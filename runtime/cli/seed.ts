import type { Config } from '../config';
import { systemContext } from '../organisation';
import { seed } from '../seed';
import { print, printJson, progress } from './output';
import { withGround } from './with-lectern';

/** `lectern seed`: an invented organisation to try things on. Safe to repeat. */
export const runSeed = (config: Config, { json }: { json?: boolean }): Promise<number> =>
  withGround(config, async ({ db, engines, first, now }) => {
    const seeded = await seed(systemContext(db, first.organisationId, { secret: engines.secret, asOf: now() }), progress);
    if (json) printJson(seeded);
    else {
      const { coordinators, instructors, students, guardians, series, existed } = seeded;
      const already = existed > 0 ? ` (${existed} of these were there already)` : '';
      print(
        `${students} students, ${guardians} guardians, ${instructors} instructors, ${coordinators} coordinators, a group class, ${series} series${already}`,
      );
    }
    return 0;
  });
