import { randomBytes } from 'node:crypto';
import { addAudit } from '../db/audit';
import { insertSource, rotateSource } from '../db/sources';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import type { Context } from './context';
import { mappingInForce } from './map-inbound';

/** Part of an address: /v1/inbound/{name}. */
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** A secret in the form of Standard Webhooks. */
const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;

/** How a source speaks and signs, where that is not in our words by Standard Webhooks under a secret of our making. */
export interface SourceOptions {
  /** A mapping of the rules in force. */
  mapping?: string | undefined;
  /** The secret that the sender gives out; made here when left out. */
  secret?: string | undefined;
}

/** Secrets are as long as a guess must not be; some senders give short ones out. */
function secretOf({ secret }: SourceOptions): string {
  if (secret === undefined) return newSecret();
  if (/^[\x21-\x7e]{8,500}$/.test(secret) && secret !== UNSET) return secret;
  throw new LecternError('invalid-request', 'A secret is 8 to 500 visible ASCII characters, and one that somebody has set.');
}
/** What Cal.com signs with where nobody gave it a secret: everybody knows it. */
const UNSET = 'no-secret-provided';

/**
 * Lets a sender of webhooks in; gives its secret, once. Errors: `invalid-request` for a name that cannot be or is taken, or a secret that
 * is none; `no-rules` for a mapping that the rules in force do not have.
 */
export async function createSource(ctx: Omit<Context, 'asOf'>, name: string, options: SourceOptions = {}): Promise<{ secret: string }> {
  if (!NAME.test(name)) {
    throw new LecternError('invalid-request', `"${name}" cannot be a source's name: lower-case letters, digits and hyphens, at most 63.`);
  }
  if (name === 'livekit') throw new LecternError('invalid-request', 'The name "livekit" is kept for the events of a LiveKit server.');
  const secret = secretOf(options);
  await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    if (options.mapping !== undefined) await mappingInForce(tx, options.mapping);
    const id = newId();
    if (!(await insertSource(tx, { id, name, secrets: [secret], mapping: options.mapping ?? null }))) {
      throw new LecternError('invalid-request', `A source called "${name}" exists already; choose another name, or rotate its secret.`);
    }
    await addAudit(tx, ctx, 'source.create', 'source', id);
  });
  return { secret };
}

/** A new secret for a source; the one before it stays good, so that the sender can change over without losing an event. Errors: `not-found`. */
export async function rotateSecret(
  ctx: Omit<Context, 'asOf'>,
  name: string,
  options: Pick<SourceOptions, 'secret'> = {},
): Promise<{ secret: string }> {
  const secret = secretOf(options);
  await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const id = await rotateSource(tx, name, secret);
    if (!id) throw notFound('source', name);
    await addAudit(tx, ctx, 'source.rotate', 'source', id);
  });
  return { secret };
}
