import { isId, newId } from './ids';

/** What a LiveKit room is called: it names organisation, session and room, so that an event of it can be told apart without a look-up. */
export interface RoomNames {
  organisationId: string;
  sessionId: string;
  roomId: string;
}

const PREFIX = 'lectern';

export const liveKitRoomName = ({ organisationId, sessionId, roomId }: RoomNames): string => [PREFIX, organisationId, sessionId, roomId].join('.');

/** The ids of a room's name; null for a room that is not of Lectern's making. */
export function namesOf(room: string | undefined): RoomNames | null {
  const [prefix, organisationId = '', sessionId = '', roomId = '', ...more] = (room ?? '').split('.');
  const isOurs = prefix === PREFIX && more.length === 0 && [organisationId, sessionId, roomId].every(isId);
  return isOurs ? { organisationId, sessionId, roomId } : null;
}

/** A person on one device: the same person on two is two identities of LiveKit's and one person of ours. */
export const newIdentity = (personId: string): string => `${personId}.${newId().slice(-8)}`;

/** Whose identity it is; null when it is nobody's of ours. */
export function identityOf(identity: string | undefined): string | null {
  const [personId = ''] = (identity ?? '').split('.');
  return isId(personId) ? personId.toLowerCase() : null;
}

/** Kinds of LiveKit's participants that are people: those of a browser or app (0), and those who dial in (3). A recorder is another. */
export const ATTENDING_KINDS: readonly number[] = [0, 3];
