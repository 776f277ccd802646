import { randomBytes } from 'node:crypto';
import { addAudit } from '../db/audit';
import { insertSource, rotateSource } from '../db/sources';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import type { Context } from './context';

/** Part of an address: /v1/inbound/{name}. */
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** A secret in the form of Standard Webhooks. */
const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;

/** Lets a sender of webhooks in; gives its secret, once. Errors: `invalid-request` for a name that cannot be or is taken. */
export async function createSource(ctx: Omit<Context, 'asOf'>, name: string): Promise<{ secret: string }> {
  if (!NAME.test(name)) {
    throw new LecternError('invalid-request', `"${name}" cannot be a source's name: lower-case letters, digits and hyphens, at most 63.`);
  }
  if (name === 'livekit') throw new LecternError('invalid-request', 'The name "livekit" is kept for the events of a LiveKit server.');
  const secret = newSecret();
  await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const id = newId();
    if (!(await insertSource(tx, { id, name, secrets: [secret] }))) {
      throw new LecternError('invalid-request', `A source called "${name}" exists already; choose another name, or rotate its secret.`);
    }
    await addAudit(tx, ctx, 'source.create', 'source', id);
  });
  return { secret };
}

/** A new secret for a source; the one before it stays good, so that the sender can change over without losing an event. Errors: `not-found`. */
export async function rotateSecret(ctx: Omit<Context, 'asOf'>, name: string): Promise<{ secret: string }> {
  const secret = newSecret();
  await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const id = await rotateSource(tx, name, secret);
    if (!id) throw notFound('source', name);
    await addAudit(tx, ctx, 'source.rotate', 'source', id);
  });
  return { secret };
}
