import { markCompensated, uncompensated } from '../db/changes';
import { markClosed, openRoomOf, revokeCredentials } from '../db/rooms';
import { findSession } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import { viewOf, type SessionView } from '../db/view';
import { isTerminal } from '../domain/status';
import { closeAtProvider } from './furnish';
import type { ActivityDeps, SessionInput } from './deps';

/**
 * Takes back what a change named: revokes credentials, closes the room at its provider. Read from rows, so that it does not
 * matter which run of the workflow made them. Safe to repeat: closing a closed room and revoking a revoked credential do nothing.
 */
export async function compensate(deps: ActivityDeps, input: SessionInput): Promise<SessionView> {
  const asOf = new Date(input.asOf);
  const read = await deps.db.inOrganisation(input.organisationId, async (tx) => ({
    session: (await findSession(tx, input.sessionId))!,
    changes: await uncompensated(tx, input.sessionId),
    room: await openRoomOf(tx, input.sessionId),
  }));
  const { session, changes, room } = read;
  const closing = room && (room.rev < session.rev || isTerminal(session.status)) ? room : undefined;
  if (closing) await closeAtProvider(deps, closing);
  return deps.db.inOrganisation(input.organisationId, async (tx) => {
    if (closing) {
      const revoked = await revokeCredentials(tx, session.id, asOf);
      await markClosed(tx, closing.id, asOf);
      await addToTimeline(tx, {
        sessionId: session.id,
        rev: session.rev,
        at: asOf,
        kind: 'room.closed',
        actor: 'lectern',
        data: { credentialsRevoked: revoked },
      });
    }
    await markCompensated(
      tx,
      changes.map((c) => c.id),
      asOf,
    );
    return viewOf(tx, session.id);
  });
}
