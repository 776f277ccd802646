import type { Logger } from 'pino';
import { failShadow } from '../../commands/shadow/shadow';
import type { Database } from '../../db/database';
import { organisationsWithShadows } from '../../db/rule-shadows';
import { businessNow, type BusinessClock } from '../../domain/clock';
import { startLoop, type Loop } from '../loops';
import { runThread, TooMuch } from '../thread';

export interface Following {
  databaseUrl: string;
  clock: BusinessClock;
}
/** Which shadow it turns to; null when it rests. */
export type Said = { at: { organisationId: string; shadowId: string } | null };

const LOOK_MS = 2_000;

/**
 * Follows drafts beside the live set as long as there are any, in a thread of its own: a draft that takes too long or too much memory takes it
 * from nobody else, and is let go of.
 */
export function startShadowing(deps: Following & { db: Database; secret: string }, logger: Logger): Loop {
  const { db, clock, secret, databaseUrl } = deps;
  const stopped = new AbortController();
  const loop = startLoop('shadow', LOOK_MS, logger, async () => {
    if ((await organisationsWithShadows(db.crossing)).length === 0) return;
    let at: Said['at'] = null;
    const said = (what: Said): void => void ({ at } = what);
    const data: Following = { databaseUrl, clock };
    try {
      await runThread<Said>({ name: 'the shadow', script: 'shadow/thread-main.js', data, said, signal: stopped.signal });
    } catch (error) {
      if (stopped.signal.aborted) return;
      if (!(error instanceof TooMuch) || !at) throw error;
      const { organisationId, shadowId } = at as NonNullable<Said['at']>;
      const ctx = { db, organisationId, asOf: new Date(businessNow(clock, Date.now())), requestId: null, secret };
      await failShadow(ctx, shadowId, `${error.message}: the draft costs too much`);
      logger.error({ organisationId, shadowId }, 'a draft beside the live set cost too much and was let go of');
    }
  });
  return {
    poke: loop.poke,
    stop: () => {
      stopped.abort();
      return loop.stop();
    },
  };
}
