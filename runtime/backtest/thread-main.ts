import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../../db/database';
import { backtest } from '../../decisions/backtest';
import type { Asked, Said } from './run';

/** The thread of a back-test: its own connections, its own memory, nobody else's event loop. */
async function main({ databaseUrl, ...input }: Asked): Promise<void> {
  const db = openDatabase({ url: databaseUrl, poolMax: 2, applicationName: 'lectern-backtest' });
  const say = (said: Said): void => parentPort!.postMessage(said);
  try {
    say({ report: await backtest(db, input, (progress) => say({ progress })) });
  } finally {
    await db.close();
  }
}

void main(workerData as Asked);
