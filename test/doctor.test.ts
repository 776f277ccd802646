import { createServer, type AddressInfo } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { loadConfig } from '../runtime/config';
import { examine, type Ailment } from '../runtime/doctor';
import { Home } from './support/cli';
import { Lectern } from './support/lectern';

jest.setTimeout(120_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

/** A port on which nobody listens. */
const deadPort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

const ENGINES = ['Postgres answers', 'the schema is that of this version', 'Temporal answers', 'a worker runs', 'mail is taken'];
const OUTSIDE = [...ENGINES, 'text messages are taken', 'rooms can be had'];
const TWILIO = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'an-invented-token', TWILIO_FROM: '+15550100000' };
const LIVEKIT = { LIVEKIT_API_KEY: 'invented', LIVEKIT_API_SECRET: 'an-invented-secret-of-32-characters' };
type At = Parameters<typeof examine>[1];

/** What is said of engines and providers; what other tests leave lying about is none of this one's business. */
async function diagnosis(env: Record<string, string>, dead: Partial<At>): Promise<Ailment[]> {
  const { databaseUrl, temporalAddress, smtpUrl, catcherUrl } = lectern.at;
  const found = await examine(loadConfig({ NODE_ENV: 'test', ...env }), { databaseUrl, temporalAddress, smtpUrl, catcherUrl, ...dead });
  return found.filter((f) => OUTSIDE.includes(f.check));
}

const withPort = (url: string, port: number): string => url.replace(/:\d+(?=\/|$)/, `:${port}`);

test('with everything up nothing is said of engines and providers', async () => {
  expect(await diagnosis({}, {})).toEqual([]);
});

test.each<[string, (port: number) => [Record<string, string>, Partial<At>], string, RegExp]>([
  [
    'Postgres',
    (port) => [{}, { databaseUrl: withPort(lectern.at.databaseUrl, port) }],
    'Postgres answers',
    /^127\.0\.0\.1:PORT does not \(ECONNREFUSED\)$/,
  ],
  ['Temporal', (port) => [{}, { temporalAddress: `127.0.0.1:${port}` }], 'Temporal answers', /^127\.0\.0\.1:PORT does not \(.+\)$/],
  ['mail', (port) => [{}, { smtpUrl: `smtp://someone:a-password@127.0.0.1:${port}` }], 'mail is taken', /^127\.0\.0\.1:PORT does not \(E\w+\)$/],
  [
    'Twilio',
    (port) => [{ ...TWILIO, TWILIO_BASE_URL: `http://127.0.0.1:${port}` }, {}],
    'text messages are taken',
    /^Twilio does not \(ECONNREFUSED\)$/,
  ],
  ['LiveKit', (port) => [{ ...LIVEKIT, LIVEKIT_URL: `ws://127.0.0.1:${port}` }, {}], 'rooms can be had', /^livekit does not \(.+\)$/],
])('%s being dead is one finding, with its address, what to do, and no secret', async (_name, dead, check, detail) => {
  const port = await deadPort();
  const found = await diagnosis(...dead(port));
  expect(found).toEqual([{ check, detail: expect.any(String), remedy: expect.stringMatching(/mend [A-Z_]+/) }]);
  expect(found[0]!.detail.replace(String(port), 'PORT')).toMatch(detail);
  expect(JSON.stringify(found)).not.toMatch(/password|an-invented|postgres:\/\//);
});

test('what answers and does not know us is told from what is dead; an empty database wants its schema, and nothing more is read', async () => {
  const refuses = createHttpServer((_req, res) => void res.writeHead(401, { 'content-type': 'application/json' }).end('{"code":20003,"status":401}'));
  await new Promise<void>((resolve) => refuses.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(refuses.address() as AddressInfo).port}`;
  expect(await diagnosis({ ...TWILIO, TWILIO_BASE_URL: url }, {})).toMatchObject([
    { check: 'text messages are taken', detail: 'Twilio does not (20003 401)' },
  ]);
  expect(await diagnosis({ ...LIVEKIT, LIVEKIT_URL: url }, {})).toMatchObject([
    { check: 'rooms can be had', detail: expect.stringContaining('401') },
  ]);
  refuses.close();
  const stranger = new URL(lectern.at.databaseUrl);
  stranger.password = 'another';
  expect(await diagnosis({}, { databaseUrl: stranger.href })).toMatchObject([
    { check: 'Postgres answers', detail: expect.stringContaining('28P01') },
  ]);
  const empty = new URL(lectern.at.databaseUrl);
  empty.pathname = '/postgres';
  const missing = await diagnosis({}, { databaseUrl: empty.href });
  expect(new Set(missing.map((f) => `${f.check}: ${f.remedy}`))).toEqual(new Set(['the schema is that of this version: npx lectern migrate']));
});

test('the command names all that is dead, ends with 1, and starts nothing', async () => {
  const home = new Home();
  const port = await deadPort();
  const at = `127.0.0.1:${port}`;
  const env = { DATABASE_URL: `postgres://someone:a-password@${at}/lectern`, TEMPORAL_ADDRESS: at, SMTP_URL: `smtp://${at}`, ...LIVEKIT };
  const { code, out, err } = await home.lectern(['doctor'], { ...env, LIVEKIT_URL: `ws://${at}` });
  expect(code).toBe(1);
  for (const check of ['Postgres answers', 'Temporal answers', 'mail is taken', 'rooms can be had'])
    expect(out).toMatch(new RegExp(`NOT WELL {2}${check}: .* does not .*\\n {10}start it, or mend`));
  for (const line of out.trim().split('\n')) expect(line).toMatch(/^(NOT WELL {2}| {10})\S/);
  expect(out + err).not.toMatch(/a-password|an-invented|at .*\.js:/);
  expect(home.processes()).toEqual([]);
  await home.close();
});
