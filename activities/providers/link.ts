import type { RoomProvider } from '../ports';

/** The built-in provider: a link that needs no account. It cannot be asked who is there, and says so. */
export const linkRooms: RoomProvider = {
  name: 'link',
  capabilities: { presence: 'none', recording: 'none', recorder: 'none', secondRecorder: false, revocation: false, wayInMs: 0 },
  open: ({ roomId, publicUrl }) => Promise.resolve({ providerRoomId: roomId, url: `${publicUrl}/room/${roomId}` }),
  close: () => Promise.resolve(),
};

/**
 * Stands in for a room in tests and demo. It declares presence and recording, and speaks only through signed webhooks and the join
 * button: told to record, it says nothing, and whether it does is for its webhooks to say.
 */
export const testRooms: RoomProvider = {
  ...linkRooms,
  name: 'test',
  capabilities: { presence: 'told', recording: 'told', recorder: 'by-itself', secondRecorder: true, revocation: false, wayInMs: 0 },
  startRecording: () => Promise.resolve(),
  stopRecording: () => Promise.resolve(),
};
