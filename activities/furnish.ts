import { insertCredentials, liveCredentials, markOpen, type RoomRow } from '../db/rooms';
import { holdSession, participantsOf, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { deriveToken, newId, sha256 } from '../domain/ids';
import type { ActivityDeps, SessionInput } from './deps';

/** For a room's opening or closing at its provider. Longer is a failure, which is tried again or led elsewhere. */
const OPEN_MS = 10_000;
/** A room is kept by its provider until the lesson is over, and this much longer in real time. */
const KEPT_MS = 2 * 3_600_000;

export interface Opened {
  providerRoomId: string;
  url: string;
}

/** Opens the room at its provider; throws when it does not, or when nobody provides rooms of that name here. */
export async function openAtProvider(
  deps: ActivityDeps,
  input: SessionInput,
  { room, session }: { room: RoomRow; session: SessionRow },
): Promise<Opened> {
  const provider = deps.rooms[room.provider];
  if (!provider) throw new Error(`No room provider is called "${room.provider}".`);
  const { id: roomId } = room;
  const keptForMs = Math.max(0, +session.endsAt - input.asOf) / deps.clock.rate + KEPT_MS;
  const { organisationId, sessionId } = input;
  return provider.open({ organisationId, roomId, sessionId, publicUrl: deps.publicUrl, keptForMs }, AbortSignal.timeout(OPEN_MS));
}

export const closeAtProvider = async (deps: ActivityDeps, room: Pick<RoomRow, 'provider' | 'providerRoomId'>): Promise<void> => {
  if (!room.providerRoomId) return;
  await deps.rooms[room.provider]?.close(room.providerRoomId, AbortSignal.timeout(OPEN_MS)).catch((error: unknown) =>
    // Nobody has a way in any more; at its provider the room ends by itself, empty.
    deps.logger.warn({ err: error, provider: room.provider }, 'a room could not be closed at its provider'),
  );
};

/** Writes that the room is open, and makes a way in for each participant who has none. Gives the session's events for its timeline. */
export async function furnish(
  deps: ActivityDeps,
  tx: Tx,
  { session, room, opened, asOf }: { session: SessionRow; room: RoomRow; opened: Opened | null; asOf: Date },
): Promise<void> {
  const told = (kind: string, data: Record<string, string | number>): Promise<void> =>
    addToTimeline(tx, { sessionId: session.id, rev: session.rev, at: asOf, kind, actor: 'lectern', data });
  if (opened) {
    const revocable = deps.rooms[room.provider]?.capabilities.revocation ?? false;
    await markOpen(tx, room.id, { ...opened, revocable, at: asOf });
    await told('room.opened', { provider: room.provider });
  }
  // Under the lock: who takes part may change beside this, and nobody gets a way in who is on the session no more.
  const [, credentials, participants] = await Promise.all([
    holdSession(tx, session.id),
    liveCredentials(tx, session.id),
    participantsOf(tx, session.id),
  ]);
  const without = participants.filter((p) => !credentials.some((c) => c.personId === p.personId));
  await insertCredentials(
    tx,
    without.map((p) => {
      const id = newId();
      const tokenHash = sha256(deriveToken(deps.secret, 'join', id));
      return { id, sessionId: session.id, personId: p.personId, roomId: room.id, tokenHash, issuedAt: asOf };
    }),
  );
  if (without.length > 0) await told('credentials.issued', { count: without.length });
}
