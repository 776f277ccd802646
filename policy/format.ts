import type { Json } from './types';

const WIDTH = 150;
/** The order in which an admin reads a document; what is not named here keeps its own, after the rest. */
const ORDER: Record<'document' | 'rule' | 'property' | 'example', readonly string[]> = {
  document: [
    '$schema',
    'policy',
    'automation',
    'title',
    'description',
    'appliesTo',
    'binding',
    'hit',
    'enabled',
    'on',
    'each',
    'at',
    'params',
    'when',
    'do',
    'rules',
    'otherwise',
    'onMissing',
    'properties',
    'examples',
  ],
  rule: ['id', 'description', 'when', 'then', 'say'],
  property: ['id', 'title', 'when', 'always', 'some', 'as', 'never'],
  example: ['id', 'given', 'answers', 'expect', 'then'],
};

const isObject = (v: Json | undefined): v is { [key: string]: Json } => v !== null && typeof v === 'object' && !Array.isArray(v);

function ordered(value: Json | undefined, order: readonly string[]): Json {
  if (!isObject(value)) return value ?? null;
  const place = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => place(a) - place(b)));
}

/** A document with its parts in their usual order; what no document has is left where it is. */
function arranged(document: Json): Json {
  const whole = ordered(document, ORDER.document);
  if (!isObject(whole)) return whole;
  const each = (key: string, order: readonly string[]): void => {
    if (Array.isArray(whole[key])) whole[key] = whole[key].map((item) => ordered(item, order));
  };
  each('rules', ORDER.rule);
  each('properties', ORDER.property);
  const { examples } = whole;
  if (isObject(examples) && Array.isArray(examples.cases))
    whole.examples = { ...examples, cases: examples.cases.map((item) => ordered(item, ORDER.example)) };
  return whole;
}

function inOneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, v]) => `${JSON.stringify(key)}: ${inOneLine(v)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** Several objects of several fields stand one below the other, however short they are. */
const isTable = (value: Json): boolean => Array.isArray(value) && value.length > 1 && value.every((v) => isObject(v) && Object.keys(v).length > 1);

/** On one line where it fits, else a line for each part; `used` is what stands before and behind it on its first and last line. */
function written(value: Json, indent: string, used: number): string {
  const line = inOneLine(value);
  const needsLines = isTable(value) || (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []).some(hasTable);
  if (!needsLines && indent.length + used + line.length <= WIDTH) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[\n${value.map((v) => `${inner}${written(v, inner, 1)}`).join(',\n')}\n${indent}]`;
  if (!isObject(value)) return line;
  const fields = Object.entries(value).map(([key, v]) => `${inner}${JSON.stringify(key)}: ${written(v, inner, JSON.stringify(key).length + 3)}`);
  return `{\n${fields.join(',\n')}\n${indent}}`;
}
const hasTable = (value: Json): boolean =>
  isTable(value) || (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []).some(hasTable);

/** How a document is written: one way for all, so that a difference of two files is a difference of what they say. */
export function formatDocument(document: Json): string {
  const whole = arranged(document);
  if (!isObject(whole)) return `${written(whole, '', 0)}\n`;
  const fields = Object.entries(whole).map(([key, v]) => `  ${JSON.stringify(key)}: ${written(v, '  ', JSON.stringify(key).length + 3)}`);
  return `{\n${fields.join(',\n')}\n}\n`;
}
