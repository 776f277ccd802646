import type { SessionSeen } from '../../db/declared-facts';
import type { HappeningRow } from '../../db/happenings';
import type { Json } from '../../policy/types';

/** Of whom or what a declared fact is found, and when. */
export interface AskedOf {
  /** Null where somebody only wants to know how it stands for a person. */
  session: SessionSeen | null;
  homeZone: string;
  /** Students or instructors, as the fact is about. */
  personIds: readonly string[];
  asOf: Date;
}

/** A value and how it was found. */
export interface Finding {
  /** Whom it is of; null where it is of the session alone. */
  personId: string | null;
  /** In evaluated form; null where it is not known. */
  value: Json;
  /** What was counted, the earliest first. */
  counted?: HappeningRow[];
  /** The deadline that it was held against. */
  deadlineAt?: Date;
  /** What was looked for in a table; null where the person or session has no such field. */
  sought?: string | null;
}
