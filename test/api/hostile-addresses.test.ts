import type { z } from 'zod';
import { ROUTES } from '../../api/routes';
import { encodeCursor } from '../../api/http/cursor';
import { newId } from '../../domain/ids';
import { HOSTILE } from '../support/hostile';
import { Api, type Got, type Organisation } from './support';

jest.setTimeout(240_000);
const api = new Api();
let own: Organisation;
let key: string;
/** Something that is there for each route with an id, so that what else the address says is what it is refused for. */
let ids: Record<string, string>;
let needed: Record<string, string>;

beforeAll(async () => {
  await api.start();
  own = await api.organisation();
  key = await own.key('admin', 'coordinator');
  const [instructor, student, lonely] = [await own.person('instructor'), await own.person('student'), await own.person('student', { email: null })];
  const sessions = await own.book(key, instructor, student, 2400);
  await own.book(key, instructor, lonely, 2500);
  const steps = await api.get<{ items: { id: string }[] }>('/v1/held-steps', key);
  const rules = await api.get<{ items: { id: string }[] }>('/v1/rules', key);
  ids = { sessions, people: student, 'held-steps': steps.body.items[0]!.id, rules: rules.body.items[0]!.id };
  needed = {
    '/v1/facts/value': `fact=lateCancelsThisTerm&personId=${student}`,
    '/v1/slots': `instructorId=${instructor}&from=2027-02-03T00:00:00Z&to=2027-02-04T00:00:00Z&lengthMinutes=60`,
  };
  await own.quiet();
});
afterAll(() => api.stop());

const readers = ROUTES.filter((r) => r.method === 'get' && r.path !== '/v1/stream');
const takers = ROUTES.filter((r) => r.body);
const fieldsOf = (schema: z.ZodObject | undefined): string[] => Object.keys(schema?.shape ?? {});
const pathOf = (path: string): string => path.replace('{id}', ids[path.split('/')[2]!] ?? newId());

/** As it stands in an address: texts without their quotation marks. */
const VALUES = [
  ...Object.values(HOSTILE).map((json) => (/^".*"$/.test(json) ? (JSON.parse(json.replace(/\\ud800/, '\\ufffd')) as string) : json).slice(0, 4_000)),
  '201',
  '1e9',
  '99999999999999999999',
  'x',
  encodeCursor('sessions', ['9999-99-99T99:99:99.999999Z', 'x']),
  encodeCursor('nothing', []),
  Buffer.from('['.repeat(300)).toString('base64url'),
  Buffer.from('{"__proto__":1}').toString('base64url'),
];

/** What is wrong with a refusal: one has a code, says where, and what to do; it is never a fault of ours. */
function faultsOf(got: Got, place: string): string[] {
  if (got.status < 400) return [];
  const { code, message, remedy, requestId, details } = got.body;
  const faults = Object.entries({ code, message, remedy, requestId }).flatMap(([name, value]) =>
    typeof value === 'string' && value ? [] : [`no ${name}`],
  );
  if (got.status >= 500) faults.push('is a fault of ours');
  if (code === 'invalid-request' && !(details as { path: string }[] | undefined)?.some((d) => d.path.split('.').includes(place)))
    faults.push(`does not name ${place}`);
  if (!['invalid-request', 'not-found'].includes(String(code))) faults.push('is refused for something else');
  return faults.map((fault) => `${fault}: ${got.status} ${got.text.slice(0, 200)}`);
}

