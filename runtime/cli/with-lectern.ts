import type { Config } from '../config';
import { prepareGround, type Ground } from '../ground';
import type { Installation } from '../installation';
import { logFileOf } from '../paths';
import { interruptibly, unlessInterrupted } from './interrupt';
import { progress } from './output';

function withOpened<T extends { stop(): Promise<void> }>(
  home: string,
  open: (signal: AbortSignal) => Promise<T>,
  work: (opened: T) => Promise<number>,
): Promise<number> {
  return interruptibly(home, async (signal) => {
    const opened = await open(signal);
    try {
      return await unlessInterrupted(work(opened), signal);
    } finally {
      await opened.stop();
    }
  });
}

/** Does a command's work on engines, schema and organisation, and leaves them again however it ends. Gives the exit code. */
export const withGround = (config: Config, work: (ground: Ground) => Promise<number>): Promise<number> =>
  withOpened(config.lecternHome, (signal) => prepareGround(config, progress, signal), work);

/** With a database and a Temporal of one's own, workers run already, somewhere; this process is then no worker. */
const isProductionShape = ({ databaseUrl, temporalAddress }: Config): boolean => databaseUrl !== undefined && temporalAddress !== undefined;

/** The same where a worker has to run beside it: yours, or a whole Lectern. */
export const withWorker = (config: Config, work: (ground: Ground) => Promise<number>): Promise<number> =>
  (isProductionShape(config) ? withGround : withLectern)(config, work);

/** The same on a whole Lectern: the one that runs, or one for as long as the command takes. */
export async function withLectern(config: Config, work: (lectern: Installation) => Promise<number>): Promise<number> {
  const { openInstallation } = await import('../installation.js');
  return withOpened(config.lecternHome, (signal) => openInstallation(config, progress, { signal, logFile: logFileOf(config.lecternHome) }), work);
}
