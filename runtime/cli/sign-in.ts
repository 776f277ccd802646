import { createSignInLink } from '../../commands/sign-in';
import { firstAdmin } from '../../db/access-tokens';
import type { Config } from '../config';
import { print, printJson, progress } from './output';
import { withLectern } from './with-lectern';

/** `lectern sign-in`: a new one-time link for the first admin. */
export const runSignIn = (config: Config, { json }: { json?: boolean }): Promise<number> =>
  withLectern(config, async (lectern) => {
    const { organisationId } = lectern.first;
    const link = await lectern.db.inOrganisation(organisationId, async (tx) =>
      createSignInLink(tx, { organisationId, principalId: await firstAdmin(tx), now: new Date() }),
    );
    if (json) printJson({ url: lectern.url + link.path, expiresAt: link.expiresAt });
    else print(`${lectern.url}${link.path}\n(works once, until ${link.expiresAt.toISOString()})`);
    if (lectern.isOurs) progress('this Lectern runs only as long as this command; use npm start to keep it running');
    return 0;
  });
