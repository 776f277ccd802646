import type { Express } from 'express';
import { signInWorks, signOut, useSignIn } from '../../commands/sign-in';
import type { ApiDeps } from '../deps';
import { authenticate } from '../auth/authenticate';
import { clearLogin, writeLogin } from '../auth/cookie';
import { refuseOtherSites } from '../auth/same-origin';
import { reportError } from '../http/errors';
import { otherMethods } from '../mount';
import { realNow } from '../real-time';
import { sendPage } from './page';

const GONE = {
  locale: 'en',
  title: 'This sign-in link does not work',
  lines: ['It was used already, has expired or never existed.', 'Ask for a new one, or make one with: npx lectern sign-in'],
  link: { href: '/', text: 'To the start page' },
};

/** GET shows a button and changes nothing, so that a mail scanner cannot use the link up; POST consumes it once and sets the login. */
export function mountSignIn(app: Express, deps: ApiDeps): void {
  app.get('/sign-in/:token', async (req, res) => {
    const works = await signInWorks(deps.db, req.params.token, realNow());
    if (works)
      sendPage(res, 200, {
        locale: 'en',
        title: 'Sign in to Lectern',
        lines: ['This link works once, in the browser that you press the button in.'],
        button: 'Sign in',
      });
    else sendPage(res, 410, GONE);
  });
  app.post('/sign-in/:token', async (req, res) => {
    try {
      refuseOtherSites(deps, req, 'may-be-silent');
      const { login, expiresAt } = await useSignIn(deps.db, req.params.token, realNow());
      writeLogin(deps, res, login, expiresAt);
      res.set('cache-control', 'no-store').redirect(303, '/');
    } catch (error) {
      const known = reportError(deps, req, res, error);
      if (known.code === 'link-expired') sendPage(res, 410, GONE);
      else sendPage(res, known.status, { locale: 'en', title: 'Signing in did not work', lines: [known.message, known.remedy] });
    }
  });
  app.all('/sign-in/:token', otherMethods(['GET', 'POST']));
  app.post('/sign-out', async (req, res) => {
    const caller = await authenticate(deps, req);
    if (caller.via === 'login') await signOut(deps.db, caller.organisationId, caller.token, realNow());
    clearLogin(deps, res);
    res.status(204).end();
  });
  app.all('/sign-out', otherMethods(['POST']));
}
