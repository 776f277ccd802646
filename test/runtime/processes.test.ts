import { request } from 'node:http';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { projectRoot } from '../../runtime/paths';
import { answers, freePort } from '../../runtime/engines/ports';
import { Home, type Running } from '../support/cli';
import { testEnvironment } from '../support/environment';
import { HOUR, Lectern } from '../support/lectern';
import { Line } from '../support/line';
import { endChild } from '../support/under-test';

jest.setTimeout(180_000);

/** Postgres, Temporal and the sink as an operator has them: they run, and no Lectern does. */
const GROUND = `
  const { loadConfig } = require('./dist/runtime/config.js');
  const { prepareGround } = require('./dist/runtime/ground.js');
  const { issueFirstKey } = require('./dist/runtime/organisation.js');
  prepareGround(loadConfig(), () => undefined).then(async ({ engines, db, first, clock, stop }) => {
    const adminKey = await issueFirstKey(db, first.organisationId);
    process.stdout.write(JSON.stringify({ ...engines, ...first, adminKey, clock }) + '\\n');
    process.once('SIGTERM', () => stop().then(() => process.exit(0)));
    setInterval(() => undefined, 1e6);
  });`;

const home = new Home({ LOG_LEVEL: 'info' });
let ground: ChildProcess;
let lectern: Lectern;
let env: NodeJS.ProcessEnv;
let worker: Running;
let server: Running;
const figures = { worker: '', server: '' };

beforeAll(async () => {
  ground = spawn(process.execPath, ['-e', GROUND], {
    cwd: projectRoot(),
    env: testEnvironment(home.folder, { CLOCK_RATE: '300' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(ground.stdout!, 'data')) as [Buffer];
  const at = JSON.parse(line.toString()) as Lectern['at'];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  env = {
    DATABASE_URL: at.databaseUrl,
    TEMPORAL_ADDRESS: at.temporalAddress,
    SMTP_URL: at.smtpUrl,
    CATCHER_URL: at.catcherUrl,
    LECTERN_SECRET: at.secret,
    PUBLIC_URL: url,
    PORT: String(port),
    LECTERN_HOME: `${home.folder}/none`,
  };
  lectern = new Lectern(JSON.stringify({ ...at, home: home.folder, url }));
  const ports = [await freePort(), await freePort()];
  Object.assign(figures, { worker: `http://127.0.0.1:${ports[0]}/metrics`, server: `http://127.0.0.1:${ports[1]}/metrics` });
  worker = home.start(['worker'], { ...env, METRICS_PORT: String(ports[0]) });
  server = home.start(['server'], { ...env, METRICS_PORT: String(ports[1]) });
  await worker.says('the worker runs');
  await server.says('the server listens');
});

afterAll(async () => {
  await lectern.close();
  await Promise.all([worker, server].map((run) => run.interrupt('SIGKILL')));
  await endChild(ground, 'SIGTERM');
  expect(home.processes()).toEqual([]);
  await home.close();
});

const sink = (path: string, body?: object): Promise<Response> =>
  fetch(`${lectern.at.catcherUrl}/test/${path}`, body ? { method: 'POST', body: JSON.stringify(body) } : {});

test.each(['worker', 'server'])('a %s without engines of its own names everything that it needs', async (kind) => {
  const run = home.start([kind], { LECTERN_HOME: `${home.folder}/none` });
  expect((await run.ended).code).toBe(2);
  for (const variable of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'SMTP_URL', 'LECTERN_SECRET']) expect(run.err).toContain(variable);
});

test('both print their configuration with secrets masked', () => {
  for (const { err } of [worker, server]) {
    expect(err).toContain(`"TEMPORAL_ADDRESS":"${lectern.at.temporalAddress}"`);
    expect(err).toContain('"LECTERN_SECRET":"***"');
    expect(err).not.toContain(lectern.at.secret);
    expect(err).not.toContain(new URL(lectern.at.databaseUrl).password);
  }
});

test('healthz says that the process lives, readyz whether what it needs answers', async () => {
  expect((await fetch(`${lectern.at.url}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${lectern.at.url}/readyz`)).json()).toEqual({ status: 'ready', checks: { database: true, temporal: true } });
  const lonely = home.start(['server'], { ...env, PORT: '0', PUBLIC_URL: '', TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
  await lonely.says('the server listens');
  const url = /"url":"([^"]+)","msg":"the server listens"/.exec(lonely.err)![1]!;
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ code: 'unavailable', details: { checks: { database: true, temporal: false } } });
  lonely.tell('SIGTERM');
  expect((await lonely.ended).code).toBe(0);
});

