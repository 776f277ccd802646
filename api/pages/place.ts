import type { Express, Response } from 'express';
import { answerPlaceLink, openPlaceLink, type PlacePage } from '../../commands/waitlist/link';
import type { LinkContext } from '../../commands/substitutes/link';
import { LecternError, type ErrorCode } from '../../domain/errors';
import { timeForReader } from '../../domain/time';
import type { ApiDeps } from '../deps';
import { otherMethods } from '../mount';
import { behindLink } from './link';
import { sendPage } from './page';
import { placeWords, type PlaceWords } from './place-words';

type Noted = 'held' | 'clash' | 'refused';

const saying = ({ state, wasOffered }: PlacePage, words: PlaceWords): string => {
  if (state === 'offered') return words.offered;
  return state === 'waiting' && wasOffered ? words.taken : words.state[state];
};

function showPlace(res: Response, token: string, page: PlacePage, noted: Noted | null): void {
  const { locale, words } = placeWords(page.locale);
  const time = (at: Date): string => timeForReader(+at, page.zone, locale);
  const lines = [words.waits(page.studentGivenName), time(page.startsAt), words.with(page.instructorGivenName)];
  const shown = { locale, title: page.sessionTitle };
  if (noted) return sendPage(res, noted === 'held' ? 202 : 409, { ...shown, lines: [...lines, words[noted]] });
  if (page.state !== 'offered') {
    const isAnswered = page.state === 'joined' || page.state === 'declined';
    return sendPage(res, isAnswered ? 200 : 410, { ...shown, lines: [...lines, saying(page, words)] });
  }
  sendPage(res, 200, {
    ...shown,
    lines: [...lines, saying(page, words), ...(page.expiresAt ? [words.until(time(page.expiresAt))] : [])],
    here: `/w/${token}`,
    actions: [
      { href: 'accept', text: words.accept },
      { href: 'decline', text: words.decline },
    ],
  });
}

/** Why a place could not be had by somebody to whom it still is offered. */
const NOTES: Partial<Record<ErrorCode, Noted>> = {
  'slot-clash': 'clash',
  'refused-by-policy': 'refused',
  'illegal-move': 'refused',
  'no-place': 'refused',
};

async function answer(at: LinkContext, token: string, which: 'accept' | 'decline', res: Response): Promise<void> {
  const noted = await answerPlaceLink(at, token, which).then(
    ({ isHeld }): Noted | null => (isHeld ? 'held' : null),
    (error: unknown): Noted => {
      const note = error instanceof LecternError ? NOTES[error.code] : undefined;
      if (!note) throw error;
      return note;
    },
  );
  showPlace(res, token, await openPlaceLink(at, token), noted);
}

/** The page behind the link that a family gets when a place is offered. GET only shows, because mail scanners open every link; the buttons post. */
export function mountPlaceLinks(app: Express, deps: ApiDeps): void {
  const at = (): LinkContext => ({ db: deps.db, secret: deps.secret, asOf: deps.clock() });
  const withToken = (act: (token: string, res: Response) => Promise<void>) => behindLink(deps, act);
  app.get(
    '/w/:token',
    withToken(async (token, res) => showPlace(res, token, await openPlaceLink(at(), token), null)),
  );
  app.all('/w/:token', otherMethods(['GET']));
  for (const which of ['accept', 'decline'] as const) {
    app.post(
      `/w/:token/${which}`,
      withToken((token, res) => answer(at(), token, which, res)),
    );
    app.all(`/w/:token/${which}`, otherMethods(['POST']));
  }
}
