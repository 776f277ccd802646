import type { SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import type { Context } from '../context';
import { followWaitlist } from '../waitlist/follow';
import { isStillToCome } from './ask-again';
import { askViability } from './viability';

/** What is due of a group, on its locked row: its deadline, and the ends of offers. Safe to repeat: each says what is due next as it acts. */
export async function followGroupDue(ctx: Context, tx: Tx, session: SessionRow): Promise<void> {
  if (isStillToCome(session) && session.viabilityAt && session.viabilityAt <= ctx.asOf) await askViability(ctx, tx, session);
  if (session.capacity !== null) await followWaitlist(tx, session, ctx.asOf);
}
