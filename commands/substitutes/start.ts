import { hurry, insertSearch, openSearchOf, searchById, type SearchRow } from '../../db/searches';
import { participantsOf, type SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { isAnswered } from '../../decisions/decide';
import { LecternError } from '../../domain/errors';
import { newId } from '../../domain/ids';
import type { SearchCause } from '../../domain/vocabulary';

export interface Start {
  cause: SearchCause;
  note?: string | null;
  /** The principal who asked for it; null when Lectern did. */
  by?: string | null;
  /** The decision that led to it. */
  decisionId?: string | null;
  asOf: Date;
}

/** Before it is booked a lesson is nobody's to teach, and after its end nobody can stand in. */
export const SEARCHABLE: readonly SessionRow['status'][] = ['booked', 'ready', 'live'];

/** Why no substitute can be searched for a session; null when one can. */
export function whyNotSearch({ id, status, endsAt }: Pick<SessionRow, 'id' | 'status' | 'endsAt'>, asOf: Date): string | null {
  if (!SEARCHABLE.includes(status)) return `Session ${id} is ${status}; a substitute is searched for one that is booked, ready or live.`;
  return endsAt <= asOf ? `Session ${id} is over.` : null;
}

/**
 * A substitute is searched for from now on; its first round is due at once. Safe to repeat: a search that is open goes on, with the
 * more urgent cause. Errors: `illegal-move`, `no-rules` when the rules in force do not say how.
 */
export async function startSearch(
  tx: Tx,
  session: SessionRow,
  { cause, note = null, by = null, decisionId = null, asOf }: Start,
): Promise<SearchRow> {
  const whyNot = whyNotSearch(session, asOf);
  if (whyNot) throw new LecternError('illegal-move', whyNot);
  const open = await openSearchOf(tx, session.id);
  if (open) {
    if (cause !== 'no-show' || open.cause === 'no-show') return open;
    await hurry(tx, open.id, asOf, cause);
    return { ...open, cause, nextAt: asOf };
  }
  if (!(await isAnswered(tx, 'substitute.search', session)))
    throw new LecternError(
      'no-rules',
      'The rules in force do not say how a substitute is searched (substitute.search, substitute.eligibility, substitute.ranking).',
    );
  const instructor = (await participantsOf(tx, session.id)).find((p) => p.role === 'instructor')!;
  const id = newId();
  const { rev } = session;
  await insertSearch(tx, {
    id,
    sessionId: session.id,
    rev,
    instructorId: instructor.personId,
    cause,
    note,
    startedAt: asOf,
    startedBy: by,
    nextAt: asOf,
  });
  await addToTimeline(tx, {
    sessionId: session.id,
    rev,
    at: asOf,
    kind: 'substitute.search-started',
    actor: by ?? 'lectern',
    decisionId,
    data: { cause, personId: instructor.personId, role: 'instructor' },
  });
  return (await searchById(tx, id))!;
}
