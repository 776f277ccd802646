import { parseValue } from '../units';
import type { Json } from '../types';
import type { LookupDocument } from './types';

const WORDS: Record<string, boolean> = { true: true, yes: true, ja: true, false: false, no: false, nein: false };

/** A cell of a table as a fact of that type takes it, in evaluated form. Null where it is empty, undefined where it is nothing of the type. */
export function cellValue({ type, values }: Pick<LookupDocument, 'type' | 'values'>, cell: string): Json | undefined {
  const text = cell.trim();
  if (text === '') return null;
  const spec = { type, ...(values && { values }) };
  if (type === 'boolean') return Object.hasOwn(WORDS, text.toLowerCase()) ? WORDS[text.toLowerCase()] : undefined;
  if (type === 'integer' || type === 'number' || type === 'percent')
    return /^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? parseValue(spec, Number(text)) : undefined;
  return parseValue(spec, text);
}
