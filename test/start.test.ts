import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Home } from './support/cli';

/** A newcomer's machine, as shipped: real clock, real engines, the demo's own policies. */
const home = new Home();
afterAll(() => home.close(), 60_000);

const count = (text: string, pattern: RegExp): number => text.match(new RegExp(pattern, 'g'))?.length ?? 0;

test('a newcomer starts Lectern, watches a lesson, approves with the printed curl, and finds everything again', async () => {
  const first = home.start(['start']);
  const url = (await first.says(/Lectern runs at (http:\S+)/))[1]!;
  await first.says(/Mail and SMS/);
  expect(count(first.out, /\/sign-in\/ls_/)).toBe(1);
  expect(count(first.out, /lk_\S+/)).toBe(1);
  expect((await fetch(`${url}/docs`)).status).toBe(200);

  const curl = (await first.says(/(curl [\s\S]*?\}')\n/))[1]!;
  expect(first.out).toMatch(new RegExp(`${url}/held-steps/[0-9a-f-]{36}`));
  const second = await home.lectern(['start']);
  expect(second).toMatchObject({ code: 0, out: `Lectern runs already at ${url}\n` });
  const approved = await home.shell(curl).ended;
  expect([approved.code, JSON.parse(approved.out)]).toMatchObject([0, { decision: 'approve' }]);
  const sessionId = (await first.says(/The session is settled[\s\S]*?rules explain (\S+)/))[1]!;

  for (const step of [
    /booked/,
    /the room is open/,
    /arrived: Sam \(student\)/,
    /no-show: Nora/,
    /decided: .*approve/,
    /sent update .*to Gina$/,
    /settled$/,
  ])
    expect(first.out).toMatch(new RegExp(`^  \\d\\d:\\d\\d:\\d\\d  .*${step.source}`, 'm'));
  // One line a step: every line of the timeline begins with its time.
  const timeline = first.out.slice(first.out.indexOf('decided:\n\n'), first.out.indexOf('\nNow it is your turn'));
  expect(
    timeline
      .trim()
      .split('\n')
      .slice(2)
      .filter((line) => !/^  \d\d:\d\d:\d\d  \S/.test(line)),
  ).toEqual([]);

  const explained = await home.lectern(['rules', 'explain', sessionId]);
  expect(explained).toMatchObject({ code: 0, out: expect.stringMatching(/no-show\.student/) });
  const link = await home.lectern(['sign-in', '--json']);
  expect((await fetch((JSON.parse(link.out) as { url: string }).url)).status).toBe(200);
  expect(await first.interrupt()).toMatchObject({ code: 0 });

  const verified = await home.lectern(['verify', '--json']);
  const { sessions, findings } = JSON.parse(verified.out) as { sessions: number; findings: object[] };
  expect([verified.code, findings]).toEqual([0, []]);
  // The lesson, the group class, and each series from a fortnight to eight weeks from now.
  expect(sessions).toBeGreaterThanOrEqual(2 + 2 * 6);
}, 300_000);

test('unattended it ends by itself, and shows no key twice', async () => {
  const { code, out } = await home.lectern(['start', '--approve-as', 'coordinator', '--exit-when-settled']);
  expect([code, /The session is settled/.test(out)]).toEqual([0, true]);
  expect(out).not.toMatch(/lk_|\/sign-in\/ls_/);
}, 300_000);

test('a first start that is killed while it seeds is a first start again: all are there, and the key is shown once', async () => {
  const another = new Home();
  try {
    const killed = another.start(['start', '--no-demo']);
    await killed.says(/instructors and/);
    await killed.interrupt('SIGKILL');
    const next = another.start(['start', '--no-demo']);
    await next.says(/API, to read/);
    expect(count(killed.out + next.out, /lk_\S+/)).toBe(1);
    const seeded = await another.lectern(['seed', '--json']);
    expect(JSON.parse(seeded.out)).toMatchObject({ students: 60, existed: 60 + 15 + 2 + 36 + 1 + 2 });
  } finally {
    await another.close();
  }
}, 300_000);

test('the terminal shows its own lines only: what Temporal’s client says when its server is gone stands in the log', async () => {
  const running = home.start(['start', '--no-demo']);
  const log = (await running.says(/Log:\s+(\S+)/))[1]!;
  expect(log).toBe(path.join(home.folder, 'lectern.log'));
  const engines = JSON.parse(readFileSync(path.join(home.folder, 'engines.json'), 'utf8')) as { temporal: { pid: number } };
  process.kill(engines.temporal.pid, 'SIGKILL');
  const logged = (): Record<string, unknown>[] =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const until = Date.now() + 120_000; !logged().some((l) => l.sdkComponent === 'core') && Date.now() < until;) await sleep(100);
  expect(logged().find((l) => l.sdkComponent === 'core')).toMatchObject({ level: 'warn', source: 'temporal' });
  const { code, out, err } = await running.interrupt();
  expect(code).toBe(0);
  expect(`${out}${err}`.split('\n').filter((line) => /[{]|WARN|ERROR|temporalio/.test(line))).toEqual([]);
}, 300_000);
