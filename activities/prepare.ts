import { insertCredentials, insertOpening, liveCredentials, markOpen, openRoomOf } from '../db/rooms';
import { findSession, markPhase, participantsOf } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { SessionView } from '../db/view';
import { deriveToken, newId, sha256 } from '../domain/ids';
import { isTerminal } from '../domain/status';
import { dispatchDue } from './dispatch';
import { isPassed, type ActivityDeps, type SessionInput } from './deps';

/**
 * Opens the room, makes a credential for each participant, and sends what is due with them: one activity, because all of it is
 * due together. Safe to repeat because the room's row is written before the provider is asked, under an id the provider keeps,
 * and a participant has one live credential.
 */
export async function prepareRoom(deps: ActivityDeps, input: SessionInput): Promise<SessionView> {
  const asOf = new Date(input.asOf);
  const opening = await deps.db.inOrganisation(input.organisationId, async (tx) => {
    const session = (await findSession(tx, input.sessionId))!;
    if (isTerminal(session.status) || isPassed(input, session)) return undefined;
    await insertOpening(tx, { id: newId(), sessionId: session.id, rev: session.rev, provider: session.roomProvider });
    return { room: (await openRoomOf(tx, session.id))!, session };
  });
  if (opening) {
    const { room, session } = opening;
    const provider = deps.rooms[room.provider];
    if (!provider) throw new Error(`No room provider is called "${room.provider}".`);
    const opened =
      room.state === 'open'
        ? null
        : await provider.open({ organisationId: input.organisationId, roomId: room.id, sessionId: session.id, publicUrl: deps.publicUrl });
    await deps.db.inOrganisation(input.organisationId, async (tx) => {
      if (opened) {
        await markOpen(tx, room.id, opened.providerRoomId, opened.url, asOf);
        await addToTimeline(tx, {
          sessionId: session.id,
          rev: session.rev,
          at: asOf,
          kind: 'room.opened',
          actor: 'lectern',
          data: { provider: room.provider },
        });
      }
      const [credentials, participants] = await Promise.all([liveCredentials(tx, session.id), participantsOf(tx, session.id)]);
      const without = participants.filter((p) => !credentials.some((c) => c.personId === p.personId));
      await insertCredentials(
        tx,
        without.map((p) => {
          const id = newId();
          const tokenHash = sha256(deriveToken(deps.secret, 'join', id));
          return { id, sessionId: session.id, personId: p.personId, roomId: room.id, tokenHash, issuedAt: asOf };
        }),
      );
      if (without.length > 0) {
        await addToTimeline(tx, {
          sessionId: session.id,
          rev: session.rev,
          at: asOf,
          kind: 'credentials.issued',
          actor: 'lectern',
          data: { count: without.length },
        });
      }
      await markPhase(tx, session.id, 'room', session.rev, asOf);
    });
  }
  return dispatchDue(deps, input);
}
