import { clockFindings, type ClockFindings } from '../../commands/clock-change';
import type { Database } from '../../db/database';
import { RULES_IN_FORCE, tzdataVersion } from '../../domain/time';
import type { Config } from '../config';
import { print, printJson } from './output';
import { withGround } from './with-lectern';

const findingsOf = (db: Database, organisationId: string, asOf: Date): Promise<ClockFindings> =>
  db.inOrganisation(organisationId, (tx) => clockFindings(tx, RULES_IN_FORCE, asOf));

/** `lectern zones`: which lessons the time zone rules of this machine move, and who was told a time that their clock will not show. Exit 1 with any. */
export const runZones = (config: Config, { json }: { json?: boolean }): Promise<number> =>
  withGround(config, async ({ db, first, now }) => {
    const { moved, told } = await findingsOf(db, first.organisationId, now());
    const lines = {
      moved: moved.map(({ session: s, startsAt }) => ({
        sessionId: s.id,
        zone: s.anchorZone,
        agreed: s.agreedWallTime,
        from: s.startsAt.toISOString(),
        to: startsAt.toISOString(),
      })),
      told: told.map(({ session: s, ...t }) => ({ sessionId: s.id, ...t })),
    };
    const tzdata = tzdataVersion();
    if (json) printJson({ tzdata, ...lines });
    else {
      print(`time zone rules ${tzdata}: ${moved.length} lessons move, ${told.length} people were told a time that their clock will not show`);
      for (const m of lines.moved) print(`  ${m.sessionId} agreed for ${m.agreed} (${m.zone}): ${m.from} becomes ${m.to}`);
      for (const t of lines.told) print(`  ${t.sessionId} ${t.personId} was told ${t.shown}, their clock (${t.zone}) shows ${t.now}`);
    }
    return moved.length + told.length > 0 ? 1 : 0;
  });
