export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));

/** Calls `look` until it gives something; a bench that waits for ever tells nobody why. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, { everyMs = 50, withinMs = 300_000 } = {}): Promise<T> {
  for (const end = Date.now() + withinMs; Date.now() < end; await new Promise((r) => setTimeout(r, everyMs))) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
  }
  throw new Error(`waited in vain for ${what}`);
}
