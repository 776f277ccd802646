import type { Logger } from 'pino';
import type { Database } from '../../db/database';
import {
  claimBacktest,
  endBacktest,
  noteProgress,
  organisationsWithBacktests,
  releaseBacktest,
  type BacktestEnd,
  type AskedBacktest,
} from '../../db/rule-backtests';
import { draftById } from '../../db/rule-drafts';
import type { BacktestProgress } from '../../decisions/backtest';
import { businessNow, type BusinessClock } from '../../domain/clock';
import { startLoop, type Loop } from '../loops';
import { redactText } from '../redaction';
import { TooMuch } from '../thread';
import { runBacktest } from './run';

const LOOK_MS = 1_000;
/** How often its progress is written down, and it is heard whether somebody has cancelled it. */
const NOTE_MS = 500;
/** One that takes its process with it again and again is not tried for ever. */
const MOST_TRIES = 3;
const MOST_LETTERS = 300;

interface Deps {
  db: Database;
  clock: BusinessClock;
  databaseUrl: string;
}

/** Does one that was claimed. What is `stopped` is let go of, and another worker begins it anew. */
async function serve({ db, clock, databaseUrl }: Deps, organisationId: string, claimed: AskedBacktest, stopped: AbortSignal): Promise<void> {
  const inTx = <T>(work: Parameters<typeof db.inOrganisation<T>>[1]): Promise<T> => db.inOrganisation(organisationId, work);
  const end = (how: Omit<BacktestEnd, 'endedAt'>): Promise<number> =>
    inTx((tx) => endBacktest(tx, claimed.id, { ...how, endedAt: new Date(businessNow(clock, Date.now())) }, claimed));
  if (claimed.tries > MOST_TRIES) {
    const why = claimed.reason === null ? '' : `, at last by: ${claimed.reason}`;
    return void (await end({ state: 'failed', reason: `it was broken off ${MOST_TRIES} times${why}` }));
  }
  const ended = new AbortController();
  const stop = (): void => ended.abort();
  stopped.addEventListener('abort', stop, { once: true });
  let latest: BacktestProgress = { done: 0, of: 0 };
  const note = (): Promise<void> => inTx((tx) => noteProgress(tx, claimed, latest)).then((isMine) => void (isMine || stop()));
  const timer = setInterval(() => void note().catch(stop), NOTE_MS);
  try {
    const { content } = (await inTx((tx) => draftById(tx, claimed.draftId)))!;
    const asked = { databaseUrl, organisationId, draft: content, since: claimed.since, cases: claimed.cases };
    const report = await runBacktest(asked, (progress) => (latest = progress), ended.signal);
    clearInterval(timer);
    await note();
    await end({ state: 'done', report });
  } catch (error) {
    if (error instanceof TooMuch) await end({ state: 'failed', reason: error.message });
    else if (stopped.aborted) await inTx((tx) => releaseBacktest(tx, claimed, null));
    else if (!ended.signal.aborted) {
      await inTx((tx) => releaseBacktest(tx, claimed, redactText((error as Error).message).slice(0, MOST_LETTERS)));
      throw error;
    }
  } finally {
    clearInterval(timer);
    stopped.removeEventListener('abort', stop);
  }
}

/** Does the back-tests that were asked for, one after the other, each in a thread of its own. */
export function startBacktests(deps: Deps, logger: Logger): Loop {
  const stopped = new AbortController();
  const { db } = deps;
  const loop = startLoop('backtests', LOOK_MS, logger, async () => {
    for (const organisationId of await organisationsWithBacktests(db.crossing)) {
      const claimed = await db.inOrganisation(organisationId, claimBacktest);
      if (claimed && !stopped.signal.aborted) await serve(deps, organisationId, claimed, stopped.signal);
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
