import type { Express } from 'express';
import { isId } from '../../domain/ids';
import { LecternError } from '../../domain/errors';
import { otherMethods } from '../mount';
import { sendPage } from './page';

/** Where the built-in link provider leads: one address a lesson, for organisations that have not connected a video provider. */
export function mountRoom(app: Express): void {
  app.get('/room/:id', (req, res) => {
    if (!isId(req.params.id)) throw new LecternError('not-found', 'There is no such room.');
    sendPage(res, 200, {
      locale: 'en',
      title: 'You have arrived',
      lines: ['Your arrival is noted. This is the address of your lesson; your instructor is told that you are here and meets you as agreed.'],
    });
  });
  app.all('/room/:id', otherMethods(['GET']));
}
