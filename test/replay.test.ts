import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Lectern, MINUTE } from './support/lectern';

jest.setTimeout(180_000);
const lectern = new Lectern();
const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-replay-'));
const script = (...args: string[]) => promisify(execFile)(process.execPath, [path.join(__dirname, '../scripts/replay.mjs'), ...args]);
afterAll(() => lectern.close());

/** Replays outside Jest's sandbox, against the built bundle. */
const replay = (file: string, ...renamed: string[]): Promise<'agrees' | 'differs'> =>
  script(path.join(folder, file), ...renamed).then(
    () => 'agrees',
    () => 'differs',
  );

test('recorded histories agree with the workflow as built, and one with another order of commands does not', async () => {
  const cast = await lectern.cast(1);
  const cancelled = await lectern.book(cast, 40 * MINUTE);
  await lectern.api('POST', `/v1/sessions/${cancelled}/changes`, { kind: 'cancel' });
  await lectern.closed(cancelled);
  const prepared = await lectern.book(cast, 40 * MINUTE);
  await lectern.status(prepared, 'ready', 'live');
  for (const id of [cancelled, prepared]) await script('--record', lectern.at.temporalAddress, `session/${id}`, folder);
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThanOrEqual(3);
  for (const file of files) expect([file, await replay(file)]).toEqual([file, 'agrees']);
  expect(await Promise.all(files.map((file) => replay(file, 'draftSession')))).toContain('differs');
});
