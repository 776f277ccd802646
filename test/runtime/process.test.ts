import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { isAlive, startTimeOf } from '../../runtime/engines/process';

jest.setTimeout(60_000);

/** Listens, and has threads with much memory: after a kill the first thread ends before the others, which hold the port until they end. */
const MANY_THREADS = `
  const { Worker } = require('node:worker_threads');
  const work = 'const b = Buffer.alloc(64 << 20, 1); const n = new Int32Array(new SharedArrayBuffer(4)); for (;;) Atomics.wait(n, 0, 0, 5)';
  for (let i = 0; i < 4; i++) new Worker(work, { eval: true });
  const server = require('node:net').createServer().listen(0, '127.0.0.1', () => setTimeout(() => console.log(server.address().port), 400));`;

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

test('a killed process counts as alive until its last thread has let go of its port', async () => {
  for (let i = 0; i < 5; i++) {
    const child = spawn(process.execPath, ['-e', MANY_THREADS], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const id = { pid: child.pid!, startTime: startTimeOf(child.pid!)! };
    expect(isAlive(id)).toBe(true);
    child.kill('SIGKILL');
    // No pause: the moment between the end of the first thread and that of the last is what is looked for.
    while (isAlive(id));
    expect(await canListen(Number(line))).toBe(true);
  }
});

test('a number that was given to another process is not taken for the first', () => {
  expect(isAlive({ pid: process.pid, startTime: 'another time' })).toBe(false);
  expect(isAlive({ pid: process.pid, startTime: startTimeOf(process.pid)! })).toBe(true);
});
