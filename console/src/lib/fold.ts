/** A stretch of a list: one item, or many alike that show as one line until somebody wants them. */
export interface Fold<T> {
  items: T[];
}

const FEWEST = 3;

/**
 * Folds runs of three or more of the same signature, so that a lesson with thirty students has no longer story than one. Two
 * signatures that alternate ("undecided, held, undecided, held") make two folds.
 */
export function fold<T>(list: readonly T[], signatureOf: (item: T) => string): Fold<T>[] {
  const folds: Fold<T>[] = [];
  for (let start = 0; start < list.length;) {
    const stretch = longestOf(list, start, signatureOf, 1) ?? longestOf(list, start, signatureOf, 2);
    if (stretch) folds.push(...stretch);
    else folds.push({ items: [list[start]!] });
    start += stretch ? stretch.reduce((sum, f) => sum + f.items.length, 0) : 1;
  }
  return folds;
}

/** The run from `start` with at most `kinds` signatures, as one fold for each; null when one of them is rare. */
function longestOf<T>(list: readonly T[], start: number, signatureOf: (item: T) => string, kinds: number): Fold<T>[] | null {
  const found = new Map<string, T[]>();
  for (let i = start; i < list.length; i++) {
    const signature = signatureOf(list[i]!);
    const same = found.get(signature);
    if (same) same.push(list[i]!);
    else if (found.size < kinds) found.set(signature, [list[i]!]);
    else break;
  }
  const groups = [...found.values()];
  return groups.every((g) => g.length >= FEWEST) ? groups.map((items) => ({ items })) : null;
}
