import { parseStrictJson } from '../../api/http/json';
import { EVENT_SCHEMAS } from '../../commands/inbound-events';
import { EVENT_FIELDS } from '../../commands/inbound-fields';
import { checkMappings } from '../../policy/inbound/check';
import { mapEvent } from '../../policy/inbound/map';
import type { MappingDocument } from '../../policy/inbound/types';
import type { Fault, Json } from '../../policy/types';
import { EVENT_TYPES } from '../../domain/vocabulary';
import { HOSTILE, pathsOf, withHostile } from '../support/hostile';
import { shippedRules } from '../support/rule-files';

const shipped = shippedRules().inbound!;
const documentOf = (name: string): MappingDocument => JSON.parse(shipped.find((f) => f.file === `${name}.json`)!.text) as MappingDocument;
const { mappings } = checkMappings(shipped, EVENT_FIELDS);

test('five senders are shipped, without a fault, every row of them reached by an example', () => {
  expect(checkMappings(shipped, EVENT_FIELDS).faults).toEqual([]);
  expect(mappings.map((m) => m.name)).toEqual(['bigbluebutton', 'cal-com', 'livekit', 'stripe', 'zoom']);
});

test('what a row may fill of an event is what the event is', () => {
  for (const type of EVENT_TYPES) {
    const known = Object.keys(EVENT_SCHEMAS[type].shape);
    const outside = ['externalId', 'studentEmails', 'instructorEmail'];
    expect([type, Object.keys(EVENT_FIELDS[type]!).filter((name) => !known.includes(name) && !outside.includes(name))]).toEqual([type, []]);
    expect([type, known.filter((name) => !EVENT_FIELDS[type]![name])]).toEqual([type, []]);
  }
});

type Spoil = (document: MappingDocument & { [key: string]: unknown }) => unknown;
test.each<[string, Spoil, Partial<Fault>]>([
  ['a scheme that is none', (d) => (d.verify.scheme = 'hmca' as never), { path: '/verify/scheme', suggestion: 'hmac' }],
  ['a body that nobody signed', (d) => (d.verify.signed = '{timestamp}'), { path: '/verify/signed' }],
  ['a time that nobody signed', (d) => (d.verify.signed = 'v0:{body}'), { path: '/verify/timestampHeader' }],
  ['no time in what is signed', (d) => (d.verify = { scheme: 'hmac', header: 'x-s', signed: '{body}' }), { path: '/verify/freshness' }],
  ['a tolerance of no time', (d) => (d.verify.tolerance = '0m'), { path: '/verify/tolerance' }],
  ['a type of field that is none', (d) => (d.fields.joinedAt!.type = 'instnat' as never), { path: '/fields/joinedAt/type', suggestion: 'instant' }],
  ['a place that reaches for a prototype', (d) => (d.fields.name!.from = 'payload.__proto__.x'), { path: '/fields/name/from' }],
  ['a field unless one that is none', (d) => (d.fields.identity!.unless = 'persn'), { path: '/fields/identity/unless', suggestion: 'person' }],
  ['a default of another type', (d) => (d.fields.joinedAt!.default = 'now'), { path: '/fields/joinedAt/default' }],
  ['a fingerprint of a field that is none', (d) => (d.fingerprint = ['occurence']), { path: '/fingerprint/0', suggestion: 'occurrence' }],
  ['nothing that tells a repeat', (d) => delete d.fingerprint, { path: '/fingerprint' }],
  [
    'an event that is none',
    (d) => (d.rows[0]!.event = 'participant.join'),
    { rule: 'joined', path: '/rows/0/event', suggestion: 'participant.joined' },
  ],
  [
    'a field of the event that is none',
    (d) => (d.rows[0]!.data!.persnId = 'x'),
    { rule: 'joined', path: '/rows/0/data/persnId', suggestion: 'personId' },
  ],
  ['no lesson', (d) => delete d.rows[0]!.data!.externalId, { rule: 'joined', path: '/rows/0/data/sessionId' }],
  [
    'a field of the payload that is none',
    (d) => (d.rows[0]!.data!.name = { calc: { var: 'nmae' } }),
    { rule: 'joined', path: '/rows/0/data/name/calc/var', suggestion: 'name' },
  ],
  ['a text where a time belongs', (d) => (d.rows[0]!.at = { calc: { var: 'name' } }), { rule: 'joined', path: '/rows/0/at/calc' }],
  ['a condition that is a text', (d) => (d.rows[0]!.when = { var: 'event' }), { rule: 'joined', path: '/rows/0/when' }],
  ['an operator that is none', (d) => (d.rows[0]!.when = { reduce: [{ var: 'event' }, 1, 0] }), { rule: 'joined', path: '/rows/0/when' }],
  ['two operators in one', (d) => (d.rows[0]!.when = { '!': [{ var: 'event' }], '!!': [1] }), { rule: 'joined', path: '/rows/0/when' }],
  ['a word that never comes', (d) => (d.rows[1]!.when = { '==': [{ var: 'event' }, 'meeting.participant_gone'] }), { rule: 'left', path: '/rows/1' }],
  ['an example that gets something else', (d) => (d.examples.cases[0]!.expect.at = '2026-12-01T15:00:31Z'), { path: '/examples/cases/0' }],
  ['an answer to a question that is neither', (d) => (d.challenge!.reply.plainToken = 'tokn' as never), { path: '/challenge/reply' }],
  ['another name than its file', (d) => (d.inbound = 'zom'), { path: '/inbound', suggestion: '"zoom"' }],
  ['a field that no mapping has', (d) => (d['vertify'] = {}), { path: '/vertify', suggestion: 'verify' }],
])('%s: found, with place and remedy', (_name, spoil, expected) => {
  const document = documentOf('zoom');
  spoil(document as never);
  const { faults, mappings: compiled } = checkMappings([{ file: 'zoom.json', text: JSON.stringify(document) }], EVENT_FIELDS);
  expect(faults).toContainEqual(expect.objectContaining({ file: 'zoom.json', message: expect.stringMatching(/./), ...expected }));
  expect(compiled.length === 0 || expected.path!.startsWith('/examples') || expected.path === '/rows/1').toBe(true);
});

