import { decisionById } from '../db/decisions';
import type { Tx } from '../db/database';
import { notFound } from '../domain/errors';
import { sortRows, type SortedRow } from '../policy/evaluate';
import { policyOf } from './explain';

/** What a decision that a missing fact has held would have given: its rows that are true for certain, and those left open. */
export async function openRowsOf(tx: Tx, decisionId: string): Promise<{ certain: SortedRow[]; open: SortedRow[] }> {
  const decision = await decisionById(tx, decisionId);
  if (!decision) throw notFound('decision', decisionId);
  return sortRows(await policyOf(tx, decision), decision.facts);
}
