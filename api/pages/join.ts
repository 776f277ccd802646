import type { Express, Request, Response } from 'express';
import { openJoinLink, recordArrival, type JoinPage } from '../../commands/join';
import type { ApiDeps } from '../deps';
import { reportError } from '../http/errors';
import { contentSecurityPolicy } from '../http/security';
import { otherMethods } from '../mount';
import { sendPage } from './page';

interface Words {
  hello: (name: string) => string;
  join: string;
  revoked: string;
  over: string;
  gone: string;
  goneMore: string;
  failed: string;
}
/** The few words of this page; a locale without its own reads English. */
const WORDS: Record<string, Words> = {
  en: {
    hello: (name) => `Hello ${name},`,
    join: 'Join the lesson',
    revoked: 'This link is no longer valid, because the lesson was changed. Please use the newest message we sent you.',
    over: 'This lesson does not take place or is over.',
    gone: 'This link does not work',
    goneMore: 'Please open the link in the newest message we sent you.',
    failed: 'That did not work. Please try again in a moment.',
  },
  de: {
    hello: (name) => `Hallo ${name},`,
    join: 'Zum Unterricht',
    revoked: 'Dieser Link gilt nicht mehr, weil die Stunde geändert wurde. Bitte nutzen Sie unsere neueste Nachricht.',
    over: 'Diese Stunde findet nicht statt oder ist vorbei.',
    gone: 'Dieser Link funktioniert nicht',
    goneMore: 'Bitte öffnen Sie den Link in unserer neuesten Nachricht.',
    failed: 'Das hat nicht geklappt. Bitte versuchen Sie es gleich noch einmal.',
  },
  es: {
    hello: (name) => `Hola, ${name}:`,
    join: 'Entrar a la clase',
    revoked: 'Este enlace ya no es válido porque la clase ha cambiado. Usa nuestro mensaje más reciente.',
    over: 'Esta clase no tiene lugar o ya ha terminado.',
    gone: 'Este enlace no funciona',
    goneMore: 'Abre el enlace de nuestro mensaje más reciente.',
    failed: 'No ha funcionado. Inténtalo de nuevo en un momento.',
  },
  fr: {
    hello: (name) => `Bonjour ${name},`,
    join: 'Rejoindre le cours',
    revoked: "Ce lien n'est plus valable, car le cours a été modifié. Utilisez notre message le plus récent.",
    over: "Ce cours n'a pas lieu ou est terminé.",
    gone: 'Ce lien ne fonctionne pas',
    goneMore: 'Ouvrez le lien de notre message le plus récent.',
    failed: "Cela n'a pas fonctionné. Réessayez dans un instant.",
  },
};
const wordsFor = (locale: string): Words => WORDS[locale.split('-')[0]!] ?? WORDS['en']!;

/** Before anybody's language is known: what the browser asks for. */
const wordsOf = (req: Request): { locale: string; words: Words } => {
  const locale = req.acceptsLanguages(...Object.keys(WORDS)) || 'en';
  return { locale, words: wordsFor(locale) };
};

const TOKEN = /^[A-Za-z0-9_-]{1,200}$/;
const OVER = new Set(['cancelled', 'refused', 'expired', 'settling', 'settled', 'documenting']);

function when({ startsAt, endsAt, zone, locale }: JoinPage): string {
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

function show(res: Response, page: JoinPage): void {
  const words = wordsFor(page.locale);
  const lines = [words.hello(page.personGivenName), when(page)];
  const isOver = OVER.has(page.status);
  if (isOver) lines.push(words.over);
  else if (page.revoked) lines.push(words.revoked);
  const closed = isOver || page.revoked;
  sendPage(res, closed ? 410 : 200, { locale: page.locale, title: page.sessionTitle, lines, ...(closed ? {} : { button: words.join }) });
}

/**
 * The page behind a join link. GET shows it (mail scanners only GET; HEAD does not even count as opening), the button's POST
 * records the arrival and leads to the room.
 */
export function mountJoin(app: Express, deps: ApiDeps): void {
  // A form may lead to the room's own site; browsers apply form-action to redirects too.
  const policy = contentSecurityPolicy({ 'form-action': "'self' https: http:" });
  const failed = (req: Request, res: Response, error: unknown): void => {
    const known = reportError(deps, req, res, error);
    const { locale, words } = wordsOf(req);
    const gone = known.status === 404 || known.status === 410 || known.status === 409;
    sendPage(res, known.status, { locale, title: words.gone, lines: [gone ? words.goneMore : words.failed] });
  };
  const withToken =
    (act: (token: string, res: Response) => Promise<void>) =>
    async (req: Request<{ token: string }>, res: Response): Promise<void> => {
      res.set('content-security-policy', policy);
      try {
        const { token } = req.params;
        if (req.method === 'HEAD') res.status(200).end();
        else if (TOKEN.test(token)) await act(token, res);
        else sendPage(res, 404, { locale: wordsOf(req).locale, title: wordsOf(req).words.gone, lines: [wordsOf(req).words.goneMore] });
      } catch (error) {
        failed(req, res, error);
      }
    };
  const now = (): { asOf: Date; secret: string } => ({ asOf: deps.clock(), secret: deps.secret });
  app.get(
    '/j/:token',
    withToken(async (token, res) => show(res, await openJoinLink(deps.db, token, now()))),
  );
  app.post(
    '/j/:token',
    withToken(async (token, res) => {
      const { roomUrl } = await recordArrival(deps.db, token, now());
      const url = new URL(roomUrl, deps.publicUrl());
      if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error('The room has an address that is none of the web.');
      res.set('cache-control', 'no-store').redirect(303, url.href);
    }),
  );
  app.all('/j/:token', otherMethods(['GET', 'POST']));
}
