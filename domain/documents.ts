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
  /** What the reader has to know of how it was made. */
  notice: string | null;
}
export interface ParentUpdateContent {
  subject: string;
  paragraphs: string[];
  origin: 'model' | 'extractive';
  notice: string | null;
}
export interface Drafts {
  summary: SummaryContent;
  update: ParentUpdateContent;
}

export const MOST_CLAIMS = 12;
const MOST_TEXT = 600;
const TOLERANCE_MS = 2_000;

const normal = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const atMs = (at: string): number | null => {
  const found = /^(\d{1,4}):([0-5]\d)$/.exec(at);
  return found ? (Number(found[1]) * 60 + Number(found[2])) * 1000 : null;
};

/** Whether the words of a claim stand in the transcript at the time it names (within two seconds). */
export function isGrounded(claim: Pick<Claim, 'at' | 'quote'>, lines: readonly TranscriptLine[]): boolean {
  const ms = atMs(claim.at);
  const quote = normal(claim.quote);
  if (ms === null || quote === '') return false;
  const there = lines.filter((l) => l.startMs - TOLERANCE_MS <= ms && ms <= l.stopMs + TOLERANCE_MS);
  return there.some((l) => normal(l.text).includes(quote)) || normal(there.map((l) => l.text).join(' ')).includes(quote);
}

const FORBIDDEN: [RegExp, string][] = [
  [/https?:\/\/|www\./i, 'holds a web address'],
  [/[\w.+-]+@[\w-]+\.\w+/, 'holds an e-mail address'],
  [/(?:\+?\d[\s().-]?){9,}/, 'holds a phone number'],
  [/<\/?[a-z][^>]*>/i, 'holds HTML'],
  [/ignore (?:all |any )?(?:previous|prior|above) instructions|as an ai\b|system prompt/i, 'repeats an instruction'],
  [/[\u0000\u202a-\u202e\u2066-\u2069]/, 'holds control characters'],
];

/** Why a text may not be shown to a family; null when it may. */
export function textFault(text: string, most = MOST_TEXT): string | null {
  if (text.trim() === '') return 'is empty';
  if (text.length > most) return `is longer than ${most} characters`;
  return FORBIDDEN.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** Names that a draft may not say: capitalised as in the roster of others, whole words only. */
export const namesOthers = (text: string, others: readonly string[]): boolean =>
  others.some((name) => new RegExp(`(^|\\P{L})${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(\\P{L}|$)`, 'u').test(text));

/** Checks texts that a person has edited; gives faults with their path. */
export function checkEdited(kind: 'summary' | 'parent-update', content: unknown): { path: string; message: string }[] {
  const value = content as Partial<SummaryContent & ParentUpdateContent> | null;
  if (value === null || typeof value !== 'object') return [{ path: kind, message: 'is not a document' }];
  const faults: { path: string; message: string }[] = [];
  const text = (path: string, candidate: unknown, most = 2_000): void => {
    const fault = typeof candidate === 'string' ? textFault(candidate, most) : 'is not a text';
    if (fault) faults.push({ path: `${kind}.${path}`, message: fault });
  };
  if (kind === 'summary') {
    text('headline', value.headline, 300);
    if (!Array.isArray(value.claims) || value.claims.length > 50) faults.push({ path: 'summary.claims', message: 'is not a list of at most 50' });
    else value.claims.forEach((c: Partial<Claim> | null, i) => text(`claims.${i}.text`, c?.text));
  } else {
    text('subject', value.subject, 200);
    if (!Array.isArray(value.paragraphs) || value.paragraphs.length === 0 || value.paragraphs.length > 20)
      faults.push({ path: 'parent-update.paragraphs', message: 'is not a list of 1 to 20' });
    else value.paragraphs.forEach((p, i) => text(`paragraphs.${i}`, p));
  }
  return faults;
}
