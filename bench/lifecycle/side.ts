import { cpuSeconds } from '../../runtime/cpu-seconds';
import type { Ground } from '../ground';

/** One of the two that are compared: takes sessions through the standard path, all at once, and ends when all are closed. */
export interface Side {
  name: 'lectern' | 'bare';
  workerPid: number;
  run(sessions: number): Promise<void>;
}

export interface Round {
  side: Side['name'];
  seconds: number;
  sessionsPerSecond: number;
  /** CPU seconds a session: the side's worker, the driver that books and plays the world, and what both of them use. */
  cpu: { worker: number; driver: number; postgres: number; temporal: number; catcher: number };
}

export async function measureRound(ground: Ground, side: Side, sessions: number): Promise<Round> {
  const read = () => ({
    worker: cpuSeconds(side.workerPid),
    driver: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    postgres: cpuSeconds(ground.pids.postgres),
    temporal: cpuSeconds(ground.pids.temporal),
    catcher: cpuSeconds(ground.pids.catcher),
  });
  const before = read();
  const started = performance.now();
  await side.run(sessions);
  const seconds = (performance.now() - started) / 1000;
  const after = read();
  const per = (name: keyof typeof before): number => (after[name] - before[name]) / sessions;
  return {
    side: side.name,
    seconds,
    sessionsPerSecond: sessions / seconds,
    cpu: { worker: per('worker'), driver: per('driver'), postgres: per('postgres'), temporal: per('temporal'), catcher: per('catcher') },
  };
}
