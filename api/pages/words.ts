import type { Request } from 'express';

/** What families read outside of messages: the join page and the room's. */
export interface Words {
  hello: (name: string) => string;
  starts: (inTime: string) => string;
  join: string;
  revoked: string;
  cancelled: string;
  over: string;
  notOpen: string;
  gone: string;
  goneMore: string;
  failed: string;
  failedMore: string;
  arrived: string;
  arrivedMore: string;
  roomOpen: string;
  roomOpenMore: string;
}

/** A locale without its own reads English. */
const WORDS: Record<string, Words> = {
  en: {
    hello: (name) => `Hello ${name},`,
    starts: (inTime) => `The lesson starts ${inTime}.`,
    join: 'Join the lesson',
    revoked: 'This link is no longer valid, because the lesson was changed. Please use the newest message we sent you.',
    cancelled: 'This lesson does not take place.',
    over: 'This lesson is over.',
    notOpen: 'The room is not open yet. Please try again in a few minutes.',
    gone: 'This link does not work',
    goneMore: 'Please open the link in the newest message we sent you.',
    failed: 'That did not work',
    failedMore: 'Please try again in a moment.',
    arrived: 'You have arrived',
    arrivedMore: 'Your arrival is noted. This is the address of your lesson; your instructor is told that you are here and meets you as agreed.',
    roomOpen: 'Your room is open',
    roomOpenMore:
      'Your arrival is noted. Enter this address and this key in your video app. The key is good for a short time; press the button of your link again for a new one.',
  },
  de: {
    hello: (name) => `Hallo ${name},`,
    starts: (inTime) => `Der Unterricht beginnt ${inTime}.`,
    join: 'Zum Unterricht',
    revoked: 'Dieser Link gilt nicht mehr, weil die Stunde geändert wurde. Bitte nutzen Sie unsere neueste Nachricht.',
    cancelled: 'Diese Stunde findet nicht statt.',
    over: 'Diese Stunde ist vorbei.',
    notOpen: 'Der Raum ist noch nicht offen. Bitte versuchen Sie es in einigen Minuten noch einmal.',
    gone: 'Dieser Link funktioniert nicht',
    goneMore: 'Bitte öffnen Sie den Link in unserer neuesten Nachricht.',
    failed: 'Das hat nicht geklappt',
    failedMore: 'Bitte versuchen Sie es gleich noch einmal.',
    arrived: 'Sie sind da',
    arrivedMore:
      'Ihre Ankunft ist vermerkt. Dies ist die Adresse Ihres Unterrichts; Ihre Lehrkraft erfährt, dass Sie da sind, und trifft Sie wie verabredet.',
    roomOpen: 'Ihr Raum ist offen',
    roomOpenMore:
      'Ihre Ankunft ist vermerkt. Geben Sie diese Adresse und diesen Schlüssel in Ihrer Video-App ein. Der Schlüssel gilt nur kurz; über Ihren Link bekommen Sie einen neuen.',
  },
  es: {
    hello: (name) => `Hola, ${name}:`,
    starts: (inTime) => `La clase empieza ${inTime}.`,
    join: 'Entrar a la clase',
    revoked: 'Este enlace ya no es válido porque la clase ha cambiado. Usa nuestro mensaje más reciente.',
    cancelled: 'Esta clase no tiene lugar.',
    over: 'Esta clase ya ha terminado.',
    notOpen: 'La sala todavía no está abierta. Inténtalo de nuevo en unos minutos.',
    gone: 'Este enlace no funciona',
    goneMore: 'Abre el enlace de nuestro mensaje más reciente.',
    failed: 'No ha funcionado',
    failedMore: 'Inténtalo de nuevo en un momento.',
    arrived: 'Has llegado',
    arrivedMore: 'Tu llegada está anotada. Esta es la dirección de tu clase; tu profesor sabe que estás aquí y se reúne contigo como acordasteis.',
    roomOpen: 'Tu sala está abierta',
    roomOpenMore:
      'Tu llegada está anotada. Introduce esta dirección y esta clave en tu aplicación de vídeo. La clave vale poco tiempo; con tu enlace obtienes otra.',
  },
  fr: {
    hello: (name) => `Bonjour ${name},`,
    starts: (inTime) => `Le cours commence ${inTime}.`,
    join: 'Rejoindre le cours',
    revoked: "Ce lien n'est plus valable, car le cours a été modifié. Utilisez notre message le plus récent.",
    cancelled: "Ce cours n'a pas lieu.",
    over: 'Ce cours est terminé.',
    notOpen: "La salle n'est pas encore ouverte. Réessayez dans quelques minutes.",
    gone: 'Ce lien ne fonctionne pas',
    goneMore: 'Ouvrez le lien de notre message le plus récent.',
    failed: "Cela n'a pas fonctionné",
    failedMore: 'Réessayez dans un instant.',
    arrived: 'Vous êtes arrivé',
    arrivedMore:
      "Votre arrivée est notée. Ceci est l'adresse de votre cours ; votre professeur sait que vous êtes là et vous retrouve comme convenu.",
    roomOpen: 'Votre salle est ouverte',
    roomOpenMore:
      'Votre arrivée est notée. Saisissez cette adresse et cette clé dans votre application vidéo. La clé est valable peu de temps ; votre lien vous en donne une autre.',
  },
};

export interface Spoken {
  /** What the page is written in, dates included: the reader's locale where we have its words, else English. */
  locale: string;
  words: Words;
}

export function wordsFor(locale: string): Spoken {
  const words = WORDS[locale.split('-')[0]!.toLowerCase()];
  return words ? { locale, words } : { locale: 'en', words: WORDS['en']! };
}

/** Before anybody's language is known: what the browser asks for. */
export const wordsOf = (req: Request): Spoken => wordsFor(req.acceptsLanguages(...Object.keys(WORDS)) || 'en');
