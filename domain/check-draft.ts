import type { Drafts, Fault, Roster } from './documents';
import { foreignName, ownWords, readSpeech } from './foreign-names';
import { addressesMachine, faultIn, MOST_QUOTE, MOST_TEXT, runsOf } from './text-faults';
import type { TranscriptLine } from './transcript';
import { namesIn, wordsOf } from './words';

const COMMON_ENGLISH = new Set(
  'the a an and or of to in on at for with was were is are had has have they she he it that this we you your how what which from by as be not next time lesson'.split(
    ' ',
  ),
);

/** Whether words are in the language asked for. Only English can be told; of any other only that there are words. */
function isIn(language: string, text: string): boolean {
  const words = wordsOf(text).map((w) => w.toLowerCase());
  if (words.length === 0) return false;
  return language !== 'en' || words.length < 12 || words.filter((w) => COMMON_ENGLISH.has(w)).length / words.length >= 0.12;
}

export interface TextCheck {
  lines: readonly TranscriptLine[];
  roster: Roster;
  /** Title and subject of the session: their words may be used. */
  about: string;
  /** Students present. When there is more than one, the update goes to several families and names none of them. */
  studentNames?: readonly string[];
  /** BCP 47 primary language, "en" unless given. */
  language?: string;
}

const textsOf = ({ summary, update }: Drafts): [path: string, text: string, most: number][] => [
  ['summary.headline', summary.headline, 200],
  ...summary.claims.flatMap((c, i): [string, string, number][] => [
    [`summary.claims.${i}.text`, c.text, MOST_TEXT],
    [`summary.claims.${i}.quote`, c.quote, MOST_QUOTE],
  ]),
  ['update.subject', update.subject, 150],
  ...update.paragraphs.map((p, i): [string, string, number] => [`update.paragraphs.${i}`, p, 1_200]),
  ...update.claims.flatMap((c, i): [string, string, number][] => [
    [`update.claims.${i}.text`, c.text, MOST_TEXT],
    [`update.claims.${i}.quote`, c.quote, MOST_QUOTE],
  ]),
];

/** Faults of everything a draft says (RELIABILITY 2.16): length, addresses and markup, instructions repeated, names, language. */
export function checkTexts(drafts: Drafts, check: TextCheck): Fault[] {
  const { lines, roster, language = 'en' } = check;
  const speech = readSpeech(lines, roster, check.about);
  const forMachine = new Set(lines.filter((l) => addressesMachine(l.text)).flatMap((l) => runsOf(l.text)));
  const families = (check.studentNames ?? []).length > 1 ? check.studentNames! : [];
  const faults = textsOf(drafts).flatMap(([path, text, most]): Fault[] => {
    const fault = faultIn(text, most);
    if (fault) return [{ path, ...fault }];
    if (/^(summary\.headline|update\.subject)$/.test(path) && /[\r\n]/.test(text))
      return [{ path, code: 'forbidden', message: 'holds a line break' }];
    if (runsOf(text).some((run) => forMachine.has(run)))
      return [{ path, code: 'instruction', message: 'repeats what the transcript asks of its reader' }];
    const isQuote = path.endsWith('.quote');
    const name = isQuote ? null : foreignName(text, roster, speech, language);
    if (name ?? (isQuote && namesIn(text, roster.others ?? [])))
      return [{ path, code: 'name', message: `names ${name ?? 'somebody else'}, who is not on the roster` }];
    if (/^update\.(subject|paragraphs)/.test(path) && namesIn(text, families))
      return [{ path, code: 'name', message: 'names a student to other families' }];
    return [];
  });
  if (drafts.update.paragraphs.length === 0) faults.push({ path: 'update.paragraphs', code: 'empty', message: 'is empty' });
  const own = [drafts.summary.headline, ...drafts.update.paragraphs, ...drafts.summary.claims.map((c) => c.text)]
    .map((t) => ownWords(t, speech))
    .join(' ');
  if (faults.length === 0 && !isIn(language, own))
    faults.push({ path: 'update.paragraphs', code: 'language', message: `is not written in ${language}` });
  return faults;
}
