/** The Levenshtein distance of two words. */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row[j] = Math.min(row[j - 1]! + 1, before[j]! + 1, before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    before = row;
  }
  return before[b.length]!;
}

/** The known name nearest to an unknown one, for "did you mean"; null when none is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (name.length > 100) return null;
  const [best] = known.map((n) => ({ n, d: distance(name.toLowerCase(), n.toLowerCase()) })).sort((a, b) => a.d - b.d);
  return best && best.d <= Math.max(2, name.length / 3) ? best.n : null;
}
