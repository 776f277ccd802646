import { refreshNextDue } from '../../db/dispatch';
import { studentsToldAbout } from '../../db/people';
import { hushAnnouncements, withOpenSessions, type KnownGuardianship } from '../../db/import/people';
import type { Tx } from '../../db/database';
import type { Context } from '../context';
import { QUIETLY } from '../quiet';
import { replanGuardian } from '../replan-guardian';
import type { Person } from './types';

/** A guardian of somebody who has lessons already, and of whom they were told before. */
interface Replan {
  guardianId: string;
  toldBefore: string[];
  /** The students whom the import is about. */
  aboutIds: string[];
}

/** Who has to be replanned once pairs are written: guardians of students who have lessons here. */
async function before(tx: Tx, pairs: readonly KnownGuardianship[], everyone: readonly Person[]): Promise<Replan[]> {
  const known = new Set(everyone.map((p) => p.id));
  const concerned = pairs.filter((g) => known.has(g.studentId));
  if (concerned.length === 0) return [];
  const busy = await withOpenSessions(tx, [...new Set(concerned.map((g) => g.studentId))]);
  const busyPairs = concerned.filter((g) => busy.has(g.studentId));
  const replans: Replan[] = [];
  for (const guardianId of new Set(busyPairs.map((g) => g.guardianId))) {
    const aboutIds = busyPairs.filter((g) => g.guardianId === guardianId).map((g) => g.studentId);
    replans.push({ guardianId, aboutIds, toldBefore: await studentsToldAbout(tx, guardianId) });
  }
  return replans;
}

async function after(ctx: Context, tx: Tx, replans: readonly Replan[], quiet: boolean): Promise<void> {
  for (const { guardianId, aboutIds, toldBefore } of replans) {
    await replanGuardian(tx, guardianId, { toldBefore, asOf: ctx.asOf });
    if (quiet)
      for (const sessionId of await hushAnnouncements(tx, { personId: guardianId, aboutIds }, QUIETLY, ctx.asOf)) await refreshNextDue(tx, sessionId);
  }
}

/** What guardians are owed follows whose guardians they are, here as when a person is changed. */
export const replanGuardians = { before, after };
