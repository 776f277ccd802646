/** Money is integers of the minor unit. A policy gives percentages and a declared rounding, never arithmetic on money. */
export const ROUNDINGS = ['half-up', 'down', 'up'] as const;
export type Rounding = (typeof ROUNDINGS)[number];

/** `percent` of `amountMinor`, rounded as declared. Exact: BigInt inside, percents to two decimals. */
export function percentOf(amountMinor: number, percent: number, rounding: Rounding = 'half-up'): number {
  if (!Number.isSafeInteger(amountMinor)) throw new RangeError(`amountMinor must be a safe integer, got ${amountMinor}`);
  const scaled = BigInt(amountMinor) * BigInt(Math.round(percent * 100));
  const whole = scaled / 10_000n;
  const rest = scaled % 10_000n;
  if (rest === 0n) return Number(whole);
  if (rounding === 'up') return Number(whole + 1n);
  if (rounding === 'down') return Number(whole);
  return Number(rest * 2n >= 10_000n ? whole + 1n : whole);
}

/** "45.00 EUR", by the currency's own number of decimals. */
export function moneyInWords(amountMinor: number, currency: string): string {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return `${(amountMinor / 10 ** digits).toFixed(digits)} ${currency}`;
}
