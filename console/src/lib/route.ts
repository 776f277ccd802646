import { useSyncExternalStore } from 'react';

/** Pages without an id, and those of one thing, each by the first part of its address. */
const LISTS = { '': 'today', messages: 'messages', series: 'all-series', closures: 'closures' } as const;
const ITEMS = { sessions: 'session', 'held-steps': 'held-step', series: 'series', closures: 'closure', 'time-off': 'time-off' } as const;

export type Route = { page: (typeof LISTS)[keyof typeof LISTS] | 'unknown' } | { page: (typeof ITEMS)[keyof typeof ITEMS]; id: string };

export function parseRoute(path: string): Route {
  const [first = '', id, more] = path.replace(/^\/|\/$/g, '').split('/');
  if (more !== undefined) return { page: 'unknown' };
  if (id === undefined) return { page: Object.hasOwn(LISTS, first) ? LISTS[first as keyof typeof LISTS] : 'unknown' };
  return id !== '' && Object.hasOwn(ITEMS, first) ? { page: ITEMS[first as keyof typeof ITEMS], id } : { page: 'unknown' };
}

export const toSession = (id: string): string => `/sessions/${id}`;
export const toHeldStep = (id: string): string => `/held-steps/${id}`;
export const toSeries = (id: string): string => `/series/${id}`;
export const toClosure = ({ id, personId }: { id: string; personId: string | null }): string =>
  personId === null ? `/closures/${id}` : `/time-off/${id}`;

/** Links of messages that went out earlier carry the address behind a hash. */
export function leaveHash(): void {
  const { hash } = window.location;
  if (hash.startsWith('#/')) window.history.replaceState(null, '', hash.slice(1));
}

const MOVED = 'lectern:moved';
function subscribe(changed: () => void): () => void {
  const hashed = (): void => {
    leaveHash();
    changed();
  };
  window.addEventListener('popstate', changed);
  window.addEventListener(MOVED, changed);
  window.addEventListener('hashchange', hashed);
  return () => {
    window.removeEventListener('popstate', changed);
    window.removeEventListener(MOVED, changed);
    window.removeEventListener('hashchange', hashed);
  };
}
export const usePath = (): string => useSyncExternalStore(subscribe, () => window.location.pathname);

function go(path: string): void {
  window.history.pushState(null, '', path);
  window.dispatchEvent(new Event(MOVED));
}

/** Follows plain clicks on links of the console without loading it again; everything else (new tab, download, other sites) is the browser's. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target !== '' || link.origin !== window.location.origin || link.hash !== '') return;
  if (parseRoute(link.pathname).page === 'unknown') return;
  event.preventDefault();
  if (link.pathname !== window.location.pathname) go(link.pathname);
}
