import type { Express } from 'express';
import { isId } from '../../domain/ids';
import { LecternError } from '../../domain/errors';
import { otherMethods } from '../mount';
import { sendPage } from './page';
import { wordsOf } from './words';

/** Where the built-in link provider leads: one address a lesson, for organisations that have not connected a video provider. */
export function mountRoom(app: Express): void {
  app.get('/room/:id', (req, res) => {
    if (!isId(req.params.id)) throw new LecternError('not-found', 'There is no such room.');
    const { locale, words } = wordsOf(req);
    sendPage(res, 200, { locale, title: words.arrived, lines: [words.arrivedMore] });
  });
  app.all('/room/:id', otherMethods(['GET']));
}
