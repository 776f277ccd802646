import { nearest } from '../../domain/nearest';
import { checkFields, isObject, type Report } from '../check-fields';
import { costOf } from '../check-logic';
import { checkCalc, checkWhole } from '../check-outcome';
import { MOST_NODES_A_RULE, nodesIn, readDocument } from '../check-shape';
import type { LogicScope } from '../check-types';
import { isOperation } from '../logic';
import type { Fault, FieldSpec, Json } from '../types';
import { parseValue, WRITTEN } from '../units';
import { checkVerify } from './check-verify';
import { checkCases, runCases, type CheckingMapping } from './check-cases';
import { fieldSpec } from './fields';
import { compileMapping } from './map';
import { FIELD_TYPES, NO_EVENT, type CompiledMapping, type EventSpecs, type MappedField, type MappingDocument } from './types';

const HEAD = [
  ...['$schema', 'inbound', 'title', 'description', 'verify', 'body', 'formJson', 'each', 'strip', 'fields', 'type', 'id', 'fingerprint'],
  ...['at', 'challenge', 'rows', 'examples'],
];
const FIELD = ['type', 'from', 'split', 'part', 'default', 'unless', 'meaning'];
const ROW = ['id', 'description', 'when', 'event', 'at', 'data'];
const [MOST_FIELDS, MOST_ROWS, MOST_COST] = [100, 100, 5_000];
const NAME = /^[A-Za-z][A-Za-z0-9]*$/;
const PATH = /^[^.\s]+(\.[^.\s]+)*$/;
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];
const TIME: FieldSpec = { type: 'instant', meaning: 'When it happened', example: '2026-12-01T15:00:30Z' };

const isPath = (path: Json | undefined): path is string =>
  typeof path === 'string' && path.length <= 200 && PATH.test(path) && !path.split('.').some((step) => FORBIDDEN.includes(step));

function checkPath(path: Json | undefined, at: string, report: Report): void {
  if (!isPath(path))
    report(
      'wrong-value',
      null,
      at,
      `${JSON.stringify(path ?? null)} is not a place in a payload`,
      'such as "payload.object.uuid" or "attendees.*.email"',
    );
}

function checkText(value: Record<string, Json>, name: string, report: Report): void {
  const text = value[name];
  if (typeof text !== 'string' || text.trim() === '')
    report('missing-field', null, `/${name}`, `a mapping has a ${name} that an admin understands`, 'add it');
}

function checkField(name: string, raw: Json, names: string[], report: Report): void {
  const path = `/fields/${name}`;
  if (!NAME.test(name)) report('wrong-value', null, path, 'a field is named in letters and digits', 'such as "joinedAt"');
  if (!isObject(raw)) return report('wrong-shape', null, path, 'a field says its type and where it stands', '{"type": "text", "from": "event"}');
  checkFields(raw, FIELD, null, path, report);
  const type = FIELD_TYPES.find((t) => t === raw.type);
  if (!type)
    report(
      'wrong-value',
      null,
      `${path}/type`,
      `${JSON.stringify(raw.type ?? null)} is not a type`,
      nearest(String(raw.type), FIELD_TYPES) ?? `one of: ${FIELD_TYPES.join(', ')}`,
    );
  const paths = Array.isArray(raw.from) ? raw.from : [raw.from];
  if (paths.length === 0 || paths.length > 10)
    report('wrong-shape', null, `${path}/from`, 'a field stands in one to ten places', '"payload.object.uuid"');
  paths.forEach((p, i) => checkPath(p, Array.isArray(raw.from) ? `${path}/from/${i}` : `${path}/from`, report));
  if (raw.split !== undefined && (typeof raw.split !== 'string' || raw.split === '' || raw.split.length > 10))
    report('wrong-shape', null, `${path}/split`, 'is what parts the text', 'such as "."');
  if (raw.part !== undefined && (!Number.isInteger(raw.part) || raw.split === undefined))
    report('wrong-shape', null, `${path}/part`, 'is which part, counted from 0, of a text that "split" parts', 'such as 2, or -1 for the last');
  if (raw.unless !== undefined && (raw.unless === name || !names.includes(String(raw.unless))))
    report(
      'unknown-fact',
      null,
      `${path}/unless`,
      `${JSON.stringify(raw.unless)} is not another field`,
      nearest(String(raw.unless), names) ?? `one of: ${names.join(', ')}`,
    );
  const isPlain = type === 'text' || type === 'integer' || type === 'boolean';
  if (raw.default !== undefined && (!isPlain || parseValue(fieldSpec({ type, from: '' }), raw.default) === undefined))
    report('wrong-shape', null, `${path}/default`, 'is a text, a whole number, or true or false, of the type of the field', 'leave it out');
}

