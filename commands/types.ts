import type { NoteAnswers } from '../domain/notes';
import type { Json } from '../policy/types';
import type { ChangeKind, HeldStepKind } from '../domain/vocabulary';
import type { SessionStatus } from '../domain/status';

/** A booking request. Instants are ISO 8601 with an offset; `anchorZone` defaults to the first student's zone. */
export interface BookingInput {
  title: string;
  startsAt: Date;
  endsAt: Date;
  studentIds: string[];
  instructorId: string;
  programme?: string | undefined;
  branch?: string | undefined;
  subject?: string | undefined;
  anchorZone?: string | undefined;
  isTrial?: boolean | undefined;
  externalId?: string | undefined;
  /** Of a group: from how many students it takes place, and how many it has places for. */
  minStudents?: number | undefined;
  capacity?: number | undefined;
}

export interface BookingResult {
  result: 'booked' | 'held';
  sessionId: string;
  status: SessionStatus;
  /** Until when a held booking keeps its slot. */
  expiresAt: Date | null;
  decisionId: string;
  reason: string;
}

export interface ChangeInput {
  kind: ChangeKind;
  reason?: string | undefined;
  /** For reschedule. */
  startsAt?: Date | undefined;
  endsAt?: Date | undefined;
  /** For reassign: who teaches from here on. */
  instructorId?: string | undefined;
  /** For swap: the session whose instructor comes here, and whose instructor this one's becomes. */
  withSessionId?: string | undefined;
  /** For add and drop. */
  studentId?: string | undefined;
  /** For room: the provider of the new one; the same as before when left out. */
  provider?: string | undefined;
  /** Of a cancelled group: the one that its students take part in instead. Of an addition: the group that they come from. Viability's alone. */
  intoSessionId?: string | undefined;
  fromSessionId?: string | undefined;
  /** For convert: the price and pay that were agreed, or those that admission names for the lesson as it is now. Viability's alone. */
  terms?: 'agreed' | 'admission' | undefined;
  /** What a preview gave: the change is refused as stale when it would do something else by now. */
  previewToken?: string | undefined;
  /** The `rev` the caller looked at; a stale one is refused with the difference. */
  rev?: number | undefined;
}

export interface ChangePreview {
  verdict: 'allow' | 'hold' | 'refuse';
  why: string;
  say: Record<string, string> | null;
  rule: string;
  /** Per student, of the price agreed at booking; `held` where a coordinator will say whether anything is charged. */
  charges: { studentId: string; percent: number; amountMinor: number; currency: string; held: boolean }[];
  /** What would be sent, and which planned messages would not be. */
  messages: { personId: string; kind: string; step: string; channel: string; dueAt: Date }[];
  dropped: { personId: string; kind: string; step: string; channel: string; dueAt: Date }[];
  conflicts: { startsAt: Date; endsAt: Date; personId: string }[];
  /** Binds a change to this answer. */
  previewToken: string;
}

export interface ChangeResult extends ChangePreview {
  sessionId: string;
  rev: number;
  status: SessionStatus;
  /** Set when the policy holds the change for a person. */
  heldStepId: string | null;
}

export interface DecideInput {
  /** `version` and `hash` of the held step as it was shown to the decider. */
  version: number;
  hash: string;
  decision: string;
  comment?: string | undefined;
  /** Edited documents of a documentation review; stored as drafts of their own before the decision. */
  edited?: { summary?: Json; update?: Json } | undefined;
  /** The instructor's answers where there is no recording. */
  answers?: Partial<NoteAnswers> | undefined;
}

export interface DecideResult {
  heldStepId: string;
  state: 'decided';
  kind: HeldStepKind;
  decision: string;
  decidedBy: string;
  decidedAt: Date;
  sessionId: string;
  /** Somebody else who had claimed the step, and since when. */
  claimedBy: { name: string; since: Date } | null;
}

/** One inbound event in our own words, after its sender's mapping. */
export interface InboundEvent {
  type: string;
  id: string;
  /** When it happened, by the sender's clock (event time). */
  at: Date;
  data: Record<string, unknown>;
}
