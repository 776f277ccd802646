import { createApiKey } from '../../commands/sign-in';
import { createSource, rotateSecret } from '../../commands/sources';
import { SYSTEM } from '../../commands/context';
import { LecternError } from '../../domain/errors';
import { ROLES, type Role } from '../../domain/vocabulary';
import { loadConfig } from '../config';
import type { Ground } from '../installation';
import { print, printJson, UsageError } from './output';
import { withGround } from './with-lectern';

const onGround = (work: (ground: Ground) => Promise<number>): Promise<number> =>
  withGround(loadConfig(), work).catch((error: unknown) => {
    if (error instanceof LecternError && error.code !== 'internal') throw new UsageError(error.message);
    throw error;
  });

/** A key for a service: shown once, only its hash is kept. */
export async function runKey(name: string, { role, json }: { role: string[]; json?: boolean }): Promise<number> {
  const unknown = role.find((r) => !(ROLES as readonly string[]).includes(r));
  if (unknown !== undefined) throw new UsageError(`"${unknown}" is not a role; one of: ${ROLES.join(', ')}`);
  return onGround(async ({ db, first: { organisationId } }) => {
    const { key } = await db.inOrganisation(organisationId, (tx) =>
      createApiKey(tx, { organisationId, name, roles: [...new Set(role as Role[])], now: new Date() }),
    );
    if (json) printJson({ key, name, roles: role });
    else print(`${key}\n(shown this once; send it as Authorization: Bearer <key>)`);
    return 0;
  });
}

/** A sender of webhooks: its address and its secret, shown once. */
export async function runSource(name: string, { rotate, json }: { rotate?: boolean; json?: boolean }): Promise<number> {
  return onGround(async ({ db, engines, first: { organisationId } }) => {
    const ctx = { db, organisationId, principal: SYSTEM, requestId: null, secret: engines.secret };
    const { secret } = await (rotate ? rotateSecret(ctx, name) : createSource(ctx, name));
    if (json) printJson({ source: name, path: `/v1/inbound/${name}`, secret });
    else print(`${secret}\n(shown this once; sign events by Standard Webhooks and POST them to /v1/inbound/${name})`);
    return 0;
  });
}
