import { LecternError } from '../../domain/errors';
import { eventsIn } from '../../policy/inbound/map';
import type { CompiledMapping } from '../../policy/inbound/types';
import type { Json } from '../../policy/types';
import { decodeUtf8, parseStrictJson } from '../http/json';

const MOST_EVENTS = 100;

/** A form as an object: a field each, those with JSON read as such. A field that stands twice could be read two ways. */
function formOf(text: string, withJson: readonly string[]): Json {
  const form: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(form, name)) throw new LecternError('malformed-json', `The field "${name.slice(0, 60)}" of the form stands twice.`);
    form[name] = value;
  }
  const values = Object.entries(form).map(([name, value]) => `${JSON.stringify(name)}:${withJson.includes(name) ? value : JSON.stringify(value)}`);
  for (const name of withJson) if (Object.hasOwn(form, name)) parseStrictJson(form[name]!);
  return parseStrictJson(`{${values.join(',')}}`) as Json;
}

/** The events of a verified body. Errors: `malformed-json`; `invalid-request` where they do not stand where the mapping says, or are too many. */
export function readEvents(mapping: CompiledMapping, bytes: Buffer): Json[] {
  if (bytes.length === 0) throw new LecternError('malformed-json', 'The body is empty.');
  const { body = 'json', formJson = [], each } = mapping.document;
  const text = decodeUtf8(bytes);
  const value = body === 'form' ? formOf(text, formJson) : (parseStrictJson(text) as Json);
  const invalid = (path: string, message: string): LecternError =>
    new LecternError('invalid-request', `${path || 'the body'}: ${message}`, [{ path, message }]);
  const isObject = (v: Json): boolean => v !== null && typeof v === 'object' && !Array.isArray(v);
  if (!isObject(value)) throw invalid('', 'must be an object');
  const events = eventsIn(mapping, value);
  const place = each ?? '';
  if (events === null) throw invalid(place, 'must be a list of events');
  if (events.length > MOST_EVENTS) throw invalid(place, `must hold at most ${MOST_EVENTS} events`);
  const odd = events.findIndex((event) => !isObject(event));
  if (odd !== -1) throw invalid(`${place}.${odd}`, 'must be an object');
  return events;
}
