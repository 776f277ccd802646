import { addAudit } from '../../db/audit';
import { closeShadow, lockRunningShadow, type ShadowEnd, type ShadowRow } from '../../db/rule-shadows';
import type { Tx } from '../../db/database';
import type { RuleDraftRow } from '../../db/rule-drafts';
import { SYSTEM, type Context } from '../context';

type By = Pick<Context, 'principal' | 'requestId' | 'asOf'>;

/** Ends a shadow within the transaction of what ends it. */
export async function endShadow(tx: Tx, by: By, shadow: Pick<ShadowRow, 'id' | 'draftId'>, endedAs: ShadowEnd, reason: string | null = null) {
  const endedBy = by.principal.id === SYSTEM.id ? null : by.principal.id;
  if ((await closeShadow(tx, shadow.id, { endedAt: by.asOf, endedBy, endedAs, reason })) === 0) return;
  await addAudit(tx, by, 'rules.shadow-end', 'rule-shadow', shadow.id, { draftId: shadow.draftId, endedAs });
}

/** What a draft has become, or that it was let go of, ends its shadow: it is no longer beside the live set. */
export async function endShadowOf(tx: Tx, by: By, draft: Pick<RuleDraftRow, 'id'>, endedAs: ShadowEnd, reason: string | null = null): Promise<void> {
  const shadow = await lockRunningShadow(tx);
  if (shadow?.draftId === draft.id) await endShadow(tx, by, shadow, endedAs, reason);
}
