/** The language of every text that says none: message files without one in their name, and what nobody has other words for. */
export const PLAIN_LANGUAGE = 'en';

/** "de" of "de-AT". */
export const languageOf = (locale: string): string => locale.split('-')[0]!.toLowerCase();

/** The language that a reader is written to in: their own where it can be written, else the organisation's, else English. */
export function languageFor(locale: string, organisation: string, canWrite: (language: string) => boolean): string {
  return [locale, organisation].map(languageOf).find(canWrite) ?? PLAIN_LANGUAGE;
}

/** Who will read what is drafted of a lesson, by their locales. */
export interface Readers {
  /** Reads the summary. */
  instructor: string;
  /** Read the update. */
  guardians: readonly string[];
  organisation: string;
  /** Languages that the organisation has messages in. */
  available: ReadonlySet<string>;
}
export const ENGLISH_READERS: Readers = { instructor: 'en', guardians: [], organisation: 'en', available: new Set(['en']) };

export interface DraftLanguages {
  summary: string;
  /** One at least, each once: the organisation's first, then English. */
  updates: [string, ...string[]];
  /** What readers would have liked and do not get, and what they get instead. */
  missing: string[];
  instead: string;
}

/** The languages that a lesson's documents are drafted in. `canWrite` narrows what is available to what the drafter has words for. */
export function languagesFor(readers: Readers, canWrite: (language: string) => boolean = () => true): DraftLanguages {
  const { organisation, available } = readers;
  const isThere = (language: string): boolean => language === PLAIN_LANGUAGE || (available.has(language) && canWrite(language));
  const given = (locale: string): string => languageFor(locale, organisation, isThere);
  const instead = given(organisation);
  const rank = (language: string): number => (language === instead ? 0 : language === PLAIN_LANGUAGE ? 1 : 2);
  const updates = [...new Set(readers.guardians.map(given))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const wanted = [readers.instructor, ...readers.guardians].map(languageOf);
  return {
    summary: given(readers.instructor),
    updates: [updates[0] ?? instead, ...updates.slice(1)],
    missing: [...new Set(wanted)].filter((language) => !isThere(language)).sort(),
    instead,
  };
}
