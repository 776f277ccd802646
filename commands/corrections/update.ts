import { documentsOf, draftById, endDocument, newestDraft } from '../../db/documents';
import type { SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { LecternError } from '../../domain/errors';
import { hashOf } from '../../domain/ids';
import type { Json } from '../../policy/types';
import type { Context } from '../context';
import { checkedEdit, storeEdit } from '../review';
import type { CorrectedUpdate, CorrectionInput } from './types';

/** The update that families were sent, and as it is to be; null for a correction of something else, or when nothing would change. */
export async function updateOf(tx: Tx, session: SessionRow, input: CorrectionInput): Promise<CorrectedUpdate | null> {
  if (input.kind !== 'document') return null;
  const document = (await documentsOf(tx, session.id)).find((d) => d.kind === 'parent-update' && d.state === 'approved');
  const sent = document?.approvedDraftId ? await draftById(tx, document.approvedDraftId) : undefined;
  if (!document || !sent) throw new LecternError('illegal-move', `No update of session ${session.id} was approved; there is none to correct.`);
  const after = checkedEdit('parent-update', { ...(sent.content as { [key: string]: Json }), ...input.update }, sent);
  return hashOf(after) === hashOf(sent.content) ? null : { documentId: document.id, before: sent.content, after };
}

/** Keeps the mended text as the draft that stands; the one that was sent stays as it was sent. */
export async function mendUpdate(ctx: Context, tx: Tx, { documentId, after }: CorrectedUpdate): Promise<void> {
  await storeEdit(ctx, tx, documentId, after);
  await endDocument(tx, documentId, 'approved', (await newestDraft(tx, documentId))!.id);
}