/** Names of fields where one is asked for. */
function checkNames(value: Json | undefined, path: string, { fields, report }: CheckingMapping): void {
  if (typeof value !== 'string' || !Object.hasOwn(fields, value))
    report(
      'unknown-fact',
      null,
      path,
      `${JSON.stringify(value ?? null)} is not a field of this mapping`,
      nearest(String(value), Object.keys(fields)) ?? `one of: ${Object.keys(fields).join(', ')}`,
    );
}

function checkHead(checking: CheckingMapping): void {
  const { value, report } = checking;
  checkFields(value, HEAD, null, '', report);
  for (const name of ['title', 'description']) checkText(value, name, report);
  checkVerify(value.verify, report);
  if (value.body !== undefined && value.body !== 'json' && value.body !== 'form')
    report('wrong-value', null, '/body', 'is "json" or "form"', '"json"');
  for (const name of ['formJson', 'strip', 'fingerprint'] as const)
    if (value[name] !== undefined && !Array.isArray(value[name])) report('wrong-shape', null, `/${name}`, 'is a list', '[ … ]');
  if (value.each !== undefined) checkPath(value.each, '/each', report);
  if (Array.isArray(value.strip)) value.strip.forEach((p, i) => checkPath(p, `/strip/${i}`, report));
  checkNames(value.type, '/type', checking);
  if (value.id !== undefined) checkNames(value.id, '/id', checking);
  if (Array.isArray(value.fingerprint)) value.fingerprint.forEach((name, i) => checkNames(name, `/fingerprint/${i}`, checking));
  if (value.id === undefined && !(Array.isArray(value.fingerprint) && value.fingerprint.length > 0))
    report(
      'wrong-shape',
      null,
      '/fingerprint',
      'a repeat is told by the id of an event, or by fields that make it what it is',
      '["event", "occurrence", "at"]',
    );
  checkValue(value.at, TIME, null, '/at', checking);
  checkChallenge(value.challenge, checking);
}

/** A value of an event: a literal, or JSON Logic under `calc`. */
function checkValue(value: Json | undefined, spec: FieldSpec, row: string | null, path: string, { scopeFor, report }: CheckingMapping): void {
  if (value === undefined) return report('missing-field', row, path, `is missing: ${spec.meaning}`, '{"calc": {"var": "…"}}');
  if (isOperation(value)) {
    if (nodesIn(value) > MOST_NODES_A_RULE || costOf(value, scopeFor(row).find) > MOST_COST)
      report('too-costly', row, path, 'this could take too long', 'make it simpler');
    return checkCalc(value, spec, row, path, scopeFor(row), report);
  }
  if (parseValue(spec, value) === undefined)
    report('wrong-value', row, path, `${JSON.stringify(value)} is not what the field takes`, `write ${WRITTEN[spec.type]}`);
}

function checkCondition(when: Json | undefined, row: string | null, path: string, { scopeFor, report }: CheckingMapping): void {
  const scope = scopeFor(row);
  if (when === undefined || (!isOperation(when) && typeof when !== 'boolean'))
    return report('wrong-shape', row, path, 'is a condition', '{"==": [{"var": "event"}, "…"]}');
  checkWhole(when, path, scope, false, (types) => types.condition(when, path));
  if (nodesIn(when) > MOST_NODES_A_RULE || costOf(when, scope.find) > MOST_COST)
    report('too-costly', row, path, 'this condition could take too long', 'split it');
}

function checkChallenge(challenge: Json | undefined, checking: CheckingMapping): void {
  const { report } = checking;
  if (challenge === undefined) return;
  if (!isObject(challenge))
    return report(
      'same-sessions',
      null,
      '/challenge',
      'says when a sender asks, with which token, and what it is answered',
      '{"when": …, "token": "…", "reply": {…}}',
    );
  checkFields(challenge, ['when', 'token', 'reply'], null, '/challenge', report);
  checkCondition(challenge.when, null, '/challenge/when', checking);
  checkNames(challenge.token, '/challenge/token', checking);
  const reply = isObject(challenge.reply) ? Object.entries(challenge.reply) : [];
  if (reply.length === 0 || reply.length > 5 || reply.some(([, v]) => v !== 'token' && v !== 'signed'))
    report(
      'wrong-shape',
      null,
      '/challenge/reply',
      'names each field of the answer, as "token" or "signed"',
      '{"plainToken": "token", "encryptedToken": "signed"}',
    );
}

