import { firstArrivalOf, forgetArrival, matchStranger, rememberIdentity } from '../db/attendance';
import { addAudit } from '../db/audit';
import { lockSession, participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline, wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { LecternError, notFound } from '../domain/errors';
import { isPresent } from '../decisions/ask';
import { amendByArrival, amendByLoss } from './corrections/late';
import { arrive } from './arrivals';
import type { Context } from './context';
import { revise } from './revise';

export interface MatchInput {
  /** Which of the people in the room, as the session lists them. */
  key: string;
  /** Who it was; null: nobody of this lesson. */
  personId: string | null;
}
export interface MatchResult {
  sessionId: string;
  key: string;
  personId: string | null;
  verdict: ParticipantRow['verdict'] | null;
  /** Whether the provider's name for them was kept, so that the next lesson knows them by itself. */
  remembered: boolean;
}

/**
 * "This is Maya": whom nobody knew in the room is matched to a participant, or said to be none of the lesson. What was said of the
 * participant is decided anew by the time of the arrival, what followed from it is taken back, and the provider's name for them is
 * remembered. After close it is a correction. Errors: `not-found`.
 */
export function matchPerson(ctx: Context, sessionId: string, input: MatchInput): Promise<MatchResult> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await lockSession(tx, sessionId);
    const before = await participantsOf(tx, session.id);
    if (input.personId !== null && !before.some((p) => p.personId === input.personId)) throw notFound('participant', input.personId);
    const by = ctx.principal.id;
    const matched = await matchStranger(tx, { sessionId, key: input.key, personId: input.personId, by });
    if (matched.length === 0) throw new LecternError('not-found', `Nobody in the room of session ${sessionId} is listed as "${input.key}".`);
    const remembered = await remember(ctx, tx, matched, input.personId);
    await addToTimeline(tx, {
      sessionId,
      rev: session.rev,
      at: ctx.asOf,
      kind: input.personId === null ? 'person.unmatched' : 'person.matched',
      actor: by,
      data: { personId: input.personId, role: before.find((p) => p.personId === input.personId)?.role ?? null },
    });
    await followMatch(ctx, tx, session, { matched, personId: input.personId });
    await addAudit(tx, ctx, 'person.match', 'session', sessionId, { personId: input.personId });
    await wake(tx, sessionId);
    const after = (await participantsOf(tx, sessionId)).find((p) => p.personId === input.personId);
    return { sessionId, key: input.key, personId: input.personId, verdict: after?.verdict ?? null, remembered };
  });
}

type Matched = Awaited<ReturnType<typeof matchStranger>>;

async function remember(ctx: Context, tx: Tx, matched: Matched, personId: string | null): Promise<boolean> {
  const named = matched.flatMap(({ source, identity }) => (identity === null ? [] : [{ source, identity }]));
  for (const i of new Map(named.map((n) => [`${n.source} ${n.identity}`, n])).values())
    await rememberIdentity(tx, { ...i, personId, matchedBy: ctx.principal.id, matchedAt: ctx.asOf });
  return personId !== null && named.length > 0;
}

/** Whoever was matched before loses that arrival; whoever is matched now has come when the event says so. */
export async function followMatch(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { matched, personId }: { matched: Matched; personId: string | null },
): Promise<void> {
  const { asOf } = ctx;
  const losing = new Set(matched.flatMap((m) => (m.before !== null && m.before !== personId ? [m.before] : [])));
  for (const lost of losing) await (session.closedAt === null ? unarrive(tx, session, lost, asOf) : amendByLoss(ctx, tx, session, lost));
  const participant = personId === null ? undefined : (await participantsOf(tx, session.id)).find((p) => p.personId === personId);
  const at = participant && (await firstArrivalOf(tx, session.id, participant.personId));
  if (session.closedAt !== null) {
    if (participant && at) await amendByArrival(ctx, tx, session, { participant, at });
    return;
  }
  if (participant && at) await arrive(tx, session, participant, at, asOf);
  else await revise(tx, session, asOf);
}

async function unarrive(tx: Tx, session: SessionRow, personId: string, asOf: Date): Promise<void> {
  const participant = (await participantsOf(tx, session.id)).find((p) => p.personId === personId);
  if (!participant || !isPresent(participant) || (await firstArrivalOf(tx, session.id, personId))) return;
  const isAsked = ['booked', 'ready', 'live'].includes(session.status);
  await forgetArrival(tx, session.id, personId, { verdict: isAsked ? 'waiting' : 'undecided', checkAt: session.status === 'live' ? asOf : null });
}
