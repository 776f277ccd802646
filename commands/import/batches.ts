const EACH = 2_000;

/** Lists are written in pieces that a statement can take. */
export function* batches<T>(list: readonly T[], size = EACH): Generator<T[]> {
  for (let i = 0; i < list.length; i += size) yield list.slice(i, i + size);
}
