import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

jest.setTimeout(60_000);
const run = promisify(execFile);
const folder = path.join(__dirname, 'fixtures/histories');
const replay = (file: string): Promise<'agrees' | 'differs'> =>
  run(process.execPath, [path.join(__dirname, '../scripts/replay.mjs'), file]).then(
    () => 'agrees',
    () => 'differs',
  );

test.each(readdirSync(folder))('today’s workflow agrees with the recorded history %s', async (file) => {
  expect(await replay(path.join(folder, file))).toBe('agrees');
});

test('a history with another order of commands does not agree', async () => {
  const [file] = readdirSync(folder).filter((f) => f.includes('prepared'));
  const history = readFileSync(path.join(folder, file!), 'utf8').replaceAll('"prepareRoom"', '"draftSession"');
  const spoilt = path.join(mkdtempSync(path.join(os.tmpdir(), 'lectern-replay-')), 'spoilt.json');
  writeFileSync(spoilt, history);
  expect(await replay(spoilt)).toBe('differs');
});
