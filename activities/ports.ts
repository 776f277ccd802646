import type { InRoom } from '../decisions/provider';
import type { Channel } from '../domain/vocabulary';

/** One message, ready to leave. `key` is the effect key: the same message has the same key for ever. */
export interface OutgoingMessage {
  /** Whose message it is: a provider's report names it. */
  organisationId: string;
  key: string;
  to: string;
  subject: string | null;
  text: string;
  html: string | null;
}

/** Where a send ended: taken by the provider; refused for good; not sent, try later; or nobody knows (look it up). */
export type SendResult =
  | { end: 'accepted'; ref: string | null }
  /** `isOptOut`: by the recipient's own word, so that nothing else will get there either. */
  | { end: 'refused'; error: string; isOptOut?: boolean }
  | { end: 'not-sent'; error: string }
  | { end: 'in-doubt'; error: string };

/** A way to reach people. `lookUp` is a capability: a port without it cannot say whether a message in doubt arrived. */
export interface MessagePort {
  channel: Channel;
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult>;
  lookUp?(key: string, to: string): Promise<{ found: boolean; ref: string | null }>;
  /** Whether the provider answers and knows us, for whoever asks how things are; sends nothing. Throws when not. */
  check?(): Promise<void>;
}

export interface RoomToOpen {
  organisationId: string;
  /** Ours; given to the provider, so that its events name it and a repeated open finds the same room. */
  roomId: string;
  sessionId: string;
  publicUrl: string;
  /** In real time: so long it has to be there although nobody is in it. */
  keptForMs: number;
}

/** `asked`: answers when it is asked. `told`: speaks by webhook alone, and what it has said is its answer. */
type Knows = 'asked' | 'told' | 'none';

/** What a provider of rooms can do. What it declares it has a function for, but for what it tells by itself. */
export interface RoomCapabilities {
  presence: Knows;
  recording: Knows;
  /** `by-itself`: records without being told to, and can be told to again. `when-told`: records nothing that Lectern does not start. */
  recorder: 'none' | 'by-itself' | 'when-told';
  /** A recorder that runs beside the first and does not fail with it. */
  secondRecorder: boolean;
  /** Can put somebody out whose way in was taken back; a provider that cannot relies on the link that leads nowhere any more. */
  revocation: boolean;
  /** In real time: so long a way in that was given leads in, whoever it was taken from since. Nothing where the room's address is it. */
  wayInMs: number;
}

export interface RoomPresence {
  room: 'there' | 'gone';
  inside: InRoom[];
}

/** Where and with what somebody comes in; `isPage`: the address leads in by itself, and holds the token. */
export interface WayIn {
  url: string;
  token: string;
  isPage: boolean;
}

/**
 * A provider of rooms. Whatever reaches out may fail or take too long, which is thrown; whoever asks makes `unknown` of it. `room` is
 * always the provider's own id of the room, as `open` gave it.
 */
export interface RoomProvider {
  name: string;
  capabilities: RoomCapabilities;
  /** Safe to repeat: the same room is found again. */
  open(room: RoomToOpen, signal?: AbortSignal): Promise<{ providerRoomId: string; url: string }>;
  /** Safe to repeat: closing a room that is not there does nothing. */
  close(room: string, signal?: AbortSignal): Promise<void>;
  /** Who is in it now. */
  presence?(room: string, signal: AbortSignal): Promise<RoomPresence>;
  recordingState?(room: string, signal: AbortSignal): Promise<'recording' | 'not-recording'>;
  startRecording?(room: string, which: 'first' | 'second', signal: AbortSignal): Promise<void>;
  /** Ends every recording of the room; one that does not run is none. */
  stopRecording?(room: string, signal: AbortSignal): Promise<void>;
  /** A participant's own way in, good for coming in now; null where the room's address is the way in for everybody. */
  credential?(room: string, participant: { personId: string; name: string }): Promise<WayIn>;
  /** Puts somebody out on all their devices, and makes what they hold worthless. Gives on how many they were in. Safe to repeat. */
  remove?(room: string, personId: string, signal: AbortSignal): Promise<number>;
  /** Whether the provider answers and knows us; changes nothing. Throws when not. */
  check?(signal: AbortSignal): Promise<void>;
}
