import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

export type Liveness = 'connecting' | 'live' | 'lost';
/** Many events come at once; the lists are read again once for all of them. */
const GATHER_MS = 400;
const COME_BACK_MS = 10_000;

/** Listens to what happens and has whatever is shown read again. */
export function useLive(on: boolean): Liveness {
  const cache = useQueryClient();
  const [state, setState] = useState<Liveness>('connecting');

  useEffect(() => {
    if (!on) return;
    let source: EventSource;
    let timer: number | undefined;
    let retry: number | undefined;
    const sessions = new Set<string>();

    const flush = (): void => {
      timer = undefined;
      for (const id of sessions) void cache.invalidateQueries({ queryKey: ['session', id] });
      sessions.clear();
      for (const key of ['sessions', 'held-steps', 'held-step', 'messages', 'pauses', 'series', 'closures'])
        void cache.invalidateQueries({ queryKey: [key] });
    };
    const connect = (): void => {
      source = new EventSource('/v1/stream');
      source.addEventListener('ready', () => {
        setState('live');
        void cache.invalidateQueries({ refetchType: 'active' });
      });
      source.addEventListener('timeline', (event: MessageEvent<string>) => {
        sessions.add((JSON.parse(event.data) as { sessionId: string }).sessionId);
        timer ??= window.setTimeout(flush, GATHER_MS);
      });
      source.onerror = () => {
        setState('lost');
        // The browser comes back by itself unless it was refused; then only a new one helps.
        if (source.readyState === EventSource.CLOSED) {
          void cache.invalidateQueries({ queryKey: ['me'] });
          retry = window.setTimeout(connect, COME_BACK_MS);
        }
      };
    };
    connect();
    return () => {
      source.close();
      window.clearTimeout(timer);
      window.clearTimeout(retry);
    };
  }, [cache, on]);

  return state;
}