const metric = async (of: 'worker' | 'server', series: string): Promise<number | undefined> => {
  const line = (await (await fetch(figures[of])).text()).split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

test('each counts what it did: the server the decision on a booking, the worker the message that left; both give what is held, since when, and paused', async () => {
  const sent = 'lectern_message_lateness_seconds_count{kind="confirmation",channel="email"}';
  const admitted = 'lectern_decisions_total{point="admission",outcome="book"}';
  const [before, decided] = [(await metric('worker', sent)) ?? 0, (await metric('server', admitted)) ?? 0];
  await lectern.book(await lectern.cast(2), 300 * HOUR);
  await lectern.until('both confirmations to be counted', async () => (await metric('worker', sent)) === before + 2);
  expect(await metric('server', admitted)).toBe(decided + 1);
  expect([await metric('server', sent), await metric('worker', admitted)]).toEqual([undefined, undefined]);
  expect(await metric('worker', 'lectern_wakes_total')).toBeGreaterThanOrEqual(1);
  const { body: pause } = await lectern.api<{ id: string }>('POST', '/v1/ops/pause', { policy: 'admission', reason: 'Invented trouble' });
  const cast = await lectern.cast(1);
  for (const hours of [400, 402]) await lectern.book(cast, hours * HOUR);
  const [oldest] = await lectern.query<{ openedAt: Date }>(`SELECT opened_at FROM held_steps WHERE state = 'open' ORDER BY opened_at LIMIT 1`);
  for (const which of ['worker', 'server'] as const) {
    const earliest = (+lectern.now() - +oldest!.openedAt) / 1000;
    const age = (await metric(which, 'lectern_held_steps_age_seconds{kind="booking"}'))!;
    expect(age).toBeGreaterThanOrEqual(earliest);
    expect(age).toBeLessThanOrEqual((+lectern.now() - +oldest!.openedAt) / 1000);
    expect(await metric(which, 'lectern_held_steps_open{kind="booking"}')).toBe(2);
    expect(await metric(which, 'lectern_pauses_active')).toBe(1);
  }
  await lectern.api('POST', `/v1/ops/pause/${pause.id}/release`);
  expect(await metric('server', 'lectern_pauses_active')).toBe(0);
});

test('what the native part of the Temporal SDK has to say is a line of the log, and nothing on standard output', async () => {
  const line = new Line(new URL(`http://${lectern.at.temporalAddress}`));
  const far = home.start(['worker'], { ...env, TEMPORAL_ADDRESS: new URL(await line.mend()).host });
  await far.says('the worker runs');
  await line.cut();
  await far.says('"source":"temporal"');
  expect(far.out).toBe('');
  for (const text of far.err.trim().split('\n')) expect(() => JSON.parse(text) as unknown).not.toThrow();
  await far.interrupt('SIGKILL');
});

test('a worker told to end finishes the mail that is on its way, then exits 0; the next one goes on', async () => {
  const cast = await lectern.cast(1);
  await sink('withhold', { count: 1 });
  const sessionId = await lectern.book(cast, 100 * HOUR);
  await lectern.until('the withheld mail', async () => ((await (await sink('withheld')).json()) as { withheld: number }).withheld > 0);
  worker.tell('SIGTERM');
  await worker.says('stopping');
  await sink('release', {});
  expect((await worker.ended).code).toBe(0);
  // It knew the sink's answer before it ended: nothing is left in doubt.
  expect(await lectern.query(`SELECT 1 FROM attempts WHERE state = 'claimed'`)).toEqual([]);
  const sent = await lectern.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM attempts a JOIN obligations o ON o.id = a.obligation_id WHERE o.session_id = ? AND a.state = 'sent'`,
    [sessionId],
  );
  expect(sent[0]!.n).toBe((await lectern.mails(cast)).length);
  worker = home.start(['worker'], env);
  await lectern.until('everything due to be delivered', async () => {
    const open = await lectern.query(`SELECT 1 FROM obligations WHERE state IN ('planned', 'claimed', 'in-doubt') AND due_at <= ?`, [lectern.now()]);
    return open.length === 0 && (await lectern.mails(cast)).length > 1;
  });
  const mails = await lectern.mails(cast);
  expect(new Set(mails.map((m) => m.messageId)).size).toBe(mails.length);
});

test('a server told to end takes no new request, answers the one in hand, then exits 0', async () => {
  const body = JSON.stringify({ kind: 'student', name: 'Stu Invented', givenName: 'Stu', zone: 'Europe/Berlin' });
  const headers = { authorization: `Bearer ${lectern.at.adminKey}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const call = request(`${lectern.at.url}/v1/people`, { method: 'POST', headers });
  const answered = once(call, 'response') as Promise<[{ statusCode: number; resume(): void }]>;
  call.write(body.slice(0, 10));
  const stream = await fetch(`${lectern.at.url}/v1/stream`, { headers: { authorization: headers.authorization } });
  expect(stream.status).toBe(200);
  server.tell('SIGTERM');
  const port = Number(new URL(lectern.at.url).port);
  await lectern.until('the port to be closed', async () => !(await answers(port)));
  call.end(body.slice(10));
  const [answer] = await answered;
  expect(answer.statusCode).toBe(201);
  answer.resume();
  expect((await server.ended).code).toBe(0);
  expect(await stream.text().catch(() => 'cut')).not.toBe('');
});
