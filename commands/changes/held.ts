import { lockPeople } from '../../db/sessions';
import { loadActiveSet } from '../../decisions/rule-sets';
import type { Ask } from '../../decisions/decide';
import { expiryOf, termsOf } from '../admission';
import { readmit } from '../hold-booking';
import type { After, Changing } from './kind';

/** A held booking is asked about anew as it will be: with its terms, and its expiry, by the rules in force. Others are as they are. */
export async function readmitted({ ctx, tx, before }: Changing, after: After, ask: Ask): Promise<After> {
  const { session: next } = after;
  if (next.status !== 'held') return after;
  // All at once: who leaves is let go with who comes.
  await lockPeople(
    tx,
    [...after.participants, ...after.leaves].map((p) => p.personKey),
  );
  const admission = await readmit(ctx, tx, after, ask);
  Object.assign(next, termsOf(admission, before.session), {
    expiresAt: expiryOf(admission, next.startsAt, ctx.asOf),
    bookedSetId: (await loadActiveSet(tx)).id,
  });
  return { ...after, admission };
}
