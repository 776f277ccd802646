import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Lectern, MINUTE, TRANSCRIPT } from './support/lectern';

jest.setTimeout(300_000);
const lectern = new Lectern();
const recorded = path.join(__dirname, 'histories');
const script = (...args: string[]) => promisify(execFile)(process.execPath, [path.join(__dirname, '../scripts/replay.mjs'), ...args]);
afterAll(() => lectern.close());

/** Replays outside Jest's sandbox, against the built bundle. */
const replay = (folder: string, file: string, ...renamed: string[]): Promise<'agrees' | 'differs'> =>
  script(path.join(folder, file), ...renamed).then(
    () => 'agrees',
    () => 'differs',
  );

/** A session that is cancelled, and one that is taught to the end: every run of both, as `NAME-RUN.history`. */
async function recordInto(folder: string): Promise<void> {
  const cast = await lectern.cast(1);
  const cancelled = await lectern.book(cast, 40 * MINUTE);
  await lectern.api('POST', `/v1/sessions/${cancelled}/changes`, { kind: 'cancel' });
  await lectern.closed(cancelled);
  const settled = await lectern.book(cast, 90 * MINUTE);
  await lectern.status(settled, 'ready', 'live');
  await lectern.arrive(settled, cast.instructorId, ...cast.studentIds);
  await lectern.send('recording.ready', { sessionId: settled });
  await lectern.send('transcript.ready', { sessionId: settled, lines: TRANSCRIPT });
  await lectern.decide(await lectern.openStep(settled, 'documentation.review'), 'approve');
  await lectern.closed(settled);
  for (const [name, id] of Object.entries({ cancelled, settled })) {
    const runs = mkdtempSync(path.join(os.tmpdir(), 'lectern-replay-'));
    await lectern.until('both runs to be recorded', async () => {
      await script('--record', lectern.at.temporalAddress, `session/${id}`, runs);
      return readdirSync(runs).length >= (name === 'settled' ? 2 : 1);
    });
    readdirSync(runs).forEach((file, i) => copyFileSync(path.join(runs, file), path.join(folder, `${name}-${i + 1}.history`)));
    rmSync(runs, { recursive: true });
  }
}

test('histories recorded now agree with the workflow as built (UPDATE_HISTORIES=1 commits them)', async () => {
  const folder = process.env.UPDATE_HISTORIES ? recorded : mkdtempSync(path.join(os.tmpdir(), 'lectern-replay-'));
  mkdirSync(folder, { recursive: true });
  await recordInto(folder);
  for (const file of readdirSync(folder)) expect([file, await replay(folder, file)]).toEqual([file, 'agrees']);
});

test('committed histories agree with the workflow as built, and one with another order of commands does not', async () => {
  const files = readdirSync(recorded);
  expect(files.length).toBeGreaterThanOrEqual(3);
  for (const file of files) expect([file, await replay(recorded, file)]).toEqual([file, 'agrees']);
  expect(await Promise.all(files.map((file) => replay(recorded, file, 'draftSession')))).toContain('differs');
});
