import { describeSession, type SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { Tx } from '../../db/database';
import type { Context } from '../context';
import { followWaitlist } from '../waitlist/follow';
import type { Words } from './wanted-lesson';

/** What a lesson is called, and how many places it has: nobody is told, and whoever is told something else reads the new name. */
export async function describeLesson(ctx: Context, tx: Tx, session: SessionRow, words: Words): Promise<void> {
  const isOfOtherPlaces = words.capacity !== session.capacity;
  await describeSession(tx, { ...session, ...words });
  Object.assign(session, words, { version: session.version + 1 });
  await addToTimeline(tx, { sessionId: session.id, rev: session.rev, at: ctx.asOf, kind: 'session.described', actor: ctx.principal.id });
  if (isOfOtherPlaces) await followWaitlist(tx, session, ctx.asOf);
}
