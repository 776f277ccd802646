import { nearest } from '../../domain/nearest';
import type { Fault, Json } from '../types';

/** Where faults of one fact document go, which has no rules: place, what is wrong, what would be right. */
export type FactReport = (code: Fault['code'], path: string, message: string, suggestion: string) => void;

/** One of a closed list, with what is near to it. */
export function checkOneOf(value: Json | undefined, known: readonly string[], path: string, what: string, report: FactReport): boolean {
  if (typeof value === 'string' && known.includes(value)) return true;
  report(
    value === undefined ? 'missing-field' : 'wrong-value',
    path,
    `${JSON.stringify(value ?? null)} is not ${what}`,
    nearest(String(value), known) ?? `one of: ${known.join(', ')}`,
  );
  return false;
}

/** A text that people read and the database takes: on one line, of at most so many characters. */
export const isText = (value: Json | undefined, most: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= most && !/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u.test(value);

/** A whole number within bounds. */
export const isWithin = (value: Json | undefined, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
