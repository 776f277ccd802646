import { Client as PgClient } from 'pg';
import type { Logger } from 'pino';

export interface Loop {
  /** Looks again soon. */
  poke(): void;
  stop(): Promise<void>;
}

/** Runs `work` again and again: at once when poked, otherwise every `everyMs`. A failure is logged and tried again; never two at once. */
export function startLoop(name: string, everyMs: number, logger: Logger, work: () => Promise<void>): Loop {
  let isStopping = false;
  let isPoked = true;
  let rouse: () => void = () => undefined;
  const run = async (): Promise<void> => {
    while (!isStopping) {
      isPoked = false;
      try {
        await work();
      } catch (error) {
        logger.error({ err: error, loop: name }, 'a background loop failed and goes on');
      }
      if (isPoked || isStopping) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        rouse = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = run();
  return {
    poke: () => {
      isPoked = true;
      rouse();
    },
    stop: () => {
      isStopping = true;
      rouse();
      return running;
    },
  };
}

/** Listens for notifications on a connection of its own and connects again when it breaks; polling stands behind it. */
export function listen(url: string, channels: Record<string, (payload: string) => void>, logger: Logger): { stop(): Promise<void> } {
  let client: PgClient | null = null;
  let isStopping = false;
  const connect = async (): Promise<void> => {
    const next = new PgClient({ connectionString: url, application_name: 'lectern-listen' });
    next.on('notification', (n) => channels[n.channel]?.(n.payload ?? ''));
    next.on('error', () => undefined);
    next.on('end', () => {
      client = null;
      if (!isStopping) setTimeout(() => void connect(), 500).unref();
    });
    try {
      await next.connect();
      for (const channel of Object.keys(channels)) await next.query(`LISTEN ${channel}`);
      client = next;
      for (const notify of Object.values(channels)) notify('');
    } catch (error) {
      if (!isStopping) {
        logger.warn({ err: error }, 'listening failed; trying again');
        await next.end().catch(() => undefined);
      }
    }
  };
  void connect();
  return {
    stop: async () => {
      isStopping = true;
      await client?.end();
    },
  };
}
