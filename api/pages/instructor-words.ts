import type { OfferState } from '../../domain/vocabulary';

/** What instructors read on the pages behind the links of an offer and of an assignment. */
export interface InstructorWords {
  hello: (name: string) => string;
  offered: string;
  assigned: string;
  students: (n: number) => string;
  until: (time: string) => string;
  accept: string;
  decline: string;
  confirm: string;
  confirmed: string;
  notYours: string;
  over: string;
  offer: Record<Exclude<OfferState, 'open'>, string>;
  clash: string;
}

const WORDS: Record<string, InstructorWords> = {
  en: {
    hello: (name) => `Hello ${name},`,
    offered: 'this lesson is offered to you. Others may be asked at the same time; whoever says yes first teaches it.',
    assigned: 'you teach this lesson. Please confirm that you know of it.',
    students: (n) => (n === 1 ? 'One student' : `${n} students`),
    until: (time) => `Please answer by ${time}.`,
    accept: 'Yes, I teach it',
    decline: 'No, I cannot',
    confirm: 'I know of it',
    confirmed: 'Thank you, it is noted that you know of this lesson.',
    notYours: 'This lesson is taught by somebody else by now. You need not do anything.',
    over: 'This lesson is over, or does not take place.',
    offer: {
      accepted: 'Thank you: you teach this lesson. Everything you need comes in messages of its own.',
      declined: 'Thank you for your answer. You need not do anything else.',
      expired: 'The time to answer is over. You need not do anything.',
      released: 'This lesson is already covered, or needs nobody any more. Thank you all the same; you need not do anything.',
      withdrawn: 'This lesson could not be given to you: something has changed since it was offered. You need not do anything.',
    },
    clash: 'You have another lesson at that time, so this one could not be given to you.',
  },
  de: {
    hello: (name) => `Guten Tag ${name},`,
    offered: 'diese Stunde wird Ihnen angeboten. Vielleicht fragen wir gleichzeitig andere; wer zuerst zusagt, unterrichtet.',
    assigned: 'Sie unterrichten diese Stunde. Bitte bestätigen Sie, dass Sie davon wissen.',
    students: (n) => (n === 1 ? 'Ein Lernender' : `${n} Lernende`),
    until: (time) => `Bitte antworten Sie bis ${time}.`,
    accept: 'Ja, ich unterrichte',
    decline: 'Nein, ich kann nicht',
    confirm: 'Ich weiß davon',
    confirmed: 'Danke, es ist vermerkt, dass Sie von dieser Stunde wissen.',
    notYours: 'Diese Stunde unterrichtet inzwischen jemand anderes. Sie brauchen nichts zu tun.',
    over: 'Diese Stunde ist vorbei oder findet nicht statt.',
    offer: {
      accepted: 'Danke: Sie unterrichten diese Stunde. Alles, was Sie brauchen, kommt in eigenen Nachrichten.',
      declined: 'Danke für Ihre Antwort. Sie brauchen nichts weiter zu tun.',
      expired: 'Die Zeit für eine Antwort ist vorbei. Sie brauchen nichts zu tun.',
      released: 'Diese Stunde ist schon vergeben oder braucht niemanden mehr. Trotzdem danke; Sie brauchen nichts zu tun.',
      withdrawn: 'Diese Stunde konnte Ihnen nicht gegeben werden: Seit dem Angebot hat sich etwas geändert. Sie brauchen nichts zu tun.',
    },
    clash: 'Sie haben zu dieser Zeit eine andere Stunde, darum konnte Ihnen diese nicht gegeben werden.',
  },
};

/** In the reader's language where there are words for it, else in English. */
export function instructorWords(locale: string): { locale: string; words: InstructorWords } {
  const words = WORDS[locale.split('-')[0]!.toLowerCase()];
  return words ? { locale, words } : { locale: 'en', words: WORDS.en! };
}
