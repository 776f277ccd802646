import type { Claim } from './documents';
import type { DraftLanguages } from './languages';

/** What an extract says between its quotations, in one language. */
export interface ExtractWords {
  /** For the reviewer. */
  notice: string;
  /** Families read this one, below the update. */
  updateNotice: string;
  quoted: (text: string) => string;
  list: (words: readonly string[]) => string;
  lesson: string;
  group: string;
  instructor: string;
  covered: (question: string, answer: string | null) => string;
  wentWell: (praise: string, after: string | null) => string;
  toPractise: (hint: string, after: string | null) => string;
  homework: (quote: string) => string;
  said: (quote: string) => string;
  subject: (title: string) => string;
  had: (who: string, title: string, instructor: string) => string;
  themes: (words: string) => string;
  lead: Record<Claim['topic'], string>;
  at: (time: string) => string;
  thanks: string;
  missing: (languages: string, instead: string) => string;
}

const listWith =
  (and: string) =>
  (words: readonly string[]): string =>
    words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${and} ${words.at(-1)}`;

const WORDS: Record<string, ExtractWords> = {
  en: {
    notice: 'This is an extract from the transcript made without a language model; please read it before it is sent.',
    updateNotice:
      'This note was put together from the transcript of the lesson without a language model. Words in quotation marks are as they were transcribed.',
    quoted: (text) => `“${text}”`,
    list: listWith('and'),
    lesson: 'Lesson',
    group: 'The group',
    instructor: 'the instructor',
    covered: (question, answer) => `Asked: ${question}${answer ? ` Answered: ${answer}` : ''}`,
    wentWell: (praise, after) => (after ? `After ${after}, praised: ${praise}` : `Praised: ${praise}`),
    toPractise: (hint, after) => (after ? `After ${after}, looked at again: ${hint}` : `Looked at again: ${hint}`),
    homework: (quote) => `For next time: ${quote}`,
    said: (quote) => `Said: ${quote}`,
    subject: (title) => `${title}: how the lesson went`,
    had: (who, title, instructor) => `${who} had the lesson “${title}” with ${instructor}.`,
    themes: (words) => `Words that came up often: ${words}.`,
    lead: {
      covered: 'One of the things they talked about:',
      'went-well': 'There was praise along the way:',
      'to-practise': 'Worth another look:',
      homework: 'For next time:',
    },
    at: (time) => `at ${time}`,
    thanks: 'Thank you for making time for the lesson.',
    missing: (languages, instead) => `Not available here in ${languages}: those readers get it in ${instead}.`,
  },
  de: {
    notice: 'Dies ist ein Auszug aus der Mitschrift, ohne Sprachmodell erstellt; bitte lesen Sie ihn, bevor er verschickt wird.',
    updateNotice:
      'Diese Nachricht wurde ohne Sprachmodell aus der Mitschrift der Stunde zusammengestellt. Worte in Anführungszeichen stehen so in der Mitschrift.',
    quoted: (text) => `„${text}“`,
    list: listWith('und'),
    lesson: 'Unterricht',
    group: 'Die Gruppe',
    instructor: 'der Lehrkraft',
    covered: (question, answer) => `Gefragt: ${question}${answer ? ` Geantwortet: ${answer}` : ''}`,
    wentWell: (praise, after) => (after ? `Nach ${after} gelobt: ${praise}` : `Gelobt: ${praise}`),
    toPractise: (hint, after) => (after ? `Nach ${after} noch einmal angesehen: ${hint}` : `Noch einmal angesehen: ${hint}`),
    homework: (quote) => `Für das nächste Mal: ${quote}`,
    said: (quote) => `Gesagt: ${quote}`,
    subject: (title) => `${title}: so war die Stunde`,
    had: (who, title, instructor) => `${who} hatte die Stunde „${title}“ bei ${instructor}.`,
    themes: (words) => `Diese Wörter kamen oft vor: ${words}.`,
    lead: {
      covered: 'Darüber wurde unter anderem gesprochen:',
      'went-well': 'Zwischendurch gab es Lob:',
      'to-practise': 'Noch einmal ansehen:',
      homework: 'Für das nächste Mal:',
    },
    at: (time) => `bei ${time}`,
    thanks: 'Danke, dass Sie sich Zeit für die Stunde genommen haben.',
    missing: (languages, instead) => `Hier nicht verfügbar auf ${languages}: Wer das liest, bekommt es auf ${instead}.`,
  },
};

export const hasExtractWords = (language: string): boolean => Object.hasOwn(WORDS, language);
/** A language without words of its own has the English ones. */
export const extractWords = (language: string): ExtractWords => WORDS[language] ?? WORDS['en']!;

/** Says to the reviewer, in the language of the summary, which readers do not get their own; null when all do. */
export function missingNotice({ summary, missing, instead }: DraftLanguages): string | null {
  if (missing.length === 0) return null;
  const words = extractWords(summary);
  const names = new Intl.DisplayNames([hasExtractWords(summary) ? summary : 'en'], { type: 'language' });
  const nameOf = (language: string): string => names.of(language) ?? language;
  return words.missing(words.list(missing.map(nameOf)), nameOf(instead));
}
