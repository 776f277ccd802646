import { hashOf } from './ids';
import type { TranscriptLine } from './transcript';

export const TOPICS = ['covered', 'went-well', 'to-practise', 'homework'] as const;

/** One statement about the lesson, with the time and the very words it rests on. */
export interface Claim {
  topic: (typeof TOPICS)[number];
  text: string;
  /** "M:SS" into the transcript. */
  at: string;
  quote: string;
}
export interface SummaryContent {
  headline: string;
  claims: Claim[];
  origin: 'model' | 'extractive';
  /** What the reviewer has to know of how it was made. */
  notice: string | null;
}
export interface ParentUpdateContent {
  subject: string;
  paragraphs: string[];
  /** What the paragraphs rest on: for the reviewer, not sent. */
  claims: Claim[];
  origin: 'model' | 'extractive';
  /** Sent below the paragraphs: written so that a family may read it. */
  notice: string | null;
}
export interface Drafts {
  summary: SummaryContent;
  update: ParentUpdateContent;
}

/** Who may be named in a draft, and who of the session's people may not (absent, or another family's child). */
export interface Roster {
  names: readonly string[];
  others?: readonly string[];
}
export interface Fault {
  /** "summary.claims.2.quote" */
  path: string;
  code: 'ungrounded' | 'empty' | 'too-long' | 'forbidden' | 'instruction' | 'name' | 'language';
  message: string;
}

export const MOST_CLAIMS = 12;
const MOST_TEXT = 600;
const MOST_QUOTE = 400;
const TOLERANCE_MS = 2_000;

/** What an approval binds to: equal documents have equal hashes, whatever the order of their keys. */
export const hashDraft = (content: SummaryContent | ParentUpdateContent): string => hashOf(content);

// ---- grounding ------------------------------------------------------------------------------------------------------

const normal = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();

const atMs = (at: string): number | null => {
  const found = /^(\d{1,5}):([0-5]\d)$/.exec(at);
  return found ? (Number(found[1]) * 60 + Number(found[2])) * 1000 : null;
};

/** Whole words only: "art" does not stand in "party". A long quote may end inside a word, where it was cut. */
const standsIn = (words: string, quote: string): boolean => (quote.length >= 20 ? words.includes(quote) : ` ${words} `.includes(` ${quote} `));

const linesAt = (at: string, lines: readonly TranscriptLine[]): TranscriptLine[] => {
  const ms = atMs(at);
  return ms === null ? [] : lines.filter((l) => l.startMs - TOLERANCE_MS <= ms && ms <= l.stopMs + TOLERANCE_MS);
};

/** Whether the words of a claim stand in the transcript at the time it names (within two seconds). */
export function isGrounded(claim: Pick<Claim, 'at' | 'quote'>, lines: readonly TranscriptLine[]): boolean {
  const quote = normal(claim.quote);
  if (quote === '') return false;
  const there = linesAt(claim.at, lines);
  return there.some((l) => standsIn(normal(l.text), quote)) || standsIn(normal(there.map((l) => l.text).join(' ')), quote);
}

const namesIn = (text: string, names: readonly string[]): boolean =>
  names.some((name) => name !== '' && new RegExp(`(^|\\P{L})${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(\\P{L}|$)`, 'u').test(text));

/** Whether a text says one of these names, whole and as written. */
export const namesOthers = namesIn;

/** Faults of a document's claims: a time on which nobody speaks, words that do not stand there, another child's name in them. */
export function checkClaims(content: SummaryContent | ParentUpdateContent, lines: readonly TranscriptLine[], roster: Roster): Fault[] {
  const kind = 'headline' in content ? 'summary' : 'update';
  return content.claims.flatMap((claim, i): Fault[] => {
    const path = `${kind}.claims.${i}`;
    if (linesAt(claim.at, lines).length === 0)
      return [{ path: `${path}.at`, code: 'ungrounded', message: `nobody speaks at ${claim.at.slice(0, 20)}` }];
    if (!isGrounded(claim, lines)) return [{ path: `${path}.quote`, code: 'ungrounded', message: `these words were not said at ${claim.at}` }];
    if (namesIn(claim.quote, roster.others ?? [])) return [{ path: `${path}.quote`, code: 'name', message: 'names somebody else' }];
    return [];
  });
}

// ---- what a text may hold -------------------------------------------------------------------------------------------

