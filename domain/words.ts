/** Words as they are compared: a quotation with what was said, a name with a text. */
export const normal = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();

/** Whole words only: "art" does not stand in "party". A long quote may end inside a word, where it was cut. */
export const standsIn = (words: string, quote: string): boolean => (quote.length >= 20 ? words.includes(quote) : ` ${words} `.includes(` ${quote} `));

/** Whether a text says one of these names, whole and as written. */
export const namesIn = (text: string, names: readonly string[]): boolean =>
  names.some((name) => name !== '' && new RegExp(`(^|\\P{L})${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(\\P{L}|$)`, 'u').test(text));

export const wordsOf = (text: string): string[] => text.match(/\p{L}[\p{L}\p{M}]*/gu) ?? [];
