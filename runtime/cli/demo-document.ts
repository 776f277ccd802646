import { documentsOf, draftById, newestDraft } from '../../db/documents';
import { decisionsOfSession } from '../../db/decisions';
import { postingsOf, totalsOf } from '../../db/ledger';
import { obligationsOf } from '../../db/obligations';
import { findSession } from '../../db/sessions';
import { timelineSince } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { explainRow } from '../../decisions/explain';
import { inTurn } from './output';

/** What of a document counts: the approved draft, else the newest; null without any. */
async function contentOf(tx: Tx, sessionId: string, kind: string): Promise<unknown> {
  const document = (await documentsOf(tx, sessionId)).find((d) => d.kind === kind);
  if (!document) return null;
  const draft = document.approvedDraftId ? await draftById(tx, document.approvedDraftId) : await newestDraft(tx, document.id);
  return draft?.content ?? null;
}

/** All that a session left behind, as one document: what `lectern demo --json` prints. */
export async function documentOf(tx: Tx, sessionId: string): Promise<object> {
  const session = (await findSession(tx, sessionId))!;
  const { id, title, startsAt, endsAt, programme, status } = session;
  return {
    session: { id, title, startsAt, endsAt, programme },
    status,
    summary: await contentOf(tx, sessionId, 'summary'),
    update: await contentOf(tx, sessionId, 'parent-update'),
    obligations: (await obligationsOf(tx, sessionId)).map((o) => ({
      person: o.personId,
      kind: o.kind,
      step: o.step,
      channel: o.channel,
      state: o.state,
      reason: o.reason,
      dueAt: o.dueAt,
    })),
    ledger: { postings: await postingsOf(tx, sessionId), totals: await totalsOf(tx, sessionId) },
    decisions: await inTurn(await decisionsOfSession(tx, sessionId), async (d) => ({
      id: d.id,
      point: d.point,
      subject: d.subject,
      outcome: d.outcome,
      rule: d.rule,
      why: (await explainRow(tx, d)).sentence,
    })),
    timeline: (await timelineSince(tx, sessionId, 0)).map((e) => ({ at: e.at, kind: e.kind, actor: e.actor, data: e.data })),
  };
}
