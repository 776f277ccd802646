import { dueAcknowledgement } from '../../db/acknowledgements';
import { openSearchOf } from '../../db/searches';
import type { SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import type { Context } from '../context';
import { followAcknowledgement } from './acknowledge';
import { followSearch } from './round';

/**
 * What is due of a session's acknowledgement and of its search for a substitute, on its locked row. Safe to repeat: each sets when it
 * is due next in the transaction in which it acts.
 */
export async function followDue(ctx: Context, tx: Tx, session: SessionRow): Promise<void> {
  const asked = await dueAcknowledgement(tx, session.id, ctx.asOf);
  if (asked) await followAcknowledgement(tx, session, asked, ctx.asOf);
  const search = await openSearchOf(tx, session.id);
  if (search?.nextAt && search.nextAt <= ctx.asOf) await followSearch(ctx, tx, session, search);
}
