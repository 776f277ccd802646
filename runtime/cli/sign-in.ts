import { createSignInLink } from '../../commands/sign-in';
import { firstAdmin } from '../../db/access-tokens';
import type { Config } from '../config';
import { runningServer } from '../engines/server-claim';
import { print, printJson, progress } from './output';
import { withGround } from './with-lectern';

/** Where a server answers, or would once it is started. */
async function addressOf(config: Config): Promise<{ url: string; isUp: boolean }> {
  const running = await runningServer(config.lecternHome);
  if (running) return { url: running, isUp: true };
  return { url: config.publicUrl ?? `http://${config.host}:${config.port}`, isUp: config.publicUrl !== undefined };
}

/** `lectern sign-in`: a new one-time link for the first admin. */
export const runSignIn = (config: Config, { json }: { json?: boolean }): Promise<number> =>
  withGround(config, async ({ db, first: { organisationId } }) => {
    const { url, isUp } = await addressOf(config);
    const link = await db.inOrganisation(organisationId, async (tx) =>
      createSignInLink(tx, { organisationId, principalId: await firstAdmin(tx), now: new Date() }),
    );
    if (json) printJson({ url: url + link.path, expiresAt: link.expiresAt });
    else print(`${url}${link.path}\n(works once, until ${link.expiresAt.toISOString()})`);
    if (!isUp) progress('Lectern does not run now: npm start, then open it');
    return 0;
  });