test('whatever stands in any place of a payload, it has an end: an event whose fields are what they have to be, or a reason with a place', () => {
  let tried = 0;
  for (const mapping of mappings) {
    for (const { given } of mapping.document.examples.cases.slice(0, 4)) {
      for (const path of pathsOf(given)) {
        for (const hostile of Object.values(HOSTILE)) {
          let payload: Json;
          try {
            payload = parseStrictJson(withHostile(given, path, hostile)) as Json;
          } catch {
            // The door refuses it.
            continue;
          }
          const { end, eventId, said } = mapEvent(mapping, payload, EVENT_FIELDS);
          tried += 1;
          expect(eventId.length).toBeLessThanOrEqual(200);
          expect(said).toMatch(/./);
          if (end.kind === 'unmapped') expect([end.reason, end.place, end.remedy].every((text) => text.length > 0)).toBe(true);
          if (end.kind !== 'event') continue;
          expect(Number.isSafeInteger(end.atMs)).toBe(true);
          const stand = {
            sessionId: '00000000-0000-4000-8000-000000000000',
            studentIds: ['00000000-0000-4000-8000-000000000000'],
            instructorId: '00000000-0000-4000-8000-000000000000',
          };
          const issues = EVENT_SCHEMAS[end.event as keyof typeof EVENT_SCHEMAS].safeParse({ ...stand, ...end.data }).error?.issues ?? [];
          // An amount below nothing or a currency that is none are refused when they are applied, and nothing else is.
          expect(issues.filter((i) => !['amountMinor', 'currency'].includes(String(i.path[0])))).toEqual([]);
        }
      }
    }
  }
  expect(tried).toBeGreaterThan(5_000);
});

test('a repeat has the id of the first, whenever it is sent again; the next coming of the same person has another', () => {
  const zoom = mappings.find((m) => m.name === 'zoom')!;
  const { given } = zoom.document.examples.cases[0]!;
  const idOf = (edit: (p: { event_ts: number; payload: { object: { participant: Record<string, string> } } }) => void): string => {
    const payload = structuredClone(given) as never;
    edit(payload);
    return mapEvent(zoom, payload, EVENT_FIELDS).eventId;
  };
  const first = idOf(() => undefined);
  expect(idOf((p) => (p.event_ts += 300_000))).toBe(first);
  expect(idOf((p) => (p.payload.object.participant['join_time'] = '2026-12-01T15:20:00Z'))).not.toBe(first);
  expect(idOf((p) => (p.payload.object.participant['participant_uuid'] = 'another'))).not.toBe(first);
});
