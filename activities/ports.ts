import type { Channel } from '../domain/vocabulary';

/** One message, ready to leave. `key` is the effect key: the same message has the same key for ever. */
export interface OutgoingMessage {
  key: string;
  to: string;
  subject: string | null;
  text: string;
  html: string | null;
}

/** Where a send ended: taken by the provider; refused for good; not sent, try later; or nobody knows (look it up). */
export type SendResult =
  | { end: 'accepted'; ref: string | null }
  | { end: 'refused'; error: string }
  | { end: 'not-sent'; error: string }
  | { end: 'in-doubt'; error: string };

/** A way to reach people. `lookUp` is a capability: a port without it cannot say whether a message in doubt arrived. */
export interface MessagePort {
  channel: Channel;
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult>;
  lookUp?(key: string, to: string): Promise<{ found: boolean; ref: string | null }>;
}

export interface RoomToOpen {
  /** Ours; given to the provider, so that its events name it and a repeated open finds the same room. */
  roomId: string;
  sessionId: string;
  publicUrl: string;
}

/** A provider of rooms and what it can do. One that cannot be asked answers `unknown`; policy covers that. */
export interface RoomProvider {
  name: string;
  capabilities: { presence: boolean; recording: boolean };
  open(room: RoomToOpen): Promise<{ providerRoomId: string; url: string }>;
  close(providerRoomId: string): Promise<void>;
}
