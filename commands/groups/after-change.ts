import { participantsOf, type SessionRow } from '../../db/sessions';
import { endEntry, openEntriesOf } from '../../db/waitlist';
import type { Tx } from '../../db/database';
import type { ChangeInput } from '../types';
import { closeWaitlist } from '../waitlist/close';
import { followWaitlist, takeBackOffers } from '../waitlist/follow';
import { askAgain } from './ask-again';

/** Who has joined waits no longer; with the last place taken nobody's offer can be accepted. */
async function seeToJoined(tx: Tx, session: SessionRow, studentId: string, asOf: Date): Promise<void> {
  const open = await openEntriesOf(tx, session.id);
  const theirs = open.find((e) => e.personId === studentId);
  if (theirs) await endEntry(tx, theirs.id, 'joined', asOf);
  const students = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student').length;
  if (students >= session.capacity! && open.some((e) => e !== theirs && e.state === 'offered')) await takeBackOffers(tx, session, asOf);
}

/** What a change means to a group: to whether it takes place, and to those who wait for a place. In its transaction, on the session as it is now. */
export async function followGroup(tx: Tx, session: SessionRow, input: ChangeInput, asOf: Date): Promise<void> {
  if (session.capacity === null && session.minStudents === null) return;
  if (input.kind === 'cancel') return closeWaitlist(tx, session, asOf);
  if (input.kind === 'add' || input.kind === 'drop') await askAgain(tx, session, asOf);
  if (session.capacity === null) return;
  if (input.kind === 'add') await seeToJoined(tx, session, input.studentId!, asOf);
  if (input.kind === 'reschedule') await takeBackOffers(tx, session, asOf);
  if (['add', 'drop', 'reschedule', 'convert'].includes(input.kind)) await followWaitlist(tx, session, asOf);
}
