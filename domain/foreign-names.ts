import type { Roster } from './documents';
import type { TranscriptLine } from './transcript';
import { namesIn, normal, standsIn, wordsOf } from './words';

const PLAIN = new Set(
  (
    'i monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december ' +
    'english german french spanish italian latin greek arabic roman chinese european american british math maths mathematics algebra geometry physics chemistry biology ' +
    'pythagoras pythagorean euclid euclidean cartesian venn fibonacci newton christmas easter ' +
    'he she they we you it everyone everybody someone nobody who one the this that'
  ).split(' '),
);
const PERSON_VERB = '(?:said|says|asked|asks|told|tells|explained|struggled|struggles|helped|answered|laughed|forgot|missed|joined)';
const NAME = "\\p{Lu}\\p{Ll}[\\p{L}'’-]*";

/** What the check of names is given besides the text; made once for a whole draft. */
export interface Speech {
  allowed: Set<string>;
  said: Set<string>;
  saidSmall: Set<string>;
  /** All words of the lesson, to tell a quotation from the draft's own words. */
  all: string;
}

export function readSpeech(lines: readonly TranscriptLine[], roster: Roster, about: string): Speech {
  const said = lines.flatMap((l) => wordsOf(l.text));
  const others = new Set((roster.others ?? []).map((n) => n.toLowerCase()));
  const allowed = [...roster.names.flatMap(wordsOf), ...wordsOf(about)].map((w) => w.toLowerCase()).filter((w) => !others.has(w));
  return {
    allowed: new Set(allowed),
    said: new Set(said.map((w) => w.toLowerCase())),
    saidSmall: new Set(said.filter((w) => w === w.toLowerCase())),
    all: normal(lines.map((l) => l.text).join(' ')),
  };
}

/** The draft's own words: quotations that stand in the lesson are left out, they are checked as quotations. */
export const ownWords = (text: string, speech: Speech): string =>
  text.replace(/„([^“]*)“|“([^”]*)”/g, (all, low?: string, high?: string) => (standsIn(speech.all, normal(low ?? high!)) ? '“”' : all));

/**
 * A name that a text should not say; null when none is found. On purpose it finds less than there is, as a false find costs a good
 * draft: (1) names of others, as written; (2) Mr, Ms, Dr and a name that is not on the roster; (3) a capitalised word that does what
 * people do ("Lena said") or stands beside a name of the roster ("Sam and Lena"), unless the lesson has it in small letters; (4) inside
 * a sentence, a capitalised word that the lesson never has at all. 3 and 4 are for English, where nouns are small. A name that was
 * spoken in the lesson and stands in a draft in another way than these passes; the reviewer is the check for it.
 */
export function foreignName(text: string, roster: Roster, speech: Speech, language: string): string | null {
  const other = (roster.others ?? []).find((name) => namesIn(text, [name]));
  if (other) return other;
  const isKnown = (word: string): boolean => {
    const small = word.toLowerCase().replace(/['’]s$/, '');
    return speech.allowed.has(small) || PLAIN.has(small);
  };
  const own = ownWords(text, speech);
  const firstUnknown = (pattern: RegExp, isFine: (w: string) => boolean): string | null =>
    [...own.matchAll(pattern)].map((m) => m[1]!).find((w) => !isFine(w)) ?? null;
  const titled = firstUnknown(new RegExp(`\\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Frau)\\.?\\s+(${NAME})`, 'gu'), isKnown);
  if (titled || language !== 'en') return titled;
  const isFine = (w: string): boolean => isKnown(w) || speech.saidSmall.has(w.toLowerCase());
  const roll = roster.names.flatMap(wordsOf).join('|') || '\\b\\B';
  const person =
    firstUnknown(new RegExp(`(?<!\\p{L})(${NAME})\\s+${PERSON_VERB}\\b`, 'gu'), isFine) ??
    firstUnknown(new RegExp(`(?<!\\p{L})(?:${roll})\\s+(?:and|with)\\s+(${NAME})`, 'gu'), isFine) ??
    firstUnknown(new RegExp(`(?<!\\p{L})(${NAME})\\s+and\\s+(?:${roll})(?!\\p{L})`, 'gu'), isFine);
  return (
    person ??
    inventedName(
      own,
      (w) => isKnown(w) || speech.said.has(w.toLowerCase().replace(/['’]s$/, '')) || speech.said.has(w.toLowerCase().replace(/e?s$/, '')),
    )
  );
}

/** Inside a sentence, a capitalised word that the lesson never has. A heading in capitals says nothing and is left alone. */
function inventedName(text: string, isFine: (word: string) => boolean): string | null {
  const long = wordsOf(text).filter((w) => w.length > 3);
  if (long.filter((w) => /^\p{Lu}/u.test(w)).length * 2 > long.length) return null;
  return [...text.matchAll(new RegExp(`(?<=[\\p{L}\\p{N},] )(${NAME})`, 'gu'))].map((m) => m[1]!).find((w) => !isFine(w)) ?? null;
}
