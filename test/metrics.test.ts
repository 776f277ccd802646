import { pino } from 'pino';
import type { Figures } from '../db/metrics';
import { signal } from '../domain/signals';
import { loadConfig } from '../runtime/config';
import { gaugesOf } from '../runtime/metrics/figures';
import { startMetrics } from '../runtime/metrics/listen';
import { HOUR, Lectern } from './support/lectern';
import { OwnOrganisation } from './support/organisation';

jest.setTimeout(120_000);
const shared = new Lectern();
let own: OwnOrganisation;
beforeAll(async () => {
  own = await OwnOrganisation.of(shared);
});
afterAll(async () => {
  await own.close();
  await shared.close();
});

const scrape = async (headers: Record<string, string>): Promise<{ status: number; text: string }> => {
  const answer = await fetch(`${own.at.url}/metrics`, { headers });
  return { status: answer.status, text: await answer.text() };
};
const valueOf = (text: string, series: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1) ?? NaN,
  );

test('of several organisations numbers add up, and of what waits the oldest counts', async () => {
  const figures = (n: number): Figures => ({
    ...{ sessions: { booked: n }, obligations: {}, obligationsOverdue: n, obligationsPaused: 0, pauses: n, sessionsStuck: 0 },
    ...{ webhooks: { on: n }, webhooksOverdue: 0, webhooksFailed: n },
    ...{ heldSteps: { plan: n }, heldStepsAge: { plan: 60 * n }, heldStepsOverdue: {}, outbox: n, outboxAge: 10 * n, inbox: n, inboxAge: 20 * n },
  });
  const text = await gaugesOf([figures(3), figures(1)]).metrics();
  const of = (series: string): number => valueOf(text, series);
  expect([of('lectern_sessions{status="booked"}'), of('lectern_pauses_active'), of('lectern_held_steps_open{kind="plan"}')]).toEqual([4, 4, 4]);
  expect([of('lectern_held_steps_age_seconds{kind="plan"}'), of('lectern_outbox_age_seconds'), of('lectern_inbox_age_seconds')]).toEqual([
    180, 30, 60,
  ]);
});

test('an organisation’s figures are what it has, behind its key, without a word about a person', async () => {
  await own.api('POST', '/v1/ops/pause', { policy: 'admission', reason: 'Invented trouble' });
  const cast = await own.cast(2);
  const ids = [await own.book(cast, 300 * HOUR), await own.book(cast, 302 * HOUR)];
  await own.decide(await own.openStep(ids[0]!, 'booking'), 'approve');
  const { status, text } = await scrape({ authorization: `Bearer ${own.at.adminKey}` });
  expect(status).toBe(200);
  expect(valueOf(text, 'lectern_sessions{status="booked"}')).toBe(1);
  expect(valueOf(text, 'lectern_sessions{status="held"}')).toBe(1);
  expect(valueOf(text, 'lectern_held_steps_open{kind="booking"}')).toBe(1);
  expect(valueOf(text, 'lectern_pauses_active')).toBe(1);
  expect(valueOf(text, 'lectern_obligations_overdue')).toBe(0);
  expect(text).not.toMatch(new RegExp(`${cast.tag}|@|${own.at.organisationId}|${ids.join('|')}|Invented|[0-9a-f]{8}-[0-9a-f]{4}`));
  expect(text.split('\n').filter((line) => line && !line.startsWith('#')).length).toBeLessThan(60);
  expect((await scrape({})).status).toBe(401);
  expect((await scrape(await own.key('Ines', 'instructor'))).status).toBe(403);
});

test('a port of its own gives the figures of all organisations and what the process did', async () => {
  const config = { ...loadConfig({}), metricsPort: 0 };
  const metrics = (await startMetrics(config, own.at.databaseUrl, pino({ level: 'silent' })))!;
  signal('decision', { point: 'change', outcome: 'allow' });
  signal('sent', { kind: 'reminder', channel: 'email', latenessMs: 3_000 });
  signal('dispatch', { ms: 70 });
  signal('relayed', { count: 2, lagMs: 20 });
  const text = await (await fetch(metrics.url)).text();
  expect(valueOf(text, 'lectern_sessions{status="booked"}')).toBeGreaterThanOrEqual(1);
  expect(valueOf(text, 'lectern_decisions_total{point="change",outcome="allow"}')).toBe(1);
  expect(valueOf(text, 'lectern_message_lateness_seconds_bucket{le="5",kind="reminder",channel="email"}')).toBe(1);
  expect(valueOf(text, 'lectern_message_lateness_seconds_bucket{le="1",kind="reminder",channel="email"}')).toBe(0);
  expect(valueOf(text, 'lectern_dispatch_seconds_bucket{le="0.1"}')).toBe(1);
  expect(valueOf(text, 'lectern_wakes_total')).toBe(2);
  expect(valueOf(text, 'lectern_relay_lag_seconds_count')).toBe(1);
  expect(text).toContain('lectern_nodejs_eventloop_lag_seconds');
  expect((await fetch(metrics.url.replace('/metrics', '/'))).status).toBe(404);
  await metrics.stop();
  expect(await startMetrics({ ...config, metricsPort: undefined }, own.at.databaseUrl, pino({ level: 'silent' }))).toBeNull();
});
