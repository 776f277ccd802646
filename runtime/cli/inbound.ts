import { readFileSync } from 'node:fs';
import { readEvents } from '../../api/webhooks/bodies';
import { signedWith, verifyDelivery } from '../../api/webhooks/schemes';
import { EVENT_FIELDS } from '../../commands/inbound-fields';
import { EVENT_SCHEMAS } from '../../commands/inbound-events';
import { mapped } from '../../commands/map-inbound';
import { LecternError } from '../../domain/errors';
import { nearest } from '../../domain/nearest';
import { checkMappings } from '../../policy/inbound/check';
import { pathsOf } from '../../policy/inbound/fields';
import { answerChallenge, type End, type Mapped } from '../../policy/inbound/map';
import type { CompiledMapping } from '../../policy/inbound/types';
import type { Json } from '../../policy/types';
import { defaultRulesFolder, readRuleFiles } from '../rule-files';
import { print, printJson, UsageError } from './output';
import { faultLine } from './rules-files';

export interface TryOptions {
  header?: string[];
  url?: string;
  secret?: string;
  now?: string;
  rules?: string;
  json?: boolean;
}

/** What a signature was worth; null where neither secret nor header was given to prove it with. */
interface Proved {
  scheme: string;
  holds: boolean | null;
  why: string;
}
interface Tried {
  said: string;
  eventId: string;
  fields: { name: string; from: string[]; value: Json | null; unless: string | null }[];
  end: End;
  /** Why the event would be refused after all, though it was mapped. */
  fault: string | null;
}

