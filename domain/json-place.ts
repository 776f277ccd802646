type Wanted = 'value' | 'first-item' | 'key' | 'first-key' | 'colon' | 'after';
const CLOSING = { '{': '}', '[': ']' } as const;
const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\r\n]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function matchAt(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** Where a string that opens at `from` ends, or what of it is wrong. */
function endOfText(text: string, from: number): { end: number } | { fault: number } {
  for (let at = from + 1; ;) {
    const c = text[at];
    if (c === '"') return { end: at + 1 };
    if (c === undefined || c < ' ') return { fault: at };
    const next = c === '\\' ? matchAt(ESCAPE, text, at) : at + 1;
    if (next === null) return { fault: at };
    at = next;
  }
}

/** The position of the first character of a text that no JSON has there, its length when it only ends too early. The parser does not always say. */
export function jsonFaultAt(text: string): number {
  const open: ('{' | '[')[] = [];
  let wanted = 'value' as Wanted;
  for (let at = 0; ;) {
    at = matchAt(SPACE, text, at)!;
    const c = text[at];
    if (c === undefined) return at;
    const inside = open.at(-1);
    let next: number | null = at + 1;
    if (wanted === 'after') {
      if (inside !== undefined && c === ',') wanted = inside === '{' ? 'key' : 'value';
      else if (inside !== undefined && c === CLOSING[inside]) open.pop();
      else next = null;
    } else if (wanted === 'colon') {
      if (c === ':') wanted = 'value';
      else next = null;
    } else if ((wanted === 'first-item' && c === ']') || (wanted === 'first-key' && c === '}')) {
      open.pop();
      wanted = 'after';
    } else if (c === '"') {
      const string = endOfText(text, at);
      if ('fault' in string) return string.fault;
      next = string.end;
      wanted = wanted === 'key' || wanted === 'first-key' ? 'colon' : 'after';
    } else if (wanted === 'key' || wanted === 'first-key') {
      next = null;
    } else if (c === '{' || c === '[') {
      open.push(c);
      wanted = c === '{' ? 'first-key' : 'first-item';
    } else {
      next = matchAt(LITERAL, text, at);
      wanted = 'after';
    }
    if (next === null) return at;
    at = next;
  }
}

/** "line 3, column 14" */
export function placeIn(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** What JSON.parse says is wrong, without its own account of where. */
export const jsonFault = (error: unknown): string => (error as Error).message.replace(/ in JSON at position.*$|, (?:\.\.\.)?".*$/s, '');
