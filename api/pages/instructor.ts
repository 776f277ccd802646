import type { Express, Response } from 'express';
import {
  acknowledgeLink,
  answerOfferLink,
  openAcknowledgementLink,
  openOfferLink,
  type AcknowledgementPage,
  type LinkContext,
  type LinkPage,
  type OfferPage,
} from '../../commands/substitutes/link';
import { LecternError } from '../../domain/errors';
import { timeForReader } from '../../domain/time';
import type { ApiDeps } from '../deps';
import { otherMethods } from '../mount';
import { instructorWords } from './instructor-words';
import { behindLink } from './link';
import { sendPage } from './page';

const TAUGHT: readonly LinkPage['status'][] = ['booked', 'ready', 'live'];

function showOffer(res: Response, token: string, page: OfferPage, note?: string): void {
  const { locale, words } = instructorWords(page.locale);
  const time = (at: Date): string => timeForReader(+at, page.zone, locale);
  const subject = page.subject ? [page.subject] : [];
  const hello = words.hello(page.personGivenName);
  const lines = [hello, time(page.startsAt), ...subject];
  if (page.state !== 'open')
    return sendPage(res, page.state === 'accepted' || page.state === 'declined' ? 200 : 410, {
      locale,
      title: page.sessionTitle,
      lines: [...lines, note ?? words.offer[page.state]],
    });
  if (note !== undefined) return sendPage(res, 409, { locale, title: page.sessionTitle, lines: [...lines, note] });
  sendPage(res, 200, {
    locale,
    title: page.sessionTitle,
    lines: [time(page.startsAt), ...subject, words.students(page.students), `${hello} ${words.offered}`, words.until(time(page.expiresAt))],
    here: `/o/${token}`,
    actions: [
      { href: 'accept', text: words.accept },
      { href: 'decline', text: words.decline },
    ],
  });
}

function showAcknowledgement(res: Response, page: AcknowledgementPage): void {
  const { locale, words } = instructorWords(page.locale);
  const [hello, time] = [words.hello(page.personGivenName), timeForReader(+page.startsAt, page.zone, locale)];
  const lines = [hello, time];
  const title = page.sessionTitle;
  if (page.isOthers) return sendPage(res, 410, { locale, title, lines: [...lines, words.notYours] });
  if (page.acknowledgedAt) return sendPage(res, 200, { locale, title, lines: [...lines, words.confirmed] });
  if (!TAUGHT.includes(page.status)) return sendPage(res, 410, { locale, title, lines: [...lines, words.over] });
  sendPage(res, 200, { locale, title, lines: [time, `${hello} ${words.assigned}`], button: words.confirm });
}

async function answer(at: LinkContext, token: string, which: 'accept' | 'decline', res: Response): Promise<void> {
  const isClash = await answerOfferLink(at, token, which).then(
    () => false,
    (error: unknown) => {
      if (error instanceof LecternError && error.code === 'slot-clash') return true;
      throw error;
    },
  );
  const page = await openOfferLink(at, token);
  showOffer(res, token, page, isClash ? instructorWords(page.locale).words.clash : undefined);
}

async function confirm(at: LinkContext, token: string, res: Response): Promise<void> {
  await acknowledgeLink(at, token).catch((error: unknown) => {
    if (!(error instanceof LecternError && error.code === 'illegal-move')) throw error;
  });
  showAcknowledgement(res, await openAcknowledgementLink(at, token));
}

/**
 * The pages behind the links that instructors get: an offer (/o) and an assignment (/a). GET only shows, because mail scanners open
 * every link; the buttons post.
 */
export function mountInstructorLinks(app: Express, deps: ApiDeps): void {
  const at = (): LinkContext => ({ db: deps.db, secret: deps.secret, asOf: deps.clock() });
  const withToken = (act: (token: string, res: Response) => Promise<void>) => behindLink(deps, act);
  app.get(
    '/o/:token',
    withToken(async (token, res) => showOffer(res, token, await openOfferLink(at(), token))),
  );
  app.all('/o/:token', otherMethods(['GET']));
  for (const which of ['accept', 'decline'] as const) {
    app.post(
      `/o/:token/${which}`,
      withToken((token, res) => answer(at(), token, which, res)),
    );
    app.all(`/o/:token/${which}`, otherMethods(['POST']));
  }
  app.get(
    '/a/:token',
    withToken(async (token, res) => showAcknowledgement(res, await openAcknowledgementLink(at(), token))),
  );
  app.post(
    '/a/:token',
    withToken((token, res) => confirm(at(), token, res)),
  );
  app.all('/a/:token', otherMethods(['GET', 'POST']));
}
