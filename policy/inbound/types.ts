import type { FieldSpec, Json } from '../types';

/**
 * The shape of a mapping document (rules/inbound/*.json): how a sender proves itself, where in its payload each field stands, and which
 * rows put it into our events. What a row names are fields; their types make its logic checkable.
 */

/** `id`: a UUID, with dashes or without. `instant`: ISO 8601 with its offset, or seconds or milliseconds since 1970. `texts`: a list, by a path with `*`. */
export const FIELD_TYPES = ['text', 'id', 'url', 'integer', 'boolean', 'instant', 'texts'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface MappedField {
  type: FieldType;
  /** Where it stands: names and places joined by dots, `*` for each item of a list; of several the first that holds a value. */
  from: string | string[];
  /** The text is parted by this, and `part` (0 the first, -1 the last) is taken. */
  split?: string;
  part?: number;
  /** What counts where there is nothing: for senders that leave out what is zero. */
  default?: Json;
  /** Counts as not there when that other field is. */
  unless?: string;
  meaning?: string;
}

export const SCHEMES = ['standard-webhooks', 'hmac', 'stripe', 'livekit', 'bigbluebutton'] as const;
export type Scheme = (typeof SCHEMES)[number];
export const HASHES = ['sha1', 'sha256', 'sha384', 'sha512'] as const;

/** How a sender proves that it sent a body. `hmac` is told by what follows; the other schemes are whole by themselves. */
export interface Verification {
  scheme: Scheme;
  /** The header with the signature, and what stands before it there. */
  header?: string;
  prefix?: string;
  hash?: (typeof HASHES)[number];
  encoding?: 'hex' | 'base64';
  /** What is signed: `{body}`, and `{timestamp}` where a header gives one. */
  signed?: string;
  timestampHeader?: string;
  /** How old or early a signature may be. */
  tolerance?: string;
  /** Without a time in its signature: how old an event may be, by its own time. */
  freshness?: string;
}

/** A question that a sender asks before it sends: answered at once, and kept nowhere. */
export interface Challenge {
  when: Json;
  /** The field with the token. */
  token: string;
  /** The answer's fields: the token, or its HMAC-SHA256 in hex under the source's secret. */
  reply: Record<string, 'token' | 'signed'>;
}

/** What becomes of an event besides one of ours: kept and shown, or answered and kept nowhere. */
export const NO_EVENT = ['kept', 'dropped'] as const;

/** A row: the first whose `when` is true says what becomes of an event. Values are literals, or JSON Logic under `calc`. */
export interface MappingRow {
  id: string;
  description?: string;
  when: Json;
  event: string;
  at?: Json;
  data?: Record<string, Json>;
}

export interface MappingCase {
  id: string;
  given: Json;
  expect: { event: string; at?: string; data?: Record<string, Json> };
}

export interface MappingDocument {
  $schema?: string;
  inbound: string;
  title: string;
  description: string;
  verify: Verification;
  /** How the body is written; of a form, `formJson` names the fields that hold JSON. Default json. */
  body?: 'json' | 'form';
  formJson?: string[];
  /** Where a list of events stands in the body; each is then read by itself. */
  each?: string;
  /** What is not kept: passwords, tokens. */
  strip?: string[];
  fields: Record<string, MappedField>;
  /** The field with the sender's word for the event. */
  type: string;
  /** The field with the sender's id of the event; without one the fields of `fingerprint` tell a repeat. */
  id?: string;
  fingerprint?: string[];
  /** When it happened; a row may say it otherwise. */
  at: Json;
  challenge?: Challenge;
  rows: MappingRow[];
  examples: { cases: MappingCase[] };
}

/** A field of one of our events, as a row may fill it; `most`: a longer text is cut. */
export type EventField = FieldSpec & { most?: number };
export type EventSpecs = Readonly<Record<string, Readonly<Record<string, EventField>>>>;

export interface CompiledMapping {
  name: string;
  file: string;
  document: MappingDocument;
  at: Json;
  rows: { id: string; when: Json; event: string; at: Json; data: Record<string, Json> }[];
  challenge: Json | null;
}
