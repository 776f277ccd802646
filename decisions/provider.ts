/** Somebody whom a provider lists in a room. */
export interface InRoom {
  /** By the identity that Lectern gave them; null for somebody who came in under another. */
  personId: string | null;
  /** The provider's own name for whoever is none of ours: it stays the same from lesson to lesson. */
  identity?: string | null;
  /** The provider's own id of this connection: somebody on two devices is listed twice. */
  connection: string;
  name: string | null;
  /** Business time; null where the provider does not say. */
  joinedAt: Date | null;
}

/** What a room's provider says of itself: there, ended or unknown to it, silent though it can be asked, or not to be asked at all. */
export const ROOM_ANSWERS = ['there', 'gone', 'no-answer', 'cannot-be-asked'] as const;
export type RoomAnswer = (typeof ROOM_ANSWERS)[number];

/**
 * What the provider of a session's room answers at one moment. `by-events`: it speaks through webhooks alone, and what they have said
 * is its answer. Null: it cannot be asked, or did not answer in time, which policy covers as `unknown`.
 */
export interface ProviderAnswers {
  room: RoomAnswer;
  presence: readonly InRoom[] | 'by-events' | null;
  recording: 'recording' | 'not-recording' | 'by-events' | null;
  /** Whether it can be told to record. */
  canStart: boolean;
  /** Whether it records nothing that it is not told to. */
  hasToBeStarted: boolean;
  secondRecorder: boolean;
}

export const NOTHING_KNOWN: ProviderAnswers = {
  room: 'cannot-be-asked',
  presence: null,
  recording: null,
  canStart: false,
  hasToBeStarted: false,
  secondRecorder: false,
};