function mappingNamed(name: string, { rules }: TryOptions): CompiledMapping {
  let documents;
  try {
    documents = readRuleFiles(rules ?? defaultRulesFolder()).inbound ?? [];
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const names = documents.map((d) => d.file.replace(/\.json$/, ''));
  const document = documents.find((d) => d.file === `${name.replace(/\.json$/, '')}.json`);
  if (!document) {
    const near = nearest(name, names);
    throw new UsageError(`There is no mapping "${name}" (${near ? `did you mean ${near}?` : `there are: ${names.join(', ') || 'none'}`}).`);
  }
  const { faults, mappings } = checkMappings([document], EVENT_FIELDS);
  if (faults.length > 0) throw new UsageError(`${faults.map(faultLine).join('\n')}\n\nMend the mapping first; an example that fails is a fault too.`);
  return mappings[0]!;
}

function headersOf(lines: string[] = []): Map<string, string> {
  return new Map(
    lines.map((line) => {
      const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
      if (!name) throw new UsageError(`"${line}" is not a header; write it as "name: value".`);
      return [name.toLowerCase(), value!];
    }),
  );
}

async function prove({ document: { verify } }: CompiledMapping, bytes: Buffer, options: TryOptions): Promise<Proved> {
  const { scheme } = verify;
  const headers = headersOf(options.header);
  const now = new Date(options.now ?? Date.now());
  if (Number.isNaN(+now)) throw new UsageError(`"${options.now}" is not an instant such as 2026-12-01T15:00:30Z.`);
  if (options.secret === undefined) return { scheme, holds: null, why: 'not tried: give --secret, and the headers or the address as they came' };
  try {
    const delivery = { bytes, header: (name: string) => headers.get(name), url: options.url ?? '' };
    await verifyDelivery({ delivery, verify, secrets: [options.secret], now });
    return { scheme, holds: true, why: 'the signature holds' };
  } catch (error) {
    if (!(error instanceof LecternError)) throw error;
    return { scheme, holds: false, why: `${error.code}: ${error.message} ${error.remedy}` };
  }
}

/** Where the event of ours would be refused by what its fields are. */
function faultOf({ end }: Mapped): string | null {
  if (end.kind !== 'event') return null;
  // Names of the sender's own are looked up when it is applied; what stands in for them here is of the same form.
  const stand = { sessionId: NOBODY, ...(end.event === 'session.booked' && { studentIds: [NOBODY], instructorId: NOBODY }) };
  const parsed = EVENT_SCHEMAS[end.event as keyof typeof EVENT_SCHEMAS].safeParse({ ...stand, ...end.data });
  const issue = parsed.error?.issues[0];
  return issue ? `data.${issue.path.join('.')}: ${issue.message}` : null;
}
const NOBODY = '00000000-0000-4000-8000-000000000000';

function tried(mapping: CompiledMapping, payload: Json): Tried {
  const result = mapped(mapping, payload);
  const { said, eventId, end, fields } = result;
  const list = Object.entries(mapping.document.fields).map(([name, field]) => ({
    name,
    from: pathsOf(field),
    value: field.type === 'instant' && fields[name] !== undefined ? new Date(Number(fields[name])).toISOString() : (fields[name] ?? null),
    unless: field.unless !== undefined && fields[field.unless] !== undefined ? field.unless : null,
  }));
  return { said, eventId, fields: list, end, fault: faultOf(result) };
}

function fieldLine({ name, from, value, unless }: Tried['fields'][number]): string {
  const where = from.join(' or ');
  if (value !== null) return `  ${name}: ${JSON.stringify(value)} (${where})`;
  return unless === null ? `  ${name}: nothing of that kind at ${where}` : `  ${name}: left out, because "${unless}" is there`;
}

function endLines({ end, fault }: Tried): string[] {
  switch (end.kind) {
    case 'kept':
      return ['kept: no row is about it; it is stored and counted, nothing else'];
    case 'dropped':
      return [`dropped by row "${end.row}": answered, and kept nowhere`];
    case 'unmapped':
      return [`NOT MAPPED: ${end.reason}`, `  place:  ${end.place}`, `  remedy: ${end.remedy}`];
    case 'event':
      return [
        `becomes ${end.event} by row "${end.row}", at ${new Date(end.atMs).toISOString()}`,
        ...Object.entries(end.data).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
        ...(fault === null ? [] : [`REFUSED when it is applied: ${fault}`]),
      ];
  }
}

function show(mapping: CompiledMapping, proved: Proved, reply: Record<string, string> | null, events: Tried[]): void {
  const word = proved.holds === null ? '?' : proved.holds ? 'ok' : 'NO';
  print(`${mapping.document.title} (${mapping.file})\nsigned by ${proved.scheme}: ${word}, ${proved.why}`);
  if (reply) print(`a question of the sender, answered with ${JSON.stringify(reply)}; nothing is stored`);
  for (const event of events) {
    print(`\n"${event.said}", told apart by ${event.eventId}`);
    for (const field of event.fields) print(fieldLine(field));
    print(endLines(event).join('\n'));
  }
}

/**
 * Reads a body as its sender sends it, with a mapping of the folder. Exit 1 when the signature does not hold, the body is none, or an event
 * cannot be mapped or would be refused.
 */
export async function inboundTry(name: string, file: string, options: TryOptions): Promise<number> {
  const mapping = mappingNamed(name, options);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  const proved = await prove(mapping, bytes, options);
  let payloads: Json[];
  try {
    payloads = readEvents(mapping, bytes);
  } catch (error) {
    if (!(error instanceof LecternError)) throw error;
    const { code, message, remedy, details = null } = error;
    if (options.json) printJson({ mapping: mapping.name, verification: proved, refused: { code, message, remedy, details } });
    else print(`refused at the door: ${code}: ${message}\n  ${JSON.stringify(details)}\n  ${remedy}`);
    return 1;
  }
  const reply = payloads.length === 1 ? answerChallenge(mapping, payloads[0]!, signedWith([options.secret ?? ''])) : null;
  const events = reply ? [] : payloads.map((payload) => tried(mapping, payload));
  if (options.json) printJson({ mapping: mapping.name, verification: proved, reply, events });
  else show(mapping, proved, reply, events);
  return proved.holds === false || events.some((e) => e.end.kind === 'unmapped' || e.fault !== null) ? 1 : 0;
}
