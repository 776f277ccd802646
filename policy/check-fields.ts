import { nearest } from '../domain/nearest';
import type { RuleFaultCode } from '../domain/rule-faults';
import type { Json } from './types';

/** Takes a fault of one document: rule (null outside of one), JSON pointer, what is wrong, what would be right. */
export type Report = (code: RuleFaultCode, rule: string | null, path: string, message: string, suggestion: string) => void;

export const isObject = (v: unknown): v is Record<string, Json> => v !== null && typeof v === 'object' && !Array.isArray(v);

/** Fields that an object may not have; the nearest of those that it may is suggested. */
export function checkFields(value: Record<string, Json>, allowed: readonly string[], rule: string | null, path: string, report: Report): void {
  for (const key of Object.keys(value))
    if (!allowed.includes(key))
      report('unknown-field', rule, `${path}/${key}`, `"${key}" is not a field here`, nearest(key, allowed) ?? `one of: ${allowed.join(', ')}`);
}
