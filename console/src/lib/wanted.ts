/**
 * The page that somebody wanted who was not signed in. A sign-in link leads to the start page, perhaps in another tab of this
 * browser; from there it goes on to what was wanted.
 */
const KEY = 'lectern.wanted';
/** As long as a sign-in link lives; later, a page out of the blue would only confuse. */
const LIFE_MS = 30 * 60_000;

export function remember(path: string): void {
  try {
    if (path !== '/') window.localStorage.setItem(KEY, JSON.stringify({ path, at: Date.now() }));
  } catch {
    // A browser that keeps nothing leads to the start page.
  }
}

/** Gives the wanted page, once. */
export function takeWanted(): string | null {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEY) ?? 'null') as { path?: unknown; at?: unknown } | null;
    window.localStorage.removeItem(KEY);
    if (typeof kept?.path !== 'string' || typeof kept.at !== 'number' || Date.now() - kept.at > LIFE_MS) return null;
    // Only a path of our own, never an address of another site.
    return /^\/[\w-]+(\/[\w-]+)?$/.test(kept.path) ? kept.path : null;
  } catch {
    return null;
  }
}
