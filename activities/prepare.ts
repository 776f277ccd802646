import { Context as ActivityContext } from '@temporalio/activity';
import { report } from '../commands/incidents';
import { insertOpening, openRoomOf, type RoomRow } from '../db/rooms';
import { findSession, lockSession, markPhase, type SessionRow } from '../db/sessions';
import type { SessionView } from '../db/view';
import { newId } from '../domain/ids';
import { isTerminal } from '../domain/status';
import { dispatchDue, type Dispatch } from './dispatch';
import { furnish, openAtProvider, type Opened } from './furnish';
import { isPassed, type ActivityDeps, type SessionInput } from './deps';

/** So often a provider is asked for a room before it counts as one that failed; the pauses between are the activity's. */
const TRIES = 4;

/**
 * Opens the room, makes a credential for each participant, and sends what is due with them: one activity, because all of it is
 * due together. Safe to repeat because the room's row is written before the provider is asked, under an id the provider keeps,
 * and a participant has one live credential. A provider that goes on failing keeps no lesson waiting: its room has failed, and the
 * rules say where another one comes from.
 */
export async function prepareRoom(deps: ActivityDeps, input: SessionInput, dispatch: Dispatch = dispatchDue): Promise<SessionView> {
  const asOf = new Date(input.asOf);
  const opening = await deps.db.inOrganisation(input.organisationId, async (tx) => {
    const session = (await findSession(tx, input.sessionId))!;
    if (isTerminal(session.status) || isPassed(input, session)) return undefined;
    await insertOpening(tx, { id: newId(), sessionId: session.id, rev: session.rev, provider: session.roomProvider });
    return { room: (await openRoomOf(tx, session.id))!, session };
  });
  if (opening) {
    const { room, session } = opening;
    const opened = room.state === 'open' ? null : await orGiveUp(deps, input, opening);
    if (opened !== 'failed') {
      await deps.db.inOrganisation(input.organisationId, async (tx) => {
        await furnish(deps, tx, { session, room, opened, asOf });
        await markPhase(tx, session.id, 'room', session.rev, asOf);
      });
    }
  }
  return dispatch(deps, input);
}

async function orGiveUp(deps: ActivityDeps, input: SessionInput, opening: { room: RoomRow; session: SessionRow }): Promise<Opened | 'failed'> {
  try {
    return await openAtProvider(deps, input, opening);
  } catch (error) {
    if (ActivityContext.current().info.attempt < TRIES) throw error;
    deps.logger.warn({ err: error, organisationId: input.organisationId, sessionId: input.sessionId }, 'a room could not be opened at its provider');
    const asOf = new Date(input.asOf);
    await deps.db.inOrganisation(input.organisationId, async (tx) => {
      const session = await lockSession(tx, input.sessionId);
      if (isPassed(input, session)) return;
      await report(tx, session, { kind: 'room-failed', reportedBy: 'lectern', note: null, openedBy: null, since: asOf, asOf });
      await markPhase(tx, session.id, 'room', session.rev, asOf);
    });
    return 'failed';
  }
}
