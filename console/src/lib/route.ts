import { useSyncExternalStore } from 'react';

export type Route =
  { page: 'today' } | { page: 'messages' } | { page: 'session'; id: string } | { page: 'held-step'; id: string } | { page: 'unknown' };

export function parseRoute(hash: string): Route {
  const [first = '', id, more] = hash.replace(/^#?\/?/, '').split('/');
  if (more !== undefined) return { page: 'unknown' };
  if (first === '') return { page: 'today' };
  if (first === 'messages' && id === undefined) return { page: 'messages' };
  if (first === 'sessions' && id) return { page: 'session', id };
  if (first === 'held-steps' && id) return { page: 'held-step', id };
  return { page: 'unknown' };
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}
export const useHash = (): string => useSyncExternalStore(subscribe, () => window.location.hash);

export const toSession = (id: string): string => `#/sessions/${id}`;
export const toHeldStep = (id: string): string => `#/held-steps/${id}`;
