import { closuresDuring } from '../../db/closures';
import { siblingsOf, type Sibling } from '../../db/groups';
import { conflictsOf, lockSession, participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';

export interface Siblings {
  /** How many could take all of these students. */
  count: number;
  /** The nearest of them, locked. */
  nearest: Sibling | null;
}

/** Whether all of these students are free at a group's time, once they need not be at their own. */
async function areFree(tx: Tx, students: readonly ParticipantRow[], own: SessionRow, other: SessionRow): Promise<boolean> {
  const until = new Date(+other.endsAt + other.bufferMinutes * 60_000);
  const keys = students.map((p) => p.personKey);
  if ((await conflictsOf(tx, keys, other.startsAt, until, [own.id])).length > 0) return false;
  const personIds = students.map((p) => p.personId);
  return (await closuresDuring(tx, { personIds, branch: other.branch }, other.startsAt, other.endsAt)).length === 0;
}

const isOnIt = async (tx: Tx, students: readonly ParticipantRow[], id: string): Promise<boolean> =>
  (await participantsOf(tx, id)).some((p) => students.some((s) => s.personId === p.personId));

/** A group as it is behind its lock, if it still has places for so many. */
async function locked(tx: Tx, session: SessionRow, sibling: Sibling, places: number, asOf: Date): Promise<Sibling | null> {
  await lockSession(tx, sibling.id);
  return (await siblingsOf(tx, session, places, asOf)).find((s) => s.id === sibling.id) ?? null;
}

/** The other groups that these students could go to. Of two that would go to each other one waits for the other, or is tried again. */
export async function readSiblings(tx: Tx, session: SessionRow, students: readonly ParticipantRow[], asOf: Date): Promise<Siblings> {
  const able: Sibling[] = [];
  for (const sibling of await siblingsOf(tx, session, students.length, asOf)) {
    if (!(await isOnIt(tx, students, sibling.id)) && (await areFree(tx, students, session, sibling))) able.push(sibling);
  }
  for (const [n, sibling] of able.entries()) {
    const nearest = await locked(tx, session, sibling, students.length, asOf);
    if (nearest) return { count: able.length - n, nearest };
  }
  return { count: 0, nearest: null };
}
