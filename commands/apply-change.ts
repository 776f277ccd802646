import { closuresDuring } from '../db/closures';
import { insertChange, moveSession, type SideOfChange } from '../db/changes';
import { withdrawHeldStep, withdrawHeldSteps, withdrawHeldStepsOf } from '../db/held-steps';
import { lockPlanned } from '../db/obligations';
import { awaitUndecidedAgain, insertParticipants, removeParticipants } from '../db/participants';
import { carryRoom, revokeCredentialsOf } from '../db/rooms';
import { conflictsOf, lockPeople, moveStatus, participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline, wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { decide } from '../decisions/decide';
import { LecternError } from '../domain/errors';
import { newId } from '../domain/ids';
import { afterOf, KINDS, movingOf } from './changes';
import type { After, Changing, Moving } from './changes/kind';
import { tellingOf, writeTelling } from './changes/telling';
import { followGroup } from './groups/after-change';
import { followChange } from './substitutes/after-change';
import type { Context } from './context';
import { renewHold } from './hold-booking';
import type { ChangeInput } from './types';

/** A change with all that is known of it before it is written. */
export interface Ready {
  changing: Changing;
  after: After;
  /** Null where nobody could be asked: what it costs is not known then. */
  decisionId: string | null;
}

/** Whose slots a change takes: everybody's at a new time, otherwise theirs who come. */
const taking = ({ input }: Changing, { participants, joins }: After): { personKey: number }[] => (input.kind === 'reschedule' ? participants : joins);

/** The lessons that are in the way; two sessions that exchange people are not in each other's. */
export async function conflictsOfChange(changing: Changing, after: After): ReturnType<typeof conflictsOf> {
  const { ctx, tx, input } = changing;
  const { session } = after;
  const keys = taking(changing, after).map((p) => p.personKey);
  if (keys.length === 0) return [];
  // Who comes onto a running lesson is taken from now on.
  const from = input.kind === 'reschedule' || session.startsAt > ctx.asOf ? session.startsAt : ctx.asOf;
  const taken = await conflictsOf(tx, keys, from, takenUntil(session), [session.id, ...(input.withSessionId ? [input.withSessionId] : [])]);
  return [...taken, ...(await closuresInTheWay(changing, after, from))];
}

/** Closures and time off that a new time falls into. A closure of everybody is in the way of each; one of them stands for all. */
export async function closuresOver(tx: Tx, s: SessionRow, participants: ParticipantRow[]): ReturnType<typeof conflictsOf> {
  const personIds = participants.map((p) => p.personId);
  const closed = await closuresDuring(tx, { personIds, branch: s.branch }, s.startsAt, s.endsAt);
  return closed.map((c) => ({ personId: c.personId ?? personIds[0]!, startsAt: c.startsAt, endsAt: c.endsAt }));
}

/**
 * Who comes onto a session that stays at its time is asked for their own time off only: that it takes place although all is closed is
 * decided.
 */
async function closuresInTheWay({ tx, input }: Changing, { session, participants, joins }: After, from: Date): ReturnType<typeof conflictsOf> {
  if (input.kind === 'reschedule') return closuresOver(tx, session, participants);
  const personIds = joins.map((p) => p.personId);
  const away = await closuresDuring(tx, { personIds, branch: null }, from, session.endsAt);
  return away.flatMap(({ personId, startsAt, endsAt }) => (personId === null ? [] : [{ personId, startsAt, endsAt }]));
}

/** Nobody is promised a slot that somebody else has; the people are locked, so that a booking of one of them waits. */
export async function takeSlots(tx: Tx, next: SessionRow): Promise<void> {
  const keys = (await participantsOf(tx, next.id)).map((p) => p.personKey);
  await lockPeople(tx, keys);
  refuseClash(await conflictsOf(tx, keys, next.startsAt, takenUntil(next), [next.id]));
}

export const takenUntil = ({ endsAt, bufferMinutes }: SessionRow): Date => new Date(+endsAt + bufferMinutes * 60_000);

export function refuseClash(conflicts: Awaited<ReturnType<typeof conflictsOf>>): void {
  if (conflicts.length > 0)
    throw new LecternError('slot-clash', 'Somebody on this session already has a lesson at that time, or is away.', { conflicts });
}

/** People are locked in one order, whatever sessions they go between. */
export async function takeSlotsOf(tx: Tx, list: Ready[]): Promise<void> {
  const keys = list.flatMap(({ changing, after }) => [...taking(changing, after), ...after.leaves].map((p) => p.personKey));
  await lockPeople(tx, [...new Set(keys)]);
  for (const { changing, after } of list) refuseClash(await conflictsOfChange(changing, after));
}

const sideOf = (session: SessionRow, participants: ParticipantRow[]): SideOfChange => ({
  startsAt: session.startsAt.toISOString(),
  endsAt: session.endsAt.toISOString(),
  status: session.status,
  roomProvider: session.roomProvider,
  participantIds: participants.map((p) => p.personId),
});

/** Who goes loses the way in at once; who comes gets one from the workflow, into the same room. */
async function movePeople(tx: Tx, session: SessionRow, { joins, leaves }: Moving, at: Date): Promise<void> {
  const leaving = leaves.map((p) => p.personId);
  if (leaving.length > 0) {
    await removeParticipants(tx, session, leaving, at);
    await revokeCredentialsOf(tx, session.id, leaving, at);
    for (const personId of leaving) await withdrawHeldStep(tx, session.id, 'no-show', personId, at);
  }
  await insertParticipants(tx, session, joins, at);
  if (session.status === 'live' && joins.some((p) => p.role === 'instructor')) await awaitUndecidedAgain(tx, session.id, at);
}

/** A question that rests on what the change has made otherwise is asked no more; one about anything else still stands. */
async function withdrawQuestions(tx: Tx, { before, input }: Changing, { session, admission }: After, at: Date): Promise<void> {
  if (input.kind === 'cancel' || input.kind === 'reschedule') await withdrawHeldSteps(tx, session.id, at, admission && 'booking');
  else
    await withdrawHeldStepsOf(
      tx,
      session.id,
      before.session.status === session.status ? ['change', 'viability'] : ['change', 'coverage', 'viability'],
      at,
    );
}

/**
 * Writes a change to its locked session: slots, people, status, plan, notices, one timeline line, one wake. A held booking stays held:
 * changed, it is asked about anew; cancelled, it frees its slot; and nobody is told of a lesson that was never booked. What the
 * change takes back outside (the room at its provider) is the workflow's.
 */
export async function writeChange({ changing, after, decisionId }: Ready): Promise<void> {
  const { ctx, tx, before, input } = changing;
  const { session: next, joins, leaves, participants, admission } = after;
  const kind = KINDS[input.kind];
  const { asOf } = ctx;
  await lockPlanned(tx, next.id);
  const telling = await tellingOf(changing, after, decide);
  await insertChange(tx, {
    id: newId(),
    sessionId: next.id,
    rev: next.rev,
    kind: input.kind,
    reason: input.reason ?? null,
    before: sideOf(before.session, before.participants),
    after: { ...sideOf(next, participants), ...(input.intoSessionId && { continuesIn: input.intoSessionId }) },
    compensates: [...kind.compensates],
    decisionId,
    madeBy: ctx.principal.id,
    madeAt: asOf,
  });
  if (input.kind === 'cancel') await moveStatus(tx, { ...before.session }, 'cancelled', { cancelledAt: asOf, reason: input.reason ?? null });
  await moveSession(tx, next);
  if (!kind.compensates.includes('room')) await carryRoom(tx, next.id, { from: before.session.rev, to: next.rev });
  await movePeople(tx, next, { joins, leaves }, asOf);
  await withdrawQuestions(tx, changing, after, asOf);
  if (admission) await renewHold(tx, next, admission.id);
  else await writeTelling(tx, after, telling, asOf);
  await addToTimeline(tx, {
    sessionId: next.id,
    rev: next.rev,
    at: asOf,
    kind: kind.timeline,
    actor: ctx.principal.id,
    decisionId,
    data: {
      from: before.session.startsAt.toISOString(),
      to: next.startsAt.toISOString(),
      ...(joins[0] && { joined: joins[0].personId }),
      ...(leaves[0] && { left: leaves[0].personId }),
    },
  });
  await followChange(ctx, tx, next, input.kind);
  await followGroup(tx, next, input, asOf);
  await wake(tx, next.id);
  Object.assign(before.session, next);
}

/** A change of one session that has been decided, written as it is to be now. Two that exchange people are changed together: `change.ts`. */
export async function applyChange(ctx: Context, tx: Tx, session: SessionRow, input: ChangeInput, decisionId: string | null): Promise<void> {
  const changing = { ctx, tx, input, before: { session, participants: await participantsOf(tx, session.id) } };
  const after = await afterOf(changing, await movingOf(changing), decide);
  const ready = { changing, after, decisionId };
  if (input.kind !== 'cancel') await takeSlotsOf(tx, [ready]);
  await writeChange(ready);
}
