import type { Request, Response } from 'express';
import type { ApiDeps } from '../deps';
import { reportError } from '../http/errors';
import { sendPage } from './page';
import { wordsOf } from './words';

const TOKEN = /^[A-Za-z0-9_-]{1,200}$/;

/** In the words of the reader's browser, whatever the link was: one that is not good and one that never was look alike. */
function showGone(req: Request, res: Response, status: number): void {
  const { locale, words } = wordsOf(req);
  const isGone = [404, 409, 410].includes(status);
  sendPage(res, status, { locale, title: isGone ? words.gone : words.failed, lines: [isGone ? words.goneMore : words.failedMore] });
}

/** A page behind a link of somebody's own. HEAD does not count as opening it. */
export const behindLink =
  (deps: ApiDeps, act: (token: string, res: Response) => Promise<void>) =>
  async (req: Request<{ token: string }>, res: Response): Promise<void> => {
    try {
      const { token } = req.params;
      if (req.method === 'HEAD') res.status(200).end();
      else if (TOKEN.test(token)) await act(token, res);
      else showGone(req, res, 404);
    } catch (error) {
      showGone(req, res, reportError(deps, req, res, error).status);
    }
  };
