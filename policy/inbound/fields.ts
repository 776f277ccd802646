import type { FieldSpec, Json } from '../types';
import { parseInstant } from '../units';
import type { FieldType, MappedField } from './types';

const UUID = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;
const [FIRST, LAST] = [Date.UTC(2000, 0, 1), Date.UTC(2200, 0, 1)];
const MOST_TEXTS = 100;
/** What breaks a mail header or a page: control characters, direction overrides, halves of pairs. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** A text of a sender as one line without what cannot be seen; undefined when nothing is left. A name that somebody typed must not cost an event. */
export function tidy(text: string, most = 2_000): string | undefined {
  const seen = [...text.replace(UNSEEN, ' ').trim()].slice(0, most).join('').slice(0, most).replace(UNSEEN, '').trim();
  return seen === '' ? undefined : seen;
}

/** Every value at a path; own names only, so that no prototype is reached. */
function valuesAt(value: Json | undefined, steps: readonly string[]): Json[] {
  if (value === undefined || value === null) return [];
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  if (step === '*') return Array.isArray(value) ? value.slice(0, MOST_TEXTS + 1).flatMap((item) => valuesAt(item, rest)) : [];
  if (typeof value !== 'object') return [];
  if (Array.isArray(value)) return /^\d{1,4}$/.test(step) ? valuesAt(value[Number(step)], rest) : [];
  return Object.hasOwn(value, step) ? valuesAt(value[step], rest) : [];
}

export const valueAt = (value: Json, path: string): Json | undefined => valuesAt(value, path.split('.'))[0];

/** Seconds and milliseconds since 1970 are told apart by their size: no instant of these centuries can be both. */
function instantOf(value: Json): number | undefined {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{1,16}(\.\d+)?$/.test(value));
  const read = isNumber ? Number(value) : typeof value === 'string' ? parseInstant(value.replace(/(\.\d{3})\d+/, '$1')) : null;
  if (read === null) return undefined;
  const ms = Math.round(isNumber && read < FIRST ? read * 1000 : read);
  return ms >= FIRST && ms < LAST ? ms : undefined;
}

function urlOf(value: Json): string | undefined {
  if (typeof value !== 'string' || value.length > 2_000 || !/^https?:\/\//i.test(value)) return undefined;
  return URL.canParse(value) ? value : undefined;
}

function idOf(value: Json): string | undefined {
  const found = typeof value === 'string' ? UUID.exec(value) : null;
  return found ? found.slice(1).join('-').toLowerCase() : undefined;
}

function integerOf(value: Json): number | undefined {
  const read = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(read) ? (read as number) : undefined;
}

function asType(type: FieldType, value: Json): Json | undefined {
  switch (type) {
    case 'text':
      return typeof value === 'string' || typeof value === 'number' ? tidy(String(value)) : undefined;
    case 'id':
      return idOf(value);
    case 'url':
      return urlOf(value);
    case 'integer':
      return integerOf(value);
    case 'boolean':
      return typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined;
    case 'instant':
      return instantOf(value);
    case 'texts':
      return undefined;
  }
}

function partOf({ split, part = 0 }: MappedField, value: Json): Json | undefined {
  return split === undefined ? value : typeof value === 'string' ? value.split(split).at(part) : undefined;
}

export const pathsOf = ({ from }: Pick<MappedField, 'from'>): string[] => (Array.isArray(from) ? from : [from]);

function readOne(field: MappedField, payload: Json): Json | undefined {
  for (const path of pathsOf(field)) {
    const values = valuesAt(payload, path.split('.'));
    if (field.type === 'texts') {
      const texts = values.flatMap((v) => asType('text', v) ?? []);
      if (texts.length > 0 && texts.length <= MOST_TEXTS) return texts;
      continue;
    }
    const part = values[0] === undefined ? undefined : partOf(field, values[0]);
    const read = part === undefined ? undefined : asType(field.type, part);
    if (read !== undefined) return read;
  }
  return field.default;
}

/** Every field of a payload; what is not there, or not of its type, is left out. */
export function readFields(fields: Readonly<Record<string, MappedField>>, payload: Json): Record<string, Json> {
  const read = Object.entries(fields).flatMap(([name, field]): [string, Json][] => {
    const value = readOne(field, payload);
    return value === undefined ? [] : [[name, value]];
  });
  const found = Object.fromEntries(read);
  return Object.fromEntries(read.filter(([name]) => !fields[name]!.unless || found[fields[name]!.unless] === undefined));
}

const TYPES: Record<FieldType, Pick<FieldSpec, 'type' | 'of' | 'maxItems'>> = {
  text: { type: 'text' },
  id: { type: 'text' },
  url: { type: 'text' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  instant: { type: 'instant' },
  texts: { type: 'list', of: 'text', maxItems: MOST_TEXTS },
};

/** A field as the logic of rows sees it. */
export const fieldSpec = (field: MappedField): FieldSpec => ({ ...TYPES[field.type], meaning: field.meaning ?? '', example: null });

/** The payload without what is not to be kept. */
export function stripped(payload: Json, paths: readonly string[]): Json {
  const copy = structuredClone(payload);
  for (const path of paths) {
    const steps = path.split('.');
    const last = steps.pop()!;
    for (const holder of valuesAt(copy, steps))
      if (holder !== null && typeof holder === 'object' && !Array.isArray(holder) && Object.hasOwn(holder, last)) delete holder[last];
  }
  return copy;
}
