/** 4500 and EUR as "€45.00": amounts are whole numbers of the minor unit, which not every currency has two digits of. */
export function money(minor: number, currency: string): string {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
