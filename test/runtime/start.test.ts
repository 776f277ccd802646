import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../runtime/paths';
import { lectern, processesOf, Running } from '../support/command';
import { newHome, removeHome } from '../support/environment';

jest.setTimeout(240_000);

const homes: string[] = [];
function ownHome(): string {
  const home = newHome('start');
  homes.push(home);
  return home;
}
afterAll(async () => {
  await Running.endAll();
  homes.forEach(removeHome);
});

const TRANSCRIPT = path.join(projectRoot(), 'examples/lesson-fractions.json');

describe('told to end', () => {
  const home = ownHome();

  test.each<[string, NodeJS.Signals]>([
    ['the mail catcher is up', 'SIGINT'],
    ['Temporal is up', 'SIGTERM'],
    ['the database has its schema', 'SIGHUP'],
  ])('a start at “%s” by %s leaves no engine running', async (moment, signal) => {
    const run = lectern(ownHome(), ['start']);
    await run.says(moment);
    run.tellGroup(signal);
    expect(await run.end).toBe(128 + os.constants.signals[signal]);
    expect(run.err).not.toContain('Error');
    expect(processesOf(homes.at(-1)!)).toEqual([]);
  });

  test('npm start that serves ends well, although npm passes the Ctrl-C on once more', async () => {
    const run = new Running(home, ['npm', 'start', '--silent']);
    await run.says('A lesson for two');
    run.tellGroup('SIGINT');
    // What npm itself ends with is its own affair.
    await run.end;
    expect(run.err.match(/stopping/g)).toHaveLength(1);
    expect(processesOf(home)).toEqual([]);
  });

  test.each<[string[], string, NodeJS.Signals]>([
    [['demo', '--transcript', TRANSCRIPT], 'booked', 'SIGINT'],
    [['seed'], 'Postgres is up', 'SIGTERM'],
    [['verify'], 'server and worker are up', 'SIGINT'],
    [['rules', 'diff'], 'Postgres is up', 'SIGINT'],
  ])('%j leaves no engine running', async (args, moment, signal) => {
    const run = lectern(home, args);
    await run.says(moment);
    run.tellGroup(signal);
    expect(await run.end).toBe(128 + os.constants.signals[signal]);
    expect(run.err).not.toContain('Error');
    expect(processesOf(home)).toEqual([]);
  });

  test('twice, it ends at once, and the engines end without it', async () => {
    const run = lectern(home, ['start', '--no-demo']);
    await run.says('Postgres is up');
    run.tellGroup('SIGINT');
    await run.says('stopping');
    const again = setInterval(() => run.tellGroup('SIGINT'), 1_100);
    expect(await run.end).toBe(130);
    clearInterval(again);
    while (processesOf(home).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  });
});

describe('two starts of one home', () => {
  const home = ownHome();

  test('at once: one serves, the other prints its URL and exits 0; a third that comes later does too', async () => {
    const both = [lectern(home, ['start', '--no-demo']), lectern(home, ['start', '--no-demo'])];
    const other = await Promise.race(both.map((run) => run.end.then(() => run)));
    const serving = both.find((run) => run !== other)!;
    expect(await other.end).toBe(0);
    await serving.says('/docs');
    const url = /Lectern runs at (\S+)/.exec(serving.out)![1]!;
    expect(other.out).toBe(`Lectern runs already at ${url}\n`);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const third = lectern(home, ['start']);
    expect(await third.end).toBe(0);
    expect(third.out).toBe(`Lectern runs already at ${url}\n`);
    serving.tellGroup('SIGTERM');
    expect(await serving.end).toBe(0);
    expect(processesOf(home)).toEqual([]);
  });

  test('one that ends with its lesson is waited for', async () => {
    const passing = lectern(home, ['start', '--approve-as', 'coordinator', '--exit-when-settled']);
    await passing.says('A lesson for two');
    const lasting = lectern(home, ['start', '--no-demo']);
    await lasting.says('another start of this home');
    expect({ code: await passing.end, err: passing.err }).toMatchObject({ code: 0 });
    await lasting.says('Lectern runs at');
    lasting.tellGroup('SIGINT');
    expect(await lasting.end).toBe(0);
  });

  test('a port that another program has fails by name with the remedy, and starts nothing', async () => {
    const taker = createServer().listen(0, '127.0.0.1');
    await once(taker, 'listening');
    const PORT = String((taker.address() as AddressInfo).port);
    const run = lectern(home, ['start'], { PORT });
    expect(await run.end).toBe(1);
    expect(run.err).toContain(`PORT ${PORT} on 127.0.0.1 is taken`);
    expect(run.err).toContain('What to do: set PORT');
    expect(processesOf(home)).toEqual([]);
    expect(JSON.parse(readFileSync(path.join(home, 'engines.json'), 'utf8'))).not.toHaveProperty('server');
    // A command that serves only for itself takes another port.
    const verify = lectern(home, ['verify'], { PORT });
    expect(await verify.end).toBe(0);
    taker.close();
  });
});
