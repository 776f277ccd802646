import { createHash } from 'node:crypto';
import { compileLogic } from '../compile';
import { evaluateLogic, isOperation, isTruthy, UNKNOWN, type Answer } from '../logic';
import type { FieldSpec, Json } from '../types';
import { fieldSpec, pathsOf, readFields, stripped, tidy, valueAt } from './fields';
import type { CompiledMapping, EventField, EventSpecs, MappingDocument } from './types';

/** What becomes of one event of a sender. `unmapped`: a row is about it and could not be filled; `place` is where the payload lacks something. */
export type End =
  | { kind: 'event'; row: string; event: string; atMs: number; data: Record<string, Json> }
  | { kind: 'kept' }
  | { kind: 'dropped'; row: string }
  | { kind: 'unmapped'; row: string | null; reason: string; place: string; remedy: string };

export interface Mapped {
  /** The sender's own word for it. */
  said: string;
  /** Tells a repeat. */
  eventId: string;
  fields: Record<string, Json>;
  end: End;
  /** When it happened by the sender's clock, where that can be told. */
  atMs: number | null;
}

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Compiles a document that has been checked. */
export function compileMapping(file: string, document: MappingDocument): CompiledMapping {
  const find = (name: string): FieldSpec | undefined => (Object.hasOwn(document.fields, name) ? fieldSpec(document.fields[name]!) : undefined);
  const value = (v: Json): Json => (isOperation(v) && v.calc !== undefined ? { calc: compileLogic(v.calc, find) } : v);
  return {
    name: document.inbound,
    file,
    document,
    at: value(document.at),
    rows: document.rows.map((row) => ({
      id: row.id,
      when: compileLogic(row.when, find),
      event: row.event,
      at: value(row.at ?? document.at),
      data: Object.fromEntries(Object.entries(row.data ?? {}).map(([name, v]) => [name, value(v)])),
    })),
    challenge: document.challenge ? compileLogic(document.challenge.when, find) : null,
  };
}

/** Where the fields that are missing would stand. */
function placesOf({ document }: CompiledMapping, missing: Iterable<string>): string {
  const paths = [...missing].flatMap((name) => (document.fields[name] ? pathsOf(document.fields[name]) : [name]));
  return paths.join(' or ');
}

const valueOf = (value: Json, fields: Record<string, Json>, missing: Set<string>): Answer =>
  isOperation(value) && value.calc !== undefined ? evaluateLogic(value.calc, fields, missing) : value;

/** A value as the event takes it: instants written out, texts cut to what their field holds. */
function filled(value: Json, spec: EventField | undefined): Json | undefined {
  if (spec?.type === 'instant' && typeof value === 'number') return new Date(value).toISOString();
  if (spec?.type === 'text' && typeof value === 'number') return String(value);
  if (spec?.most !== undefined && typeof value === 'string') return tidy(value, spec.most);
  return value;
}

type Row = CompiledMapping['rows'][number];

function unmapped(mapping: CompiledMapping, row: Row | null, what: string, missing: Set<string>): End {
  const place = placesOf(mapping, missing);
  const names = [...missing].map((name) => `"${name}"`).join(', ');
  return {
    kind: 'unmapped',
    row: row?.id ?? null,
    reason: `${row ? `Row "${row.id}" of the` : 'The'} mapping "${mapping.name}" needs ${names} for ${what}, and there is nothing of that kind at ${place}.`,
    place,
    remedy: `have the sender put it there, or mend rules/inbound/${mapping.file}, publish, and map it again`,
  };
}

