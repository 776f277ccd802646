/**
 * Values in a message are data. Whatever a person wrote (a name, a title, goals, a reason) is shown as it was written and does
 * nothing: no markup, no line or header of its own, nothing that a mail program turns into a link.
 */

/** Facts that hold addresses of our own making; they are to be links. */
const OWN_ADDRESSES = ['url', 'joinUrl'];
export const isOwnAddress = (variable: string): boolean => OWN_ADDRESSES.includes(variable.split('.').at(-1)!);

/** Facts that are texts of several lines; every other value stands on one. */
const TEXTS = ['text', 'paragraphs'];

/** Control and direction-overriding characters, and line ends that are none to us but to a mail program. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u0084\u0086-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LINE_ENDS = /\r\n?|[\u0085\u2028\u2029]/g;
const clean = (value: string): string => value.replace(LINE_ENDS, '\n').replace(UNSEEN, '');
export const oneLine = (value: string): string => clean(value).replace(/\s+/g, ' ').trim();

/** Parts a link where a mail program would see one: it is invisible, and no address goes on behind it. */
const APART = '\u200c';

/** Mail programs make links of plain text (addresses, domains, mailboxes, numbers after a scheme); a value gives them none. */
export const withoutLinks = (value: string): string =>
  value
    .replace(/(?<=[a-z][a-z0-9+.-]*):(?=\S)/gi, `:${APART}`)
    .replace(/\/\/(?=\S)/g, `/${APART}/`)
    .replace(/([.\uff0e\u3002\uff61])(?=\p{L})/gu, `$1${APART}`)
    .replace(/@(?=\S)/g, `@${APART}`);

/** A text keeps its lines, but none of them is set in: four spaces would make it a block of code. */
const lines = (value: string): string =>
  clean(value)
    .replace(/^[^\S\n]+/gm, '')
    .trim();

/** The facts of a message with every value made harmless; numbers and truth values are left as they are. */
export function asValues(facts: unknown, name = ''): unknown {
  if (typeof facts === 'string') {
    if (OWN_ADDRESSES.includes(name)) return oneLine(facts);
    return withoutLinks(TEXTS.includes(name) ? lines(facts) : oneLine(facts));
  }
  if (Array.isArray(facts)) return facts.map((item) => asValues(item, name));
  if (facts === null || typeof facts !== 'object') return facts;
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, asValues(value, key)]));
}

/** Every mark of Markdown is one of these, and a backslash makes each of them a letter; an entity begins with &. */
export const escapeMarkdown = (value: string): string => value.replace(/[!-/:-@[-`{-~]/g, '\\$&');
