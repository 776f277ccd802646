import { jsonFault, jsonFaultAt, placeIn } from '../domain/json-place';
import type { Json } from './types';

export const MOST_BYTES = 65_536;
export const MOST_DEPTH = 20;
export const MOST_NODES_A_RULE = 500;
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

export interface ShapeFault {
  path: string;
  message: string;
  suggestion: string | null;
}

/** Depth of brackets, counted over the text, so that a bomb is refused before anything recurses into it. */
function depthOf(text: string): number {
  let [depth, deepest, isString] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (isString) {
      if (c === '\\') i++;
      else if (c === '"') isString = false;
    } else if (c === '"') isString = true;
    else if (c === '{' || c === '[') deepest = Math.max(deepest, ++depth);
    else if (c === '}' || c === ']') depth--;
  }
  return deepest;
}

const syntaxFault = (text: string, error: unknown): ShapeFault => ({
  path: '',
  message: `this is not JSON (${placeIn(text, jsonFaultAt(text))}): ${jsonFault(error)}`,
  suggestion: 'look for a missing comma, bracket or quotation mark there',
});

/** Keys that stand twice in one object: JSON.parse would silently take the last. A small scanner, since the parser does not tell. */
function duplicateKeys(text: string): ShapeFault[] {
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
        faults.push({ path: '', message: `"${key}" stands twice in one object (${placeIn(text, found.index)})`, suggestion: 'keep one of the two' });
      top.keys.add(key);
      if (FORBIDDEN_KEYS.includes(key))
        faults.push({ path: '', message: `"${key}" is not allowed as a name (${placeIn(text, found.index)})`, suggestion: 'choose another name' });
    }
  }
  return faults;
}

/** Reads the text of a document: size, depth, syntax, keys. */
export function readDocument(text: string): { value: Json } | { faults: ShapeFault[] } {
  if (Buffer.byteLength(text) > MOST_BYTES)
    return { faults: [{ path: '', message: `the file is larger than ${MOST_BYTES / 1024} KB`, suggestion: 'split it by programme or branch' }] };
  if (depthOf(text) > MOST_DEPTH)
    return {
      faults: [{ path: '', message: `the file nests deeper than ${MOST_DEPTH} levels`, suggestion: 'split the condition into several rules' }],
    };
  const json = text.replace(/^\ufeff/, '');
  try {
    const value = JSON.parse(json) as Json;
    const faults = duplicateKeys(json);
    return faults.length > 0 ? { faults } : { value };
  } catch (error) {
    return { faults: [syntaxFault(json, error)] };
  }
}

export function nodesIn(value: Json): number {
  if (Array.isArray(value)) return value.reduce<number>((n, v) => n + nodesIn(v), 1);
  if (value !== null && typeof value === 'object') return Object.values(value).reduce<number>((n, v) => n + nodesIn(v), 1);
  return 1;
}
