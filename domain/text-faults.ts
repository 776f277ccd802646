import type { Fault } from './documents';
import { normal } from './words';

/** The longest text and quotation that a draft may hold, in characters. */
export const MOST_TEXT = 600;
export const MOST_QUOTE = 400;

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

export function faultIn(text: string, most: number): Omit<Fault, 'path'> | null {
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
/** The runs of five words of a text, by which a repetition is found. */
export const runsOf = (text: string): string[] => {
  const words = normal(text).split(' ');
  return words.slice(0, Math.max(0, words.length - RUN + 1)).map((_, i) => words.slice(i, i + RUN).join(' '));
};
