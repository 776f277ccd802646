import { addAudit } from '../db/audit';
import type { AttemptRow } from '../db/dispatch';
import { forgetOptOut, rememberOptOut } from '../db/opt-outs';
import { peopleById } from '../db/people';
import type { Tx } from '../db/database';
import { notFound } from '../domain/errors';
import type { Context } from './context';

/** The address that a message went to wants no more on its channel: what is due later goes another way without being tried there. */
export const rememberOptOutOf = (tx: Tx, { channel, recipient }: Pick<AttemptRow, 'channel' | 'recipient'>, asOf: Date): Promise<void> =>
  rememberOptOut(tx, { channel, address: recipient, reason: 'refused-by-recipient', optedOutAt: asOf });

/**
 * Somebody wants text messages again: what is due from now on is tried by text. The provider has to know of it too, for Twilio by a text
 * START from that phone; while it does not, its next refusal is remembered as the first was. Harmless for who had not opted out. Errors:
 * `not-found`.
 */
export const optIn = (ctx: Context, personId: string): Promise<void> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const [person] = await peopleById(tx, [personId]);
    if (!person) throw notFound('person', personId);
    if (person.phone && (await forgetOptOut(tx, 'sms', person.phone)))
      await addAudit(tx, ctx, 'person.opt-in', 'person', person.id, { channel: 'sms' });
  });
