import { jsonFault, jsonFaultAt, placeIn } from '../domain/json-place';
import type { RuleFaultCode } from '../domain/rule-faults';
import type { Json } from './types';

export const MOST_BYTES = 65_536;
export const MOST_DEPTH = 20;
export const MOST_NODES_A_RULE = 500;
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

export interface ShapeFault {
  code: RuleFaultCode;
  path: string;
  message: string;
  suggestion: string;
}

const codeOf = (character: string): number => character.charCodeAt(0);
const [QUOTE, BACKSLASH, COLON] = [codeOf('"'), codeOf('\\'), codeOf(':')];
const OPENS = [codeOf('{'), codeOf('[')];
const CLOSES = [codeOf('}'), codeOf(']')];

/** Where the string that begins at a place ends, or the text. */
function endOfString(text: string, begin: number): number {
  let end = begin + 1;
  while (end < text.length && text.charCodeAt(end) !== QUOTE) end += text.charCodeAt(end) === BACKSLASH ? 2 : 1;
  return end;
}

/** How deep brackets go and how many keys there are, counted over the text, so that a bomb is refused before anything recurses into it. */
function measure(text: string): { depth: number; keys: number } {
  let [depth, deepest, keys] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = endOfString(text, i);
    else if (c === COLON) keys++;
    else if (OPENS.includes(c)) deepest = Math.max(deepest, ++depth);
    else if (CLOSES.includes(c)) depth--;
  }
  return { depth: deepest, keys };
}

const syntaxFault = (text: string, error: unknown): ShapeFault => ({
  code: 'not-json',
  path: '',
  message: `this is not JSON (${placeIn(text, jsonFaultAt(text))}): ${jsonFault(error)}`,
  suggestion: 'look for a missing comma, bracket or quotation mark there',
});

/** How many keys a value has, with those of what is inside it; none is a number when one of them is not allowed. */
function keysIn(value: Json): number {
  if (value === null || typeof value !== 'object') return 0;
  let keys = 0;
  if (Array.isArray(value)) for (const item of value) keys += keysIn(item);
  else for (const key of Object.keys(value)) keys += FORBIDDEN_KEYS.includes(key) ? NaN : 1 + keysIn(value[key]!);
  return keys;
}

/**
 * Keys that stand twice in one object, of which JSON.parse would silently take the last, and keys that are not allowed, each with its
 * place: a small scanner, since the parser does not tell.
 */
function strangeKeys(text: string): ShapeFault[] {
  const faults: ShapeFault[] = [];
  const stack: { keys: Set<string>; isObject: boolean; awaitsKey: boolean }[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [t] = found;
    const top = stack.at(-1);
    if (t === '{' || t === '[') stack.push({ keys: new Set(), isObject: t === '{', awaitsKey: t === '{' });
    else if (t === '}' || t === ']') stack.pop();
    else if (t === ',') {
      if (top?.isObject) top.awaitsKey = true;
    } else if (t[0] === '"' && top?.isObject && top.awaitsKey) {
      const key = JSON.parse(t) as string;
      top.awaitsKey = false;
      if (top.keys.has(key))
        faults.push({
          code: 'duplicate-key',
          path: '',
          message: `"${key}" stands twice in one object (${placeIn(text, found.index)})`,
          suggestion: 'keep one of the two',
        });
      top.keys.add(key);
      if (FORBIDDEN_KEYS.includes(key))
        faults.push({
          code: 'forbidden-name',
          path: '',
          message: `"${key}" is not allowed as a name (${placeIn(text, found.index)})`,
          suggestion: 'choose another name',
        });
    }
  }
  return faults;
}

/** Reads the text of a document: size, depth, syntax, keys. */
export function readDocument(text: string): { value: Json } | { faults: ShapeFault[] } {
  if (Buffer.byteLength(text) > MOST_BYTES)
    return {
      faults: [
        {
          code: 'too-large',
          path: '',
          message: `the file is larger than ${MOST_BYTES / 1024} KB`,
          suggestion: 'split it by programme, branch or subject',
        },
      ],
    };
  const { depth, keys } = measure(text);
  if (depth > MOST_DEPTH)
    return {
      faults: [
        {
          code: 'too-deep',
          path: '',
          message: `the file nests deeper than ${MOST_DEPTH} levels`,
          suggestion: 'split the condition into several rules',
        },
      ],
    };
  const json = text.replace(/^\ufeff/, '');
  try {
    const value = JSON.parse(json) as Json;
    return keysIn(value) === keys ? { value } : { faults: strangeKeys(json) };
  } catch (error) {
    return { faults: [syntaxFault(json, error)] };
  }
}

export function nodesIn(value: Json): number {
  if (Array.isArray(value)) return value.reduce<number>((n, v) => n + nodesIn(v), 1);
  if (value !== null && typeof value === 'object') return Object.values(value).reduce<number>((n, v) => n + nodesIn(v), 1);
  return 1;
}
