import type { Claim, Drafts, Fault, Roster, UpdateText } from './documents';
import { foreignName, ownWords, readSpeech, type Speech } from './foreign-names';
import { addressesMachine, faultIn, MOST_QUOTE, MOST_TEXT, runsOf } from './text-faults';
import type { TranscriptLine } from './transcript';
import { namesIn, wordsOf } from './words';

/** Words that a text of some length cannot do without, by language. */
const COMMON: Record<string, ReadonlySet<string>> = {
  en: new Set(
    'the a an and or of to in on at for with was were is are had has have they she he it that this we you your how what which from by as be not next time lesson'.split(
      ' ',
    ),
  ),
  de: new Set(
    'der die das den dem des ein eine einen einem und oder zu zum zur in im am an auf für mit von bei war waren ist sind hat hatte haben wurde wird sie er es wir ihr was wie nicht noch auch als nach nächste stunde'.split(
      ' ',
    ),
  ),
};
const shareOf = (words: readonly string[], language: string): number => words.filter((w) => COMMON[language]!.has(w)).length / words.length;

/** Whether words are in the language asked for; few different words tell nothing. A language that is not in the list cannot be told; only that it is none of those that are. */
function isIn(language: string, text: string): boolean {
  const words = wordsOf(text).map((w) => w.toLowerCase());
  if (words.length === 0) return false;
  if (new Set(words).size < 12) return true;
  if (COMMON[language]) return shareOf(words, language) >= 0.12;
  return Object.keys(COMMON).every((known) => shareOf(words, known) < 0.25);
}

export interface TextCheck {
  lines: readonly TranscriptLine[];
  roster: Roster;
  /** Title and subject of the session: their words may be used. */
  about: string;
  /** Students present. When there is more than one, the update goes to several families and names none of them. */
  studentNames?: readonly string[];
}

interface Text {
  path: string;
  text: string;
  most: number;
  language: string;
  is: 'line' | 'quote' | 'text';
  toFamilies: boolean;
}

/** Every text of the drafts: where it stands, how long it may be, in what language, and who reads it. */
function textsOf({ summary, update }: Drafts): Text[] {
  const claims = (document: 'summary' | 'update', of: readonly Claim[]): Text[] =>
    of.flatMap((c, i): Text[] => {
      const path = `${document}.claims.${i}`;
      const claim = { language: summary.language, toFamilies: false };
      return [
        { ...claim, path: `${path}.text`, text: c.text, most: MOST_TEXT, is: 'text' },
        { ...claim, path: `${path}.quote`, text: c.quote, most: MOST_QUOTE, is: 'quote' },
      ];
    });
  const toFamilies = (path: string, { language, subject, paragraphs }: UpdateText): Text[] => [
    { path: `${path}.subject`, text: subject, most: 150, language, is: 'line', toFamilies: true },
    ...paragraphs.map((text, i): Text => ({ path: `${path}.paragraphs.${i}`, text, most: 1_200, language, is: 'text', toFamilies: true })),
  ];
  return [
    { path: 'summary.headline', text: summary.headline, most: 200, language: summary.language, is: 'line', toFamilies: false },
    ...claims('summary', summary.claims),
    ...toFamilies('update', update),
    ...update.otherLanguages.flatMap((other, i) => toFamilies(`update.otherLanguages.${i}`, other)),
    ...claims('update', update.claims),
  ];
}

/** Faults of everything a draft says (RELIABILITY 2.16): length, addresses and markup, instructions repeated, names, language. */
export function checkTexts(drafts: Drafts, check: TextCheck): Fault[] {
  const { lines, roster } = check;
  const speech = readSpeech(lines, roster, check.about);
  const forMachine = new Set(lines.filter((l) => addressesMachine(l.text)).flatMap((l) => runsOf(l.text)));
  const families = (check.studentNames ?? []).length > 1 ? check.studentNames! : [];
  const faults = textsOf(drafts).flatMap(({ path, text, most, language, is, toFamilies }): Fault[] => {
    const fault = faultIn(text, most);
    if (fault) return [{ path, ...fault }];
    if (is === 'line' && /[\r\n]/.test(text)) return [{ path, code: 'forbidden', message: 'holds a line break' }];
    if (runsOf(text).some((run) => forMachine.has(run)))
      return [{ path, code: 'instruction', message: 'repeats what the transcript asks of its reader' }];
    const name = is === 'quote' ? null : foreignName(text, roster, speech, language);
    if (name ?? (is === 'quote' && namesIn(text, roster.others ?? [])))
      return [{ path, code: 'name', message: `names ${name ?? 'somebody else'}, who is not on the roster` }];
    if (toFamilies && namesIn(text, families)) return [{ path, code: 'name', message: 'names a student to other families' }];
    return [];
  });
  const updates: [string, UpdateText][] = [
    ['update', drafts.update],
    ...drafts.update.otherLanguages.map((other, i): [string, UpdateText] => [`update.otherLanguages.${i}`, other]),
  ];
  for (const [path, { paragraphs }] of updates)
    if (paragraphs.length === 0) faults.push({ path: `${path}.paragraphs`, code: 'empty', message: 'is empty' });
  return faults.length > 0 ? faults : wrongLanguages(drafts, updates, speech);
}

/** A language is told by many words: all that the summary says by itself, and the paragraphs of each update. */
function wrongLanguages({ summary }: Drafts, updates: readonly [string, UpdateText][], speech: Speech): Fault[] {
  const own = (texts: readonly string[]): string => texts.map((t) => ownWords(t, speech)).join(' ');
  const wholes: [path: string, language: string, text: string][] = [
    ['summary', summary.language, own([summary.headline, ...summary.claims.map((c) => c.text)])],
    ...updates.map(([path, u]): [string, string, string] => [`${path}.paragraphs`, u.language, own(u.paragraphs)]),
  ];
  return wholes.flatMap(([path, language, text]) =>
    isIn(language, text) ? [] : [{ path, code: 'language', message: `is not written in ${language}` }],
  );
}
