/** What a preview says of one thing, in words. */
export interface Line {
  id: string;
  says: string;
}
export interface Difference {
  id: string;
  /** Null where it is new, or is no longer. */
  was: string | null;
  is: string | null;
}

/** What a newer preview says otherwise, in the order of the newer one, what it lacks last. */
export function differences(before: readonly Line[], now: readonly Line[]): Difference[] {
  const then = new Map(before.map((line) => [line.id, line.says]));
  const ids = new Set(now.map((line) => line.id));
  const others = now.map(({ id, says }) => ({ id, was: then.get(id) ?? null, is: says })).filter(({ was, is }) => was !== is);
  return [...others, ...before.filter(({ id }) => !ids.has(id)).map(({ id, says }) => ({ id, was: says, is: null }))];
}
