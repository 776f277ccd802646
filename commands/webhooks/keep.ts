import { forgetDeliveries } from '../../db/webhook-deliveries';
import type { Tx } from '../../db/database';
import { isAnswered, preview } from '../../decisions/decide';

const LABELS = { programme: null, branch: null, subject: null };

/**
 * How long something is kept, in business ms, as `webhook.keep` says; null where the rules in force do not answer, or leave it open: then
 * nothing goes. Asked every hour and stored nowhere.
 */
export async function keepFor(tx: Tx, what: 'old-secret' | 'leaked-secret' | 'delivered' | 'failed', asOf: Date): Promise<number | null> {
  if (!(await isAnswered(tx, 'webhook.keep', LABELS))) return null;
  const of = { sessionId: null, bookedSetId: null, rev: 1, labels: LABELS, asOf };
  const { outcome } = await preview(tx, { point: 'webhook.keep', subject: what, seq: 'now', facts: { what }, ...of });
  return typeof outcome.keepFor === 'number' ? outcome.keepFor : null;
}

/** Forgets at most `limit` of each kind of what was sent or given up long enough ago; gives how many there were. */
export async function forgetSent(tx: Tx, asOf: Date, limit: number): Promise<number> {
  let count = 0;
  for (const state of ['delivered', 'failed'] as const) {
    const kept = await keepFor(tx, state, asOf);
    if (kept !== null) count += await forgetDeliveries(tx, state, new Date(+asOf - kept), limit);
  }
  return count;
}
