import { previewClocks, type ClockPreview } from '../../commands/clock-preview';
import type { Database } from '../../db/database';
import { RULES_IN_FORCE, tzdataVersion } from '../../domain/time';
import type { Config } from '../config';
import { print, printJson } from './output';
import { withGround } from './with-lectern';

const previewOf = (db: Database, organisationId: string, asOf: Date): Promise<ClockPreview> =>
  db.inOrganisation(organisationId, (tx) => previewClocks(tx, RULES_IN_FORCE, asOf));

/** Opaque ids and instants only: what is printed may be sent on. */
const linesOf = ({ moves, told, notices }: ClockPreview) => ({
  moved: moves.map(({ session: s, startsAt, verdict, why, conflicts }) => ({
    sessionId: s.id,
    zone: s.anchorZone,
    agreed: s.agreedWallTime,
    from: s.startsAt.toISOString(),
    to: startsAt.toISOString(),
    verdict,
    why,
    conflicts,
  })),
  told: told.map(({ session: s, ...t }) => ({ sessionId: s.id, ...t })),
  notices,
});

/**
 * `lectern zones`: what following the time zone rules of this machine would do, as one batch: which lessons move by themselves and which
 * wait for a coordinator, who is told of it, and who was told a time that their clock will not show. Exit 1 with any; writes nothing.
 */
export const runZones = (config: Config, { json }: { json?: boolean }): Promise<number> =>
  withGround(config, async ({ db, first, now }) => {
    const lines = linesOf(await previewOf(db, first.organisationId, now()));
    const { moved, told, notices } = lines;
    const tzdata = tzdataVersion();
    if (json) printJson({ tzdata, ...lines });
    else {
      const held = moved.filter((m) => m.verdict === 'hold').length;
      print(`time zone rules ${tzdata}: ${moved.length - held} lessons move by themselves and ${held} wait for a coordinator;`);
      print(`  ${notices.length} people get a notice of a move, and ${told.length} were told a time that their clock will not show`);
      for (const m of moved) {
        print(
          `  ${m.sessionId} agreed for ${m.agreed} (${m.zone}): ${m.from} becomes ${m.to}, ${m.verdict === 'move' ? 'by itself' : 'held'}: ${m.why}`,
        );
      }
      for (const t of told) print(`  ${t.sessionId} ${t.personId} was told ${t.shown}, their clock (${t.zone}) shows ${t.now}`);
    }
    return moved.length + told.length > 0 ? 1 : 0;
  });
