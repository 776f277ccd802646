import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../runtime/paths';
import { Home } from '../support/cli';

jest.setTimeout(240_000);

const homes: Home[] = [];
function ownHome(): Home {
  const home = new Home({ LOG_LEVEL: 'info' });
  homes.push(home);
  return home;
}
afterAll(() => Promise.all(homes.map((home) => home.close())));

const TRANSCRIPT = path.join(projectRoot(), 'examples/lesson-fractions.json');

describe('told to end', () => {
  const home = ownHome();

  test.each<[string, NodeJS.Signals]>([
    ['the mail catcher is up', 'SIGINT'],
    ['Temporal is up', 'SIGTERM'],
    ['the database has its schema', 'SIGHUP'],
  ])('a start at “%s” by %s leaves no engine running', async (moment, signal) => {
    const run = ownHome().start(['start']);
    await run.says(moment);
    run.tell(signal);
    expect((await run.ended).code).toBe(128 + os.constants.signals[signal]);
    expect(run.err).not.toContain('Error');
    expect(homes.at(-1)!.processes()).toEqual([]);
  });

  test('npm start that serves ends well, although npm passes the Ctrl-C on once more', async () => {
    const run = home.shell('npm start --silent');
    await run.says('A lesson for two');
    run.tell('SIGINT');
    // What npm itself ends with is its own affair.
    await run.ended;
    expect(run.err.match(/stopping/g)).toHaveLength(1);
    expect(home.processes()).toEqual([]);
  });

  test.each<[string[], string, NodeJS.Signals]>([
    [['demo', '--transcript', TRANSCRIPT], 'booked', 'SIGINT'],
    [['seed'], 'Postgres is up', 'SIGTERM'],
    [['verify'], 'server and worker are up', 'SIGINT'],
    [['rules', 'publish', '-m', 'a trial'], 'Postgres is up', 'SIGINT'],
  ])('%j leaves no engine running', async (args, moment, signal) => {
    const run = home.start(args);
    await run.says(moment);
    run.tell(signal);
    expect((await run.ended).code).toBe(128 + os.constants.signals[signal]);
    expect(run.err).not.toContain('Error');
    expect(home.processes()).toEqual([]);
  });

  test('twice, it ends at once, and the engines end without it', async () => {
    const run = home.start(['start', '--no-demo']);
    await run.says('Postgres is up');
    run.tell('SIGINT');
    await run.says('stopping');
    const again = setInterval(() => run.tell('SIGINT'), 1_100);
    expect((await run.ended).code).toBe(130);
    clearInterval(again);
    while (home.processes().length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  });
});

describe('two starts of one home', () => {
  const home = ownHome();

  test('at once: one serves, the other prints its URL and exits 0; a third that comes later does too', async () => {
    const both = [home.start(['start', '--no-demo']), home.start(['start', '--no-demo'])];
    const other = await Promise.race(both.map((run) => run.ended.then(() => run)));
    const serving = both.find((run) => run !== other)!;
    expect((await other.ended).code).toBe(0);
    await serving.says('/docs');
    const url = /Lectern runs at (\S+)/.exec(serving.out)![1]!;
    expect(other.out).toBe(`Lectern runs already at ${url}\n`);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const third = home.start(['start']);
    expect((await third.ended).code).toBe(0);
    expect(third.out).toBe(`Lectern runs already at ${url}\n`);
    serving.tell('SIGTERM');
    expect((await serving.ended).code).toBe(0);
    expect(home.processes()).toEqual([]);
  });

  test('one that ends with its lesson is waited for', async () => {
    const passing = home.start(['start', '--approve-as', 'coordinator', '--exit-when-settled']);
    await passing.says('A lesson for two');
    const lasting = home.start(['start', '--no-demo']);
    await lasting.says('another start of this home');
    expect(await passing.ended).toMatchObject({ code: 0 });
    await lasting.says('Lectern runs at');
    lasting.tell('SIGINT');
    expect((await lasting.ended).code).toBe(0);
  });

  test('a port that another program has fails by name with the remedy, and starts nothing', async () => {
    const taker = createServer().listen(0, '127.0.0.1');
    await once(taker, 'listening');
    const PORT = String((taker.address() as AddressInfo).port);
    const run = home.start(['start'], { PORT });
    expect((await run.ended).code).toBe(1);
    expect(run.err).toContain(`PORT ${PORT} on 127.0.0.1 is taken`);
    expect(run.err).toContain('What to do: set PORT');
    expect(home.processes()).toEqual([]);
    expect(JSON.parse(readFileSync(path.join(home.folder, 'engines.json'), 'utf8'))).not.toHaveProperty('server');
    // A command that serves only for itself takes another port.
    const verify = home.start(['verify'], { PORT });
    expect((await verify.ended).code).toBe(0);
    taker.close();
  });
});