/** Fills the event of a row; a field that may be left out is, where the payload has nothing for it. */
function fill(mapping: CompiledMapping, row: Row, fields: Record<string, Json>, events: EventSpecs): End {
  const missing = new Set<string>();
  const at = valueOf(row.at, fields, missing);
  if (at === UNKNOWN || typeof at !== 'number') return unmapped(mapping, row, 'the time of the event', missing);
  const specs = events[row.event] ?? {};
  const data: Record<string, Json> = {};
  const lacking: { name: string; missing: Set<string> }[] = [];
  for (const [name, value] of Object.entries(row.data)) {
    const without = new Set<string>();
    const found = valueOf(value, fields, without);
    const taken = found === UNKNOWN ? undefined : filled(found, specs[name]);
    if (taken !== undefined) data[name] = taken;
    else lacking.push({ name, missing: without });
  }
  const needed = Object.entries(specs).filter(([name, spec]) => !spec.optional && data[name] === undefined);
  // Whoever names a lesson by a reference of their own needs none of our ids.
  const [first] = needed.filter(([name]) => name !== 'sessionId' || data.externalId === undefined);
  if (first) {
    const [name] = first;
    const all = lacking.filter((l) => l.name === name || (name === 'sessionId' && l.name === 'externalId')).flatMap((l) => [...l.missing]);
    return unmapped(mapping, row, `"${name}" of ${row.event}`, new Set(all.length > 0 ? all : [name]));
  }
  return { kind: 'event', row: row.id, event: row.event, atMs: at, data };
}

function endOf(mapping: CompiledMapping, fields: Record<string, Json>, events: EventSpecs): End {
  for (const row of mapping.rows) {
    const missing = new Set<string>();
    const holds = evaluateLogic(row.when, fields, missing);
    if (holds === UNKNOWN) return unmapped(mapping, row, 'its condition', missing);
    if (!isTruthy(holds)) continue;
    if (row.event === 'kept') return { kind: 'kept' };
    return row.event === 'dropped' ? { kind: 'dropped', row: row.id } : fill(mapping, row, fields, events);
  }
  return { kind: 'kept' };
}

/** The sender's own id, else its meaning; what is only kept is told apart by all that it says, so that nothing is taken for a repeat of something else. */
function eventIdOf(mapping: CompiledMapping, fields: Record<string, Json>, said: string, payload: Json, end: End): string {
  const { id, fingerprint } = mapping.document;
  const own = id === undefined ? undefined : fields[id];
  if (own !== undefined) return String(own).length <= 200 ? String(own) : hash(own);
  const meaning = fingerprint?.map((name) => fields[name] ?? null) ?? [];
  if (end.kind !== 'event' || meaning.every((part) => part === null)) return hash([said, payload]);
  return hash([said, ...meaning]);
}

/**
 * Puts one event of a sender into our words. Pure, total and bounded: logic was checked for its cost when it was published. Whatever the
 * payload holds, the answer is an end, never an error.
 */
export function mapEvent(mapping: CompiledMapping, payload: Json, events: EventSpecs): Mapped {
  const { document } = mapping;
  const fields = readFields(document.fields, payload);
  const word = fields[document.type];
  const said = word === undefined ? 'unknown' : (tidy(String(word), 150) ?? 'unknown');
  const end = word === undefined ? unmapped(mapping, null, 'the type of the event', new Set([document.type])) : endOf(mapping, fields, events);
  const at = end.kind === 'event' ? end.atMs : valueOf(mapping.at, fields, new Set());
  return { said, fields, end, atMs: typeof at === 'number' ? at : null, eventId: eventIdOf(mapping, fields, said, payload, end) };
}

/** The answer to a sender's question, when the payload is one; `sign` is the HMAC of the source's secret in hex. */
export function answerChallenge(mapping: CompiledMapping, payload: Json, sign: (token: string) => string): Record<string, string> | null {
  const { challenge, fields: specs } = mapping.document;
  if (!challenge || mapping.challenge === null) return null;
  const fields = readFields(specs, payload);
  const holds = evaluateLogic(mapping.challenge, fields);
  const token = fields[challenge.token];
  if (holds === UNKNOWN || !isTruthy(holds) || typeof token !== 'string') return null;
  return Object.fromEntries(Object.entries(challenge.reply).map(([name, what]) => [name, what === 'token' ? token : sign(token)]));
}

/** The events of a body, each as its mapping reads it; null when they are not where the document says. */
export function eventsIn({ document }: CompiledMapping, body: Json): Json[] | null {
  if (document.each === undefined) return [body];
  const list = valueAt(body, document.each);
  return Array.isArray(list) && list.length > 0 ? list : null;
}

/** An event as it is kept. */
export const keptOf = ({ document }: CompiledMapping, payload: Json): Json => stripped(payload, document.strip ?? []);