function checkRow(raw: Json, i: number, ids: Set<string>, checking: CheckingMapping): void {
  const { report, events } = checking;
  const path = `/rows/${i}`;
  if (!isObject(raw))
    return report('wrong-shape', null, path, 'a row has id, when and event', '{"id": "…", "when": {…}, "event": "participant.joined", "data": {…}}');
  const id = typeof raw.id === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(raw.id) ? raw.id : null;
  if (id === null) report('wrong-shape', null, `${path}/id`, 'a row has an id in small letters and dashes', 'such as "joined"');
  else if (ids.has(id)) report('duplicate-id', id, `${path}/id`, `"${id}" is the id of another row too`, 'give it another one');
  else ids.add(id);
  checkFields(raw, ROW, id, path, report);
  checkCondition(raw.when, id, `${path}/when`, checking);
  if (NO_EVENT.includes(raw.event as never)) {
    for (const name of ['at', 'data'])
      if (raw[name] !== undefined) report('wrong-shape', id, `${path}/${name}`, 'nothing is made of this row', 'take it out');
    return;
  }
  const names = Object.keys(events);
  const specs = typeof raw.event === 'string' && Object.hasOwn(events, raw.event) ? events[raw.event] : undefined;
  if (!specs)
    return report(
      'wrong-shape',
      id,
      `${path}/event`,
      `${JSON.stringify(raw.event ?? null)} is not an event of ours`,
      nearest(String(raw.event), names) ?? `one of: ${[...names, ...NO_EVENT].join(', ')}`,
    );
  if (raw.at !== undefined) checkValue(raw.at, TIME, id, `${path}/at`, checking);
  const data = isObject(raw.data) ? raw.data : {};
  checkFields(data, Object.keys(specs), id, `${path}/data`, report);
  for (const [name, spec] of Object.entries(specs)) {
    if (data[name] !== undefined) checkValue(data[name], spec, id, `${path}/data/${name}`, checking);
    else if (!spec.optional && !(name === 'sessionId' && data.externalId !== undefined))
      report('missing-field', id, `${path}/data/${name}`, `"${name}" is missing: ${spec.meaning}`, `{"calc": {"var": "…"}}`);
  }
}

function checkDocument(file: string, value: Json, events: EventSpecs, faults: Fault[]): CompiledMapping | undefined {
  const before = faults.length;
  const report: Report = (code, rule, path, message, suggestion) => void faults.push({ code, file, rule, path, message, suggestion });
  if (!isObject(value)) return void report('wrong-shape', null, '', 'a mapping is an object', 'write { "inbound": "…", … }');
  const name = file.replace(/\.json$/, '');
  if (value.inbound !== name || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
    report('wrong-shape', null, '/inbound', 'a mapping is named like its file, in small letters, digits and hyphens', JSON.stringify(name));
  const raw = isObject(value.fields) ? value.fields : {};
  const names = Object.keys(raw);
  if (names.length === 0 || names.length > MOST_FIELDS)
    report('wrong-shape', null, '/fields', `a mapping has 1 to ${MOST_FIELDS} fields`, '{"event": {"type": "text", "from": "event"}}');
  for (const [field, spec] of Object.entries(raw)) checkField(field, spec, names, report);
  if (faults.length > before) return undefined;
  const fields = raw as unknown as Record<string, MappedField>;
  const find = (field: string): FieldSpec | undefined => (Object.hasOwn(fields, field) ? fieldSpec(fields[field]!) : undefined);
  const scopeFor = (row: string | null): LogicScope => ({
    find,
    names,
    report: (code, path, message, suggestion) =>
      report(code, row, path, message.replace('a fact or parameter here', 'a field of this mapping'), suggestion),
    used: () => undefined,
  });
  const checking: CheckingMapping = { value, fields, events, report, scopeFor };
  checkHead(checking);
  if (!Array.isArray(value.rows) || value.rows.length === 0 || value.rows.length > MOST_ROWS)
    report(
      'wrong-shape',
      null,
      '/rows',
      `a mapping has 1 to ${MOST_ROWS} rows`,
      '[{"id": "joined", "when": {…}, "event": "participant.joined", "data": {…}}]',
    );
  else {
    const ids = new Set<string>();
    value.rows.forEach((row, i) => checkRow(row, i, ids, checking));
  }
  checkCases(checking);
  if (faults.length > before) return undefined;
  const mapping = compileMapping(file, value as unknown as MappingDocument);
  runCases(mapping, events, report);
  return mapping;
}

/** Checks mapping documents and gives every fault; what has none is compiled. Examples are run, and every row is reached by one. */
export function checkMappings(
  documents: readonly { file: string; text: string }[],
  events: EventSpecs,
): { faults: Fault[]; mappings: CompiledMapping[] } {
  const faults: Fault[] = [];
  const mappings: CompiledMapping[] = [];
  for (const { file, text } of documents) {
    const read = readDocument(text);
    if ('faults' in read) faults.push(...read.faults.map((f) => ({ file, rule: null, ...f })));
    else {
      const mapping = checkDocument(file, read.value, events, faults);
      if (mapping) mappings.push(mapping);
    }
  }
  return { faults, mappings };
}
