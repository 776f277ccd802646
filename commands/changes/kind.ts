import type { ParticipantRow, SessionRow } from '../../db/sessions';
import type { SessionStatus } from '../../domain/status';
import type { Tx } from '../../db/database';
import type { Ask, Decision } from '../../decisions/decide';
import type { Context } from '../context';
import type { PlanEvent } from '../plan-event';
import type { ChangeInput } from '../types';

/** A session as a change finds it. */
export interface Before {
  session: SessionRow;
  participants: ParticipantRow[];
}

/** Who comes onto the session and who goes; everybody else stays. */
export interface Moving {
  joins: Pick<ParticipantRow, 'personId' | 'personKey' | 'role'>[];
  leaves: ParticipantRow[];
}

/** A session as it will be after a change. */
export interface After extends Moving {
  session: SessionRow;
  participants: ParticipantRow[];
  /** Of a held booking: admission for how it will be. */
  admission: Decision | null;
}

export interface Changing {
  ctx: Context;
  tx: Tx;
  before: Before;
  input: ChangeInput;
}

/**
 * One kind of change: what it checks, what the session and its participants are after it, what it takes back, whom it tells and
 * whom it costs something. A kind decides nothing (that is the policy's) and writes nothing (that is `apply-change.ts`).
 */
export interface KindOfChange {
  /** "Session x is settled; it can no longer be …". */
  done: string;
  /** What a coordinator is asked when the rules hold it. */
  question: string;
  /** The entry in the timeline. */
  timeline: string;
  /** The statuses in which it makes sense, and what to do instead where another change would. */
  from: readonly SessionStatus[];
  instead?: Partial<Record<SessionStatus, string>>;
  /** Who comes and who goes. Errors: `not-found`, `invalid-request`, `illegal-move`. */
  people?(changing: Changing): Promise<Moving>;
  /** The session after it: status, times, room; `ask` answers what is to be decided for that. */
  after(changing: Changing, moving: Moving, ask: Ask): Promise<After>;
  /** Taken back for everybody. What only one person had goes with the person. */
  compensates: readonly ('room' | 'credentials')[];
  /** What it is to the message plan. */
  event: PlanEvent['event'];
  /** Whom its price is charged: every student, or the one it is about. */
  bills: 'everyone' | 'one';
}

export const NOBODY: Moving = { joins: [], leaves: [] };

/** Who takes part after people came and went; who comes is awaited from `at` on. */
export function participantsAfter({ session, participants }: Before, { joins, leaves }: Moving, at: Date): ParticipantRow[] {
  const gone = new Set(leaves.map((p) => p.personId));
  const fresh = {
    sessionId: session.id,
    verdict: 'waiting',
    arrivedAt: null,
    verdictAt: null,
    checkAt: null,
    verdictDecisionId: null,
    joinedAt: at,
  } as const;
  return [...participants.filter((p) => !gone.has(p.personId)), ...joins.map((p) => ({ ...fresh, ...p }))];
}
