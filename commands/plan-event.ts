import type { PersonRow } from '../db/people';
import type { Shift } from '../domain/duty';
import type { PLAN_EVENTS } from '../decisions/points/obligations';
import type { ParticipantRole } from '../domain/vocabulary';

/** Somebody as a plan sees them. */
export interface Attending {
  personId: string;
  role: ParticipantRole | 'former-instructor';
  /** When they came onto the session; left out for who was booked with it. */
  joinedAt?: Date | null;
}

/** Something that happened to a session and makes people be owed messages. */
export interface PlanEvent {
  /** `automation`: what a step of one lays down; the plan is not asked. */
  event: (typeof PLAN_EVENTS)[number] | 'automation';
  asOf: Date;
  /** The instant that `anchor: event` counts from; `asOf` when left out. */
  eventAt?: Date;
  /** When the notice was given that the rules may ask for; `asOf` when left out. */
  noticeAt?: Date;
  /** Whom `to: reviewer` means. */
  reviewers?: (PersonRow & { shifts?: Shift[] })[];
  /** Whom `to: substitute` means. */
  substitutes?: PersonRow[];
  /** Limits students and guardians to these students. */
  studentIds?: string[];
  /** Limits whoever is told to these people. */
  onlyFor?: string[];
  heldStepId?: string;
  documentId?: string;
  /** Whom it is told, where that is not who takes part. */
  attending?: Attending[];
  /** How the start moved, when it did. */
  moved?: { from: Date; to: Date };
}
