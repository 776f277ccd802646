import type { Express, Response } from 'express';
import { openJoinLink, recordArrival, type JoinPage } from '../../commands/join';
import { LecternError } from '../../domain/errors';
import type { ApiDeps, WayIn } from '../deps';
import { contentSecurityPolicy } from '../http/security';
import { otherMethods } from '../mount';
import { behindLink } from './link';
import { sendPage } from './page';
import { wordsFor, type Words } from './words';

const NOT_TAKING_PLACE = new Set(['cancelled', 'refused', 'expired']);
const OVER = new Set(['settling', 'settled', 'documenting']);

function when({ startsAt, endsAt, zone }: JoinPage, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  return format.formatRange(startsAt, endsAt);
}

/** "in 3 hours", in the page's language; the largest unit that fits. */
function until(startsAt: Date, asOf: Date, locale: string): string {
  const minutes = Math.ceil((+startsAt - +asOf) / 60_000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  if (minutes >= 2 * 1440) return format.format(Math.floor(minutes / 1440), 'day');
  if (minutes >= 2 * 60) return format.format(Math.floor(minutes / 60), 'hour');
  return format.format(minutes, 'minute');
}

function whyClosed(page: JoinPage, words: Words): string | null {
  if (NOT_TAKING_PLACE.has(page.status)) return words.cancelled;
  if (OVER.has(page.status)) return words.over;
  return page.revoked ? words.revoked : null;
}

interface Seen {
  page: JoinPage;
  asOf: Date;
  /** The button was pressed before there was a room. */
  tooEarly?: boolean;
}

function show(res: Response, { page, asOf, tooEarly = false }: Seen): void {
  const { locale, words } = wordsFor(page.locale);
  const lines = [words.hello(page.personGivenName), when(page, locale)];
  const closed = whyClosed(page, words);
  if (closed !== null) lines.push(closed);
  else {
    if (page.startsAt > asOf) lines.push(words.starts(until(page.startsAt, asOf, locale)));
    if (tooEarly) lines.push(words.notOpen);
  }
  const status = closed !== null ? 410 : tooEarly ? 503 : 200;
  sendPage(res, status, { locale, title: page.sessionTitle, lines, ...(closed === null ? { button: words.join } : {}) });
}

/** How to come in, for who has an app for it: the server's address, and the token that is good for the next moments. */
function showWayIn(res: Response, readerLocale: string, way: WayIn): void {
  const { locale, words } = wordsFor(readerLocale);
  sendPage(res, 200, { locale, title: words.roomOpen, lines: [words.roomOpenMore, way.url, way.token] });
}

/** Arrives, and leads to the room; a lesson without one (yet, or any more) shows its page again with the reason. */
async function arrive(deps: ApiDeps, token: string, res: Response): Promise<void> {
  const asOf = deps.clock();
  const outcome = await recordArrival(deps.db, token, { asOf }).catch((error: unknown) => {
    if (error instanceof LecternError && ['unavailable', 'link-expired'].includes(error.code)) return error.code;
    throw error;
  });
  if (typeof outcome === 'string') {
    return show(res, { page: await openJoinLink(deps.db, token, { asOf }), asOf, tooEarly: outcome === 'unavailable' });
  }
  const way = await deps.wayIn(outcome.provider, outcome.providerRoomId, outcome.person);
  if (way && !way.isPage) return showWayIn(res, outcome.locale, way);
  const url = new URL(way?.url ?? outcome.roomUrl, deps.publicUrl());
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error('The room has an address that is none of the web.');
  res.set('cache-control', 'no-store').redirect(303, url.href);
}

/**
 * The page behind a join link. GET shows it (mail scanners only GET; HEAD does not even count as opening), the button's POST
 * records the arrival and leads to the room.
 */
export function mountJoin(app: Express, deps: ApiDeps): void {
  // A form may lead to the room's own site; browsers apply form-action to redirects too.
  const policy = contentSecurityPolicy({ 'form-action': "'self' https: http:" });
  const withToken = (act: (token: string, res: Response) => Promise<void>) =>
    behindLink(deps, (token, res) => {
      res.set('content-security-policy', policy);
      return act(token, res);
    });
  app.get(
    '/j/:token',
    withToken(async (token, res) => {
      const asOf = deps.clock();
      show(res, { page: await openJoinLink(deps.db, token, { asOf }), asOf });
    }),
  );
  app.post(
    '/j/:token',
    withToken((token, res) => arrive(deps, token, res)),
  );
  app.all('/j/:token', otherMethods(['GET', 'POST']));
}
