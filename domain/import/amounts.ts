import { fault, quoted, type Habits, type Read } from './read';

/** What stands around digits: spaces of every width, apostrophes as the Swiss write thousands, the currency's sign or code. */
const AROUND = /[\s\u00a0\u202f'’]|\p{Sc}|^[A-Za-z]{3}(?=[\s\d-])|[A-Za-z]{3}$/gu;

/** The sign, and the digits with their separators. */
function signed(text: string): { isNegative: boolean; rest: string } {
  const bare = text.replace(AROUND, '').replace(/[−–]/g, '-');
  const inParentheses = /^\((.*)\)$/.exec(bare);
  const rest = inParentheses?.[1] ?? bare;
  return { isNegative: inParentheses !== null || /^-|-$/.test(rest), rest: rest.replace(/^[+-]|-$/g, '') };
}

/** Which character parts the decimals; null when there is none, undefined when it could be either. */
function separatorOf(rest: string, { decimal }: Habits): string | null | undefined {
  if (decimal) return decimal === 'comma' ? ',' : '.';
  const last = Math.max(rest.lastIndexOf(','), rest.lastIndexOf('.'));
  if (last < 0) return null;
  const mark = rest[last]!;
  const other = mark === ',' ? '.' : ',';
  if (rest.includes(other)) return mark;
  if (rest.indexOf(mark) !== last) return null;
  return rest.length - last - 1 === 3 && /^[1-9]\d{0,2}$/.test(rest.slice(0, last)) ? undefined : mark;
}

/** Text as an amount: its sign, whole units and decimals; the currency says later how many of those there may be. */
export function readAmount(text: string, habits: Habits): Read<{ isNegative: boolean; whole: string; decimals: string }> {
  const { isNegative, rest } = signed(text);
  const separator = separatorOf(rest, habits);
  if (separator === undefined)
    return fault(`${quoted(text)} may be a thousand and more, or three decimals`, 'say which by --decimal comma or --decimal point');
  const [whole, decimals = '', ...more] = separator === null ? [rest] : rest.split(separator);
  const thousands = separator === null ? /[.,]/ : separator === ',' ? /\./ : /,/;
  const groups = whole!.split(thousands);
  const isGrouped = groups.length === 1 || (/^\d{1,3}$/.test(groups[0]!) && groups.slice(1).every((g) => /^\d{3}$/.test(g)));
  const digits = groups.join('');
  if (more.length > 0 || !isGrouped || !/^\d{1,12}$/.test(digits) || !/^\d*$/.test(decimals))
    return fault(`${quoted(text)} is no amount of money`, 'write it as 1234.50');
  return { value: { isNegative, whole: digits, decimals } };
}

const digitsOf = new Map<string, number>();

/** In minor units of a currency; null when it has more decimals than the currency knows. */
export function inMinor({ isNegative, whole, decimals }: { isNegative: boolean; whole: string; decimals: string }, currency: string): number | null {
  let digits = digitsOf.get(currency);
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    digitsOf.set(currency, digits);
  }
  const kept = decimals.replace(/0+$/, '');
  if (kept.length > digits) return null;
  const minor = Number(`${whole}${kept.padEnd(digits, '0')}`);
  return isNegative ? 0 - minor : minor;
}