/** Digits that one can dial: nine to fifteen, not a decimal fraction, not counting ("10 20 30 40 50") unless led by + or 0. */
function holdsPhone(text: string): boolean {
  for (const [found] of text.matchAll(/(?<![\d.,])[+(]?\d[\d\s().-]{6,}\d(?![\d%])/g)) {
    const digits = found.replace(/\D/g, '').length;
    if (digits < 9 || digits > 15 || /^\d*\.\d+$/.test(found)) continue;
    const counts = found.split(/\D+/).every((group) => group.length <= 2);
    if (!counts || /^[+(0]/.test(found)) return true;
  }
  return false;
}

const INSTRUCTION: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\b[^.!?]{0,30}\b(?:instructions?|prompts?)\b/i,
  /\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b/i,
  /\b(?:system|developer) (?:prompt|message)\b/i,
  /\bI (?:cannot|can't|can’t|am unable to) (?:assist|comply|help with that)\b/i,
  /\byou are (?:now )?(?:chatgpt|an? (?:ai|assistant|language model))\b/i,
];
const FORBIDDEN: readonly [RegExp, string][] = [
  [/\b(?:https?|ftp|mailto|tel|javascript):\S|\bdata:\w+\/|\bwww\./i, 'holds a web address'],
  [
    /\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu|gov|io|ly|co|de|eu|uk|info|biz|app|dev|link|xyz|top|site|shop|online|example|invalid)\b(?!\.\w)/i,
    'holds a web address',
  ],
  [/[\w.+-]+@[\w-]+\.\w+/, 'holds an e-mail address'],
  // "a<b and c>d" is arithmetic; a tag closes at once, has an attribute, or is one that does harm unclosed.
  [/<\/?[a-z][a-z0-9-]*\s*\/?>|<[a-z][a-z0-9-]*\s[^>]*=|<(?:script|style|iframe|img|svg|object|embed|link|meta)\b|<!--/i, 'holds HTML'],
  [/\]\([^)]*\)|\{\{|\{%/, 'holds markup'],
  [
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/,
    'holds control characters',
  ],
];

function faultIn(text: string, most: number): Omit<Fault, 'path'> | null {
  if (text.trim() === '') return { code: 'empty', message: 'is empty' };
  if (text.length > most) return { code: 'too-long', message: `is longer than ${most} characters` };
  if (INSTRUCTION.some((pattern) => pattern.test(text))) return { code: 'instruction', message: 'repeats an instruction' };
  const forbidden = FORBIDDEN.find(([pattern]) => pattern.test(text))?.[1] ?? (holdsPhone(text) ? 'holds a phone number' : null);
  return forbidden ? { code: 'forbidden', message: forbidden } : null;
}

/** Why a text may not be shown to a family; null when it may. */
export const textFault = (text: string, most = MOST_TEXT): string | null => faultIn(text, most)?.message ?? null;

/** Whether a line of a lesson speaks to the machine that will read it rather than to somebody in the room. */
export const addressesMachine = (text: string): boolean =>
  INSTRUCTION.some((pattern) => pattern.test(text)) ||
  /\b(?:AI|[Aa]ssistant|[Cc]hatbot|[Ll]anguage model|Chat ?GPT|GPT)\b.*\b(?:write|say|tell|include|output|add|reply|send|mark|state)\b/.test(text);

const RUN = 5;
const runsOf = (text: string): string[] => {
  const words = normal(text).split(' ');
  return words.slice(0, Math.max(0, words.length - RUN + 1)).map((_, i) => words.slice(i, i + RUN).join(' '));
};

// ---- names ----------------------------------------------------------------------------------------------------------

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
interface Speech {
  allowed: Set<string>;
  said: Set<string>;
  saidSmall: Set<string>;
  /** All words of the lesson, to tell a quotation from the draft's own words. */
  all: string;
}

const wordsOf = (text: string): string[] => text.match(/\p{L}[\p{L}\p{M}]*/gu) ?? [];

function readSpeech(lines: readonly TranscriptLine[], roster: Roster, about: string): Speech {
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
const ownWords = (text: string, speech: Speech): string =>
  text.replace(/“([^”]*)”/g, (all, quote: string) => (standsIn(speech.all, normal(quote)) ? '“”' : all));

/**
 * A name that a text should not say; null when none is found. On purpose it finds less than there is, as a false find costs a good
 * draft: (1) names of others, as written; (2) Mr, Ms, Dr and a name that is not on the roster; (3) a capitalised word that does what
 * people do ("Lena said") or stands beside a name of the roster ("Sam and Lena"), unless the lesson has it in small letters; (4) inside
 * a sentence, a capitalised word that the lesson never has at all. 3 and 4 are for English, where nouns are small. A name that was
 * spoken in the lesson and stands in a draft in another way than these passes; the reviewer is the check for it.
 */
function foreignName(text: string, roster: Roster, speech: Speech, language: string): string | null {
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

// ---- a whole draft --------------------------------------------------------------------------------------------------

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

/** Checks texts that a person has edited; gives faults with their path. */
export function checkEdited(kind: 'summary' | 'parent-update', content: unknown): { path: string; message: string }[] {
  const value = content as Partial<SummaryContent & ParentUpdateContent> | null;
  if (value === null || typeof value !== 'object') return [{ path: kind, message: 'is not a document' }];
  const faults: { path: string; message: string }[] = [];
  const text = (path: string, candidate: unknown, most = 2_000): void => {
    const fault = typeof candidate === 'string' ? textFault(candidate, most) : 'is not a text';
    if (fault) faults.push({ path: `${kind}.${path}`, message: fault });
  };
  const line = (path: string, candidate: unknown, most: number): void => {
    text(path, candidate, most);
    if (typeof candidate === 'string' && /[\r\n]/.test(candidate)) faults.push({ path: `${kind}.${path}`, message: 'holds a line break' });
  };
  if (kind === 'summary') {
    line('headline', value.headline, 300);
    if (!Array.isArray(value.claims) || value.claims.length > 50) faults.push({ path: 'summary.claims', message: 'is not a list of at most 50' });
    else value.claims.forEach((c: Partial<Claim> | null, i) => text(`claims.${i}.text`, c?.text));
  } else {
    line('subject', value.subject, 200);
    if (!Array.isArray(value.paragraphs) || value.paragraphs.length === 0 || value.paragraphs.length > 20)
      faults.push({ path: 'parent-update.paragraphs', message: 'is not a list of 1 to 20' });
    else value.paragraphs.forEach((p, i) => text(`paragraphs.${i}`, p));
  }
  return faults;
}
