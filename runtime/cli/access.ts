import { readFileSync } from 'node:fs';
import { createApiKey } from '../../commands/sign-in';
import { createSource, rotateSecret } from '../../commands/sources';
import { SYSTEM } from '../../commands/context';
import { LecternError } from '../../domain/errors';
import { ROLES, type Role } from '../../domain/vocabulary';
import type { Config } from '../config';
import type { Ground } from '../ground';
import { print, printJson, UsageError } from './output';
import { withGround } from './with-lectern';

const onGround = (config: Config, work: (ground: Ground) => Promise<number>): Promise<number> =>
  withGround(config, work).catch((error: unknown) => {
    if (error instanceof LecternError && error.code !== 'internal') throw new UsageError(error.message);
    throw error;
  });

/** A key for a service: shown once, only its hash is kept. */
export async function runKey(config: Config, name: string, { role, json }: { role: string[]; json?: boolean }): Promise<number> {
  const unknown = role.find((r) => !(ROLES as readonly string[]).includes(r));
  if (unknown !== undefined) throw new UsageError(`"${unknown}" is not a role; one of: ${ROLES.join(', ')}`);
  return onGround(config, async ({ db, first: { organisationId } }) => {
    const { key } = await db.inOrganisation(organisationId, (tx) =>
      createApiKey(tx, { organisationId, name, roles: [...new Set(role as Role[])], now: new Date() }),
    );
    if (json) printJson({ key, name, roles: role });
    else print(`${key}\n(shown this once; send it as Authorization: Bearer <key>)`);
    return 0;
  });
}

export interface SourceCommand {
  rotate?: boolean;
  mapping?: string;
  secret?: boolean;
  json?: boolean;
}

/** A secret on standard input: on the command line it would stay in the shell's history. */
function givenSecret(): string {
  const text = readFileSync(0, 'utf8').trim();
  if (text === '') throw new UsageError('--secret reads the secret from standard input, and there is none.');
  return text;
}

/** A sender of webhooks: its address and its secret, shown once. */
export async function runSource(config: Config, name: string, { rotate, mapping, secret: isGiven, json }: SourceCommand): Promise<number> {
  if (rotate && mapping !== undefined) throw new UsageError('A source keeps its mapping; make another source for another one.');
  const options = { mapping, ...(isGiven && { secret: givenSecret() }) };
  return onGround(config, async ({ db, engines, first: { organisationId } }) => {
    const ctx = { db, organisationId, principal: SYSTEM, requestId: null, secret: engines.secret };
    const { secret } = await (rotate ? rotateSecret(ctx, name, options) : createSource(ctx, name, options));
    const how = mapping === undefined ? 'sign events by Standard Webhooks' : `have events signed as the mapping "${mapping}" says`;
    if (json) printJson({ source: name, path: `/v1/inbound/${name}`, mapping: mapping ?? null, secret });
    else print(`${secret}\n(shown this once; ${how}, and POST them to /v1/inbound/${name})`);
    return 0;
  });
}