test('a hostile value in any part of any query is refused with code, place and remedy, or finds nothing; nothing is written', async () => {
  const before = await own.counts();
  const wrong: string[] = [];
  let tried = 0;
  for (const route of readers) {
    for (const field of [...fieldsOf(route.query), 'unheard']) {
      const others = (needed[route.path] ?? '').split('&').filter((pair) => pair !== '' && !pair.startsWith(`${field}=`));
      const ask = async (value: string): Promise<string[]> => {
        const query = [...others, `${field}=${value}`].join('&');
        const got = await api.get(`${pathOf(route.path)}?${query}`, key);
        return faultsOf(got, field).map((fault) => `${route.path} ${field}=${value.slice(0, 60)} ${fault}`);
      };
      const answers = await Promise.all([...VALUES.map(encodeURIComponent), '%00', 'a%00b', '%ED%A0%80', '%', `1&${field}=2`].map(ask));
      tried += answers.length;
      wrong.push(...answers.flat());
    }
  }
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(1_000);
  expect(await own.counts()).toEqual(before);
});

test.each([
  ['an hour of nothing', 'from=2027-02-03T10:00:00Z&to=2027-02-03T10:00:00Z', 'to'],
  ['a day that ends before it begins', 'from=2027-02-04T10:00:00Z&to=2027-02-03T10:00:00Z', 'to'],
  ['a year', 'from=2027-02-04T10:00:00Z&to=2028-02-03T10:00:00Z', 'to'],
  ['lessons of no length', 'from=2027-02-03T10:00:00Z&to=2027-02-04T10:00:00Z&lengthMinutes=0', 'lengthMinutes'],
  ['lessons of less than none', 'from=2027-02-03T10:00:00Z&to=2027-02-04T10:00:00Z&lengthMinutes=-60', 'lengthMinutes'],
])('free slots are not looked for in %s', async (_what, query, place) => {
  const length = query.includes('lengthMinutes') ? '' : '&lengthMinutes=60';
  const got = await api.get(`/v1/slots?instructorId=${newId()}&${query}${length}`, key);
  expect([got.status, got.body['code']]).toEqual([400, 'invalid-request']);
  expect(faultsOf(got, place)).toEqual([]);
});

test('slots of the past are none', async () => {
  const got = await api.get(`/v1/slots?${needed['/v1/slots']!.replaceAll('2027-02', '2020-02')}`, key);
  expect([got.status, got.body['items']]).toEqual([200, []]);
});

const ODD: [string, string | Uint8Array, Record<string, string>, number, string][] = [
  ['no JSON', '{"a":', {}, 400, 'malformed-json'],
  ['nothing', '', {}, 400, 'malformed-json'],
  ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), {}, 400, 'malformed-json'],
  ['40,000 levels', '['.repeat(40_000) + ']'.repeat(40_000), {}, 400, 'malformed-json'],
  ['__proto__', '{"__proto__":{"admin":true}}', {}, 400, 'malformed-json'],
  ['NUL', '{"a":"\\u0000"}', {}, 400, 'malformed-json'],
  ['7 MB', `"${'x'.repeat(7_000_000)}"`, {}, 413, 'body-too-large'],
  ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type'],
  ['text', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
  ['another charset', '{}', { 'content-type': 'application/json; charset=latin1' }, 415, 'unsupported-media-type'],
  ['a compressed body', '{}', { 'content-encoding': 'gzip' }, 415, 'unsupported-media-type'],
  ['a key with a blank in it', '{}', { 'idempotency-key': 'a b' }, 400, 'invalid-request'],
  ['a key of 201 letters', '{}', { 'idempotency-key': 'k'.repeat(201) }, 400, 'invalid-request'],
  ['a list', '[]', {}, 400, 'invalid-request'],
  ['null', 'null', {}, 400, 'invalid-request'],
];

test.each(ODD)('%s as the body of any route is refused, and writes nothing', async (_what, body, headers, status, code) => {
  const before = await own.counts();
  for (const route of takers) {
    const got = await api.send<Record<string, unknown>>(route.method.toUpperCase(), pathOf(route.path), body, key, headers);
    const what = `${route.method} ${route.path}`;
    expect([what, got.status, got.body['code']]).toEqual([what, status, code]);
    expect([typeof got.body['message'], typeof got.body['remedy'], typeof got.body['requestId']]).toEqual(['string', 'string', 'string']);
  }
  expect(await own.counts()).toEqual(before);
});
