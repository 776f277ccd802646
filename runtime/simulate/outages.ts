/** A time in which worker or server could do nothing, because it had been killed. Business epoch ms. */
export interface Outage {
  from: number;
  to: number;
}

/** How much of a time nobody could do anything in; outages that overlap count once. */
export function outageWithin(outages: readonly Outage[], from: number, to: number): number {
  let sum = 0;
  let counted = from;
  for (const outage of [...outages].sort((a, b) => a.from - b.from)) {
    const begin = Math.max(outage.from, counted);
    const end = Math.min(outage.to, to);
    if (end <= begin) continue;
    sum += end - begin;
    counted = end;
  }
  return sum;
}
