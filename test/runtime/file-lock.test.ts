import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withFileLock } from '../../runtime/engines/file-lock';
import { projectRoot } from '../../runtime/paths';

jest.setTimeout(60_000);

const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (code: string, ...args: string[]): ChildProcess =>
  spawn(process.execPath, ['-e', code, '--', ...args], { cwd: projectRoot(), stdio: ['ignore', 'pipe', 'inherit'] });

const HOLD = `
  const { withFileLock } = require('./dist/runtime/engines/file-lock.js');
  withFileLock(process.argv[1], () => new Promise(() => { console.log('held'); setInterval(() => undefined, 1e6); }));`;

/** Takes the lock again and again, and is killed inside once; whoever is inside leaves a mark, and shouts when somebody living has one there. */
const CONTEND = `
  const fs = require('node:fs');
  const { withFileLock } = require('./dist/runtime/engines/file-lock.js');
  const { isAlive, thisProcess } = require('./dist/runtime/engines/process.js');
  const [file, mark, counts, dies] = process.argv.slice(1);
  (async () => {
    for (let i = 0; i < 20; i++) {
      await withFileLock(file, async () => {
        if (fs.existsSync(mark) && isAlive(JSON.parse(fs.readFileSync(mark)))) console.log('two at once');
        fs.writeFileSync(mark, JSON.stringify(thisProcess()));
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (JSON.parse(fs.readFileSync(mark)).pid !== process.pid) console.log('two at once');
        if (dies === String(i)) process.kill(process.pid, 'SIGKILL');
        fs.rmSync(mark);
        fs.appendFileSync(counts, '.');
      });
    }
  })();`;

test('a lock whose holder was killed is taken over', async () => {
  const file = path.join(folder, 'killed');
  const holder = node(HOLD, file);
  await once(holder.stdout!, 'data');
  let isTaken = false;
  const taking = withFileLock(file, () => {
    isTaken = true;
    return Promise.resolve('mine');
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(isTaken).toBe(false);
  holder.kill('SIGKILL');
  const killed = Date.now();
  expect(await taking).toBe('mine');
  // Not by growing old: that would take half a minute.
  expect(Date.now() - killed).toBeLessThan(10_000);
  expect(readdirSync(folder).filter((name) => name.startsWith('killed'))).toEqual([]);
});

test('a number that the system gave to another process does not keep the lock', async () => {
  const file = path.join(folder, 'reused');
  writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: 'long ago', turn: 'theirs' }));
  expect(await withFileLock(file, () => Promise.resolve('mine'))).toBe('mine');
});

test('a lock that a power cut left empty is taken over', async () => {
  const file = path.join(folder, 'empty');
  writeFileSync(file, '');
  expect(await withFileLock(file, () => Promise.resolve('mine'))).toBe('mine');
});

test('a taker that was killed on its way to a dead holder’s lock is replaced', async () => {
  const file = path.join(folder, 'chain');
  writeFileSync(file, JSON.stringify({ pid: 1, startTime: 'long ago', turn: 'first' }));
  writeFileSync(`${file}.first`, JSON.stringify({ pid: 1, startTime: 'long ago', turn: 'second' }));
  expect(await withFileLock(file, () => Promise.resolve('mine'))).toBe('mine');
});

test('of many takers, some of whom are killed inside, never two are inside at once', async () => {
  const file = path.join(folder, 'many');
  const counts = path.join(folder, 'counts');
  const deaths = ['-', '-', '-', '0', '3', '7'];
  const takers = deaths.map((dies) => node(CONTEND, file, path.join(folder, 'mark'), counts, dies));
  const said = takers.map((taker) => {
    let out = '';
    taker.stdout!.on('data', (text: Buffer) => (out += text.toString()));
    return once(taker, 'exit').then(() => out);
  });
  expect((await Promise.all(said)).join('')).toBe('');
  expect(readFileSync(counts, 'utf8')).toHaveLength(3 * 20 + 3 + 7);
});
