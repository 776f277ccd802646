import type { WaitlistState } from '../../domain/vocabulary';

/** What a family reads on the page behind the link of an offered place. */
export interface PlaceWords {
  waits: (student: string) => string;
  with: (instructor: string) => string;
  offered: string;
  until: (time: string) => string;
  accept: string;
  decline: string;
  state: Record<Exclude<WaitlistState, 'offered'>, string>;
  /** Somebody else was sooner; the student waits on. */
  taken: string;
  held: string;
  clash: string;
  refused: string;
}

const WORDS: Record<string, PlaceWords> = {
  en: {
    waits: (student) => `For ${student}:`,
    with: (instructor) => `With ${instructor}`,
    offered: 'A place is free. Nothing is booked before you say yes here.',
    until: (time) => `Please answer by ${time}.`,
    accept: 'Yes, book the place',
    decline: 'No, thank you',
    state: {
      waiting: 'No place is free at the moment. You are on the waiting list, and we write when one is.',
      joined: 'The place is booked. Everything you need comes in messages of its own.',
      declined: 'Thank you for your answer. Nothing is booked, and you need not do anything else.',
      expired: 'The time to answer is over, and the place was offered to somebody else. Nothing is booked.',
      removed: 'You are not on the waiting list any more. Nothing is booked.',
      closed: 'The waiting list is closed: the lesson has begun, or does not take place. Nothing is booked.',
    },
    taken: 'Somebody else answered sooner and has the place. You stay on the waiting list, and we write when another one is free.',
    held: 'Thank you. We have to look at it first, and write to you.',
    clash: 'There is another lesson at that time, so the place could not be booked. It stays offered until then.',
    refused: 'The place could not be booked. It stays offered until then; please write to us.',
  },
  de: {
    waits: (student) => `Für ${student}:`,
    with: (instructor) => `Mit ${instructor}`,
    offered: 'Ein Platz ist frei. Solange Sie hier nicht zusagen, ist nichts gebucht.',
    until: (time) => `Bitte antworten Sie bis ${time}.`,
    accept: 'Ja, Platz buchen',
    decline: 'Nein, danke',
    state: {
      waiting: 'Zurzeit ist kein Platz frei. Sie stehen auf der Warteliste; wir schreiben, sobald einer frei ist.',
      joined: 'Der Platz ist gebucht. Alles, was Sie brauchen, kommt in eigenen Nachrichten.',
      declined: 'Danke für Ihre Antwort. Es ist nichts gebucht, und Sie brauchen nichts weiter zu tun.',
      expired: 'Die Zeit für eine Antwort ist vorbei, der Platz wurde jemand anderem angeboten. Es ist nichts gebucht.',
      removed: 'Sie stehen nicht mehr auf der Warteliste. Es ist nichts gebucht.',
      closed: 'Die Warteliste ist geschlossen: Die Stunde hat begonnen oder findet nicht statt. Es ist nichts gebucht.',
    },
    taken: 'Jemand anderes hat schneller zugesagt und hat den Platz. Sie bleiben auf der Warteliste; wir schreiben, sobald ein anderer frei ist.',
    held: 'Danke. Wir müssen uns das zuerst ansehen und schreiben Ihnen.',
    clash: 'Zu dieser Zeit ist schon eine andere Stunde, darum konnte der Platz nicht gebucht werden. Er bleibt bis dahin angeboten.',
    refused: 'Der Platz konnte nicht gebucht werden. Er bleibt bis dahin angeboten; bitte schreiben Sie uns.',
  },
};

/** In the reader's language where there are words for it, else in English. */
export function placeWords(locale: string): { locale: string; words: PlaceWords } {
  const words = WORDS[locale.split('-')[0]!.toLowerCase()];
  return words ? { locale, words } : { locale: 'en', words: WORDS.en! };
}
