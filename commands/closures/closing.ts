import { lockClosures, sessionsDuring } from '../../db/closures';
import type { Tx } from '../../db/database';
import { AHEAD } from '../../domain/status';
import type { Context } from '../context';
import type { Closed } from './consider';

/** Somebody booked or moved a session into that time while it was thought about. */
class Overtaken extends Error {}

/** What a closure falls on, found once and looked for again behind the lock. */
export interface Closing {
  tx: Tx;
  /** The sessions that it falls on; may be asked for several times. */
  falling(closed: Closed): Promise<string[]>;
  /** From here on nobody takes a slot, and what was found is all there is. Before it nothing may be written. */
  settle(): Promise<void>;
}

/**
 * Whoever closes a time thinks first and locks last, so that bookings wait for no thought of ours; when a session has come into that time
 * meanwhile, the second try locks first. A booking that comes later finds the closure.
 */
export async function closing<T>(ctx: Context, work: (c: Closing) => Promise<T>): Promise<T> {
  const attempt = (isLocked: boolean): Promise<T> =>
    ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      if (isLocked) await lockClosures(tx);
      const found: { closed: Closed; was: string }[] = [];
      const look = async (closed: Closed): Promise<{ ids: string[]; was: string }> => {
        const during = await sessionsDuring(tx, closed, ctx.asOf);
        const waiting = during.filter(({ status, startsAt }) => AHEAD.includes(status) && startsAt > ctx.asOf);
        return { ids: during.map((s) => s.id), was: JSON.stringify(waiting) };
      };
      return work({
        tx,
        async falling(closed) {
          const { ids, was } = await look(closed);
          found.push({ closed, was });
          return ids;
        },
        async settle() {
          if (isLocked) return;
          await lockClosures(tx);
          for (const { closed, was } of found) if ((await look(closed)).was !== was) throw new Overtaken();
        },
      });
    });
  try {
    return await attempt(false);
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    return attempt(true);
  }
}
