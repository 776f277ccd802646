import type { Evidence, SessionSeen } from '../../../db/evidence';
import type { Character } from '../cast';
import type { Expectation } from '../expect';
import type { Lesson } from '../lesson';
import type { Outage } from '../outages';

/** A message as the sink has it, with what the database says that it is. */
export interface MessageSeen {
  key: string;
  personId: string;
  aboutId: string | null;
  kind: string;
  step: string;
  to: string;
  text: string;
  /** Of what it tells, where that is several changes at once. */
  batchId: string | null;
  /** Business epoch ms at which the sink stored it, and at which it was due. */
  at: number;
  dueAt: number;
}

export interface WorkflowSeen {
  /** Running, or how it ended. */
  status: string;
  /** Of a running one: what it waits for. */
  pending: string | null;
}

type Of<T extends keyof Evidence> = Evidence[T];

/** One lesson of the week, as it was to be and as it was. Everything is of its session. */
export interface Seen {
  lesson: Lesson;
  expected: Expectation;
  /** When it could not go on: worker or server were away, or what it waited for was with a process that was killed. */
  away: readonly Outage[];
  /** Whether the script alone says how it ends. */
  isDetermined: boolean;
  session: SessionSeen | null;
  participants: Of<'participants'>;
  arrivals: Of<'arrivals'>;
  presence: Of<'presence'>;
  obligations: Of<'obligations'>;
  decisions: Of<'decisions'>;
  journals: Of<'journals'>;
  heldSteps: Of<'heldSteps'>;
  changes: Of<'changes'>;
  corrections: Of<'corrections'>;
  documents: Of<'documents'>;
  credentials: Of<'credentials'>;
  rooms: Of<'rooms'>;
  timeline: Of<'timeline'>;
  inbox: Of<'inbox'>;
  /** Of its session at Temporal; null when there is none. */
  workflow: WorkflowSeen | null;
  /** In the order of their arrival. */
  messages: MessageSeen[];
  /** Those of other lessons that tell of a change of this one as well. */
  together: MessageSeen[];
}

/** What the checks know besides. */
export interface Judging {
  /** How late anything may be, business ms, besides the time in which it could not go on. */
  toleranceMs: number;
  /** Of a key of the cast, the id over there. */
  idOf: (key: string) => string;
  characterOf: (personId: string) => Character | undefined;
}

/** One kind of fault: gives each in words. */
export type Check = (seen: Seen, judging: Judging) => string[];

export const nameOf = ({ characterOf }: Judging, personId: string | null): string => (personId && characterOf(personId)?.key) || String(personId);

export const inWords = (judging: Judging, m: { kind: string; step: string; personId: string; aboutId: string | null }): string =>
  `${m.kind}${m.step === m.kind ? '' : `/${m.step}`} to ${nameOf(judging, m.personId)}${m.aboutId ? ` about ${nameOf(judging, m.aboutId)}` : ''}`;

/** Charges and payouts that no reversal has taken back. */
export const standing = ({ journals }: Pick<Seen, 'journals'>): Seen['journals'] =>
  journals.filter((j) => j.reverses === null && !journals.some((r) => r.reverses === j.id));

/**
 * What ends that a message waits for its turn, though nobody sent it: a request for a review that has been given. Whether it had its time
 * before, is judged as lateness.
 */
export function overtakenAt({ heldSteps }: Pick<Seen, 'heldSteps'>, o: Pick<Seen['obligations'][number], 'state' | 'reason'>): number | null {
  if (o.state !== 'suppressed' || o.reason !== 'review-decided') return null;
  const review = heldSteps.find((h) => h.kind === 'documentation.review' && h.chosenAt !== null);
  return review ? +review.chosenAt! : null;
}

export const TERMINAL = ['settled', 'cancelled', 'refused', 'expired'];
