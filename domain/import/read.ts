/** A cell read, or why not and what to do about it. */
export type Read<T> = { value: T } | { fault: string; remedy: string };

export const fault = (what: string, remedy: string): { fault: string; remedy: string } => ({ fault: what, remedy });

/** How a file writes what can be written in more than one way; said by whoever imports, never guessed. */
export interface Habits {
  /** Of dates with slashes: which comes first. */
  dates: 'dmy' | 'mdy' | null;
  decimal: 'comma' | 'point' | null;
  /** ISO 3166 code for phone numbers without a country. */
  country: string | null;
  zone: string | null;
  currency: string | null;
}

/** As somebody may quote it: a fault names what it is about, but no more of it than is needed to find it. */
export const quoted = (text: string): string => `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
