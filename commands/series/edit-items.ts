import type { ItemChange } from '../../db/batches';
import type { Json } from '../../policy/types';
import type { ChangeInput } from '../types';
import type { ConsideredOccurrence } from './consider-edit';

type Kept = { [key: string]: Json };

/** A change as an item keeps it; its reason is the batch's. */
const keptOf = (input: ChangeInput): Kept =>
  JSON.parse(JSON.stringify({ ...input, reason: undefined, rev: undefined, previewToken: undefined })) as Kept;

/** What the batch of an edit has to do with an occurrence; null for nothing. */
export function itemOf(c: ConsideredOccurrence): ItemChange | null {
  const parts = c.considered.map(({ changing, decision }) => ({ ...keptOf(changing.input), decisionId: decision.id }));
  const words: Kept = c.words ? { words: { ...c.words } } : {};
  if (c.verdict === 'hold') {
    const goesTo = c.goesTo && { startsAt: c.goesTo.startsAt.toISOString(), endsAt: c.goesTo.endsAt.toISOString() };
    return { kind: 'hold', asks: c.asks, why: c.why, parts, goesTo, ...words };
  }
  if (c.verdict !== 'change' && c.verdict !== 'cancel') return null;
  return { kind: c.considered[0]?.changing.input.kind ?? 'details', parts, ...words };
}
