import type { SessionRow } from '../../db/sessions';
import { changeFieldFaults } from '../../domain/change-fields';
import { LecternError } from '../../domain/errors';
import { CHANGEABLE, isTerminal, type SessionStatus } from '../../domain/status';
import { LONGEST_LESSON_MS } from '../../domain/time';
import type { ChangeKind } from '../../domain/vocabulary';
import type { ChangeInput } from '../types';
import { KINDS } from '.';

/** Refuses what no policy could make sense of. Asked again when a held change is approved: its time may have passed. */
export function refuseImpossible(sessionId: string, input: ChangeInput, asOf: Date): void {
  const { kind, startsAt, endsAt, withSessionId } = input;
  const faults = changeFieldFaults(input);
  if (kind === 'reschedule' && startsAt && endsAt) {
    if (endsAt <= startsAt) faults.push({ path: 'endsAt', message: 'must be after startsAt' });
    else if (startsAt <= asOf) faults.push({ path: 'startsAt', message: 'is in the past' });
    else if (+endsAt - +startsAt > LONGEST_LESSON_MS) faults.push({ path: 'endsAt', message: 'a session lasts at most 24 hours' });
  }
  if (withSessionId === sessionId) faults.push({ path: 'withSessionId', message: 'is the session itself' });
  if (faults.length > 0) throw new LecternError('invalid-request', 'What this change names is not valid.', faults);
}

const OVER = 'what was otherwise than it says is a correction, and another time is a session of its own';
const INSTEAD: Partial<Record<SessionStatus, string>> = {
  documenting: `The lesson has taken place: answer its held steps; ${OVER}`,
  settling: `The lesson has taken place and is being charged: answer its held steps; ${OVER}`,
  settled: `The lesson has taken place and is charged: ${OVER}`,
};

/** What to do instead of a kind of change that makes no sense in a status; null where it does. */
export function insteadOf(kind: ChangeKind, status: SessionStatus): string | null {
  const { from, instead } = KINDS[kind];
  if (CHANGEABLE.includes(status) && from.includes(status)) return null;
  return `${instead?.[status] ?? INSTEAD[status] ?? (isTerminal(status) ? 'Book a new session' : 'Read it again')}.`;
}

/** Refuses, in words and with what to do instead, what cannot be changed any more, and what the caller saw otherwise. */
export function refuseUnchangeable(session: SessionRow, input: ChangeInput): void {
  const { id, status } = session;
  const kind = KINDS[input.kind];
  const instead = insteadOf(input.kind, status);
  if (instead !== null) {
    const cannot = status === 'held' ? 'cannot yet be' : 'can no longer be';
    throw new LecternError('illegal-move', `Session ${id} is ${status}; it ${cannot} ${kind.done}. ${instead}`);
  }
  if (session.withoutSlot && input.kind !== 'cancel') {
    throw new LecternError('illegal-move', `Session ${id} has no slot yet: answer its held step, which offers other times, or cancel it.`);
  }
  if (input.rev !== undefined && input.rev !== session.rev) {
    throw new LecternError('stale', `Session ${id} has changed since you looked at it.`, {
      difference: { rev: { shown: input.rev, now: session.rev } },
    });
  }
}
