import { endInbox, putOffInbox, lockWaiting, waitingInbox, waitingOfSession, type InboxRow } from '../db/inbox';
import type { Database } from '../db/database';
import { LecternError } from '../domain/errors';
import type { Context } from './context';
import { COMMANDS, ROWS, type Applying } from './inbound-effects';
import { endWithoutData, parseEvent } from './inbound-events';
import { named, type Named } from './inbound-names';

type End = Parameters<typeof endInbox>[2];

/** Why an event could not be applied, in words; only our own refusals, a fault of the machine is tried again. */
const refusalOf = (error: unknown): string => {
  if (error instanceof LecternError && error.code !== 'internal' && error.code !== 'unavailable') return `${error.code}: ${error.message}`;
  throw error;
};

const PUT_OFF = 'internal: a fault of Lectern kept this event from being applied; it is tried again, and the log has the fault under its id.';

/** What an event is about may come after it: it is waited for, ever longer, some four minutes in all. */
const LATEST_TRY = 8;
const WAITED_FOR = 'It may come after this event, which is tried again for a while.';

const putOff = (ctx: Context, id: string, reason: string): Promise<void> =>
  ctx.db.inOrganisation(ctx.organisationId, (tx) => putOffInbox(tx, id, reason));

type OnFault = (eventId: string, error: unknown) => void;
/** Events of different sessions do not wait for each other; a session's own follow each other. */
const AT_ONCE = 8;

/**
 * Applies up to `limit` waiting events of one organisation, each session's in event order. Gives how many there were. One that
 * meets a fault of ours is told to `onFault`, put off and tried again, so that it keeps no other waiting.
 */
export async function applyWaiting(ctx: Context, limit: number, onFault: OnFault): Promise<number> {
  const waiting = await ctx.db.inOrganisation(ctx.organisationId, (tx) => tx.last(() => waitingInbox(tx, limit)));
  const bySession = new Map<string | null, InboxRow[]>();
  for (const event of waiting) bySession.set(event.sessionId, [...(bySession.get(event.sessionId) ?? []), event]);
  const queue = [...bySession.values()];
  const work = async (): Promise<void> => {
    for (let events = queue.shift(); events; events = queue.shift()) await applyInOrder(ctx, events, onFault);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return waiting.length;
}

/** The same for the events of one session, for a step that says something about who or what is absent. */
export async function applyWaitingOf(ctx: Context, sessionId: string, onFault: OnFault): Promise<void> {
  await applyInOrder(ctx, await ctx.db.inOrganisation(ctx.organisationId, (tx) => tx.last(() => waitingOfSession(tx, sessionId))), onFault);
}

async function applyInOrder(ctx: Context, events: InboxRow[], onFault: OnFault): Promise<void> {
  for (const event of events) {
    try {
      await applyOne(ctx, event);
    } catch (error) {
      onFault(event.id, error);
      await putOff(ctx, event.id, PUT_OFF);
    }
  }
}

/** Somebody else was quicker; nothing was done. */
class EndedMeanwhile extends Error {
  override readonly name = 'EndedMeanwhile';
}

/** The same database for the command of one event: what it writes is committed with the event's end, and only while there is none. */
function endingWith({ db, asOf }: Context, id: string): Database {
  return {
    ...db,
    inOrganisation: (organisationId, work) =>
      db.inOrganisation(organisationId, async (tx) => {
        if (!(await lockWaiting(tx, id))) throw new EndedMeanwhile();
        const value = await work(tx);
        // A reading of conflicts, after a clash, is no result of a command.
        const { sessionId } = (value ?? {}) as { sessionId?: unknown };
        if (typeof sessionId === 'string') await endInbox(tx, id, { state: 'applied', reason: null, sessionId, at: asOf });
        return value;
      }),
  };
}

async function applyOne(ctx: Context, event: InboxRow): Promise<void> {
  const { id } = event;
  const end = (to: Omit<End, 'at'>): Promise<void> =>
    ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      if (await lockWaiting(tx, id)) await endInbox(tx, id, { ...to, at: ctx.asOf });
    });
  const ended = endWithoutData(event);
  if (ended && 'ignored' in ended) return end({ state: 'ignored', reason: ended.ignored, sessionId: null });
  const known: Named = ended ?? (await named(ctx, event));
  if ('refused' in known && known.mayComeLater && event.tries < LATEST_TRY) return putOff(ctx, id, `${known.refused} ${WAITED_FOR}`);
  const parsed = 'refused' in known ? known : parseEvent(event, known.data);
  if ('refused' in parsed) return end({ state: 'refused', reason: parsed.refused, sessionId: null });
  try {
    if (event.type in COMMANDS) {
      const command = COMMANDS[event.type as keyof typeof COMMANDS] as (ctx: Context, data: unknown) => Promise<string>;
      const sessionId = await command({ ...ctx, db: endingWith(ctx, id) }, parsed.data);
      // Has its end already, unless there was nothing left to do.
      return await end({ state: 'applied', reason: null, sessionId });
    }
    const apply = ROWS[event.type as keyof typeof ROWS] as (a: Applying, data: unknown) => Promise<string>;
    await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      // Locked first, looked at last: the lock leaves with what the event reads, and what was done by somebody else is undone here.
      const waiting = lockWaiting(tx, id);
      const applied = apply({ ctx, tx, event: { ...event, occurredAt: event.occurredAt ?? event.receivedAt } }, parsed.data);
      const [isWaiting, sessionId] = await Promise.all([waiting, applied]);
      if (!isWaiting) throw new EndedMeanwhile();
      await endInbox(tx, id, { state: 'applied', reason: null, sessionId, at: ctx.asOf });
    });
  } catch (error) {
    if (error instanceof EndedMeanwhile) return;
    await end({ state: 'refused', reason: refusalOf(error), sessionId: null });
  }
}
