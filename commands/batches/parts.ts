import type { BatchItemRow } from '../../db/batches';
import type { Json } from '../../policy/types';
import { inputOf as inputFrom } from '../changes/held-change';
import type { DecidedChange } from '../changes/several';
import type { ChangeInput } from '../types';

/** A change as an item keeps it. */
export const inputOf = (kept: Json, reason: string | null): ChangeInput => ({ ...inputFrom(kept), reason: reason ?? undefined });

/** The changes that an item makes of its session, in order, each with what decided it: one of a closure, one or several of an edit of a series. */
export function partsOf({ change, decisionId }: Pick<BatchItemRow, 'change' | 'decisionId'>, reason: string | null): DecidedChange[] {
  if (!Array.isArray(change.parts)) return [{ input: inputOf(change, reason), decisionId }];
  return (change.parts as { [key: string]: Json }[]).map((part) => ({
    input: inputOf(part, reason),
    decisionId: typeof part.decisionId === 'string' ? part.decisionId : null,
  }));
}
