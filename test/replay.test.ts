import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Lectern, MINUTE } from './support/lectern';

jest.setTimeout(180_000);
const lectern = new Lectern();
const run = promisify(execFile);
const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-replay-'));
afterAll(() => lectern.close());

/** Replays outside Jest's sandbox, against the built bundle. */
function replay(name: string, history: string): Promise<'agrees' | 'differs'> {
  const file = path.join(folder, `${name}.json`);
  writeFileSync(file, history);
  return run(process.execPath, [path.join(__dirname, '../scripts/replay.mjs'), file]).then(
    () => 'agrees',
    () => 'differs',
  );
}

test('recorded histories agree with the workflow as built, and one with another order of commands does not', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel' });
  const taught = await lectern.book(cast, 100 * MINUTE);
  await lectern.closed(sessionId);
  await lectern.status(taught, 'ready', 'live');
  const connection = await Connection.connect({ address: lectern.at.temporalAddress });
  const client = new Client({ connection });
  const histories: string[] = [];
  for (const id of [sessionId, taught]) {
    for await (const { workflowId, runId } of client.workflow.list({ query: `WorkflowId = 'session/${id}'` })) {
      histories.push(JSON.stringify(historyToJSON(await client.workflow.getHandle(workflowId, runId).fetchHistory())));
    }
  }
  await connection.close();
  expect(histories.length).toBeGreaterThanOrEqual(3);
  for (const [i, history] of histories.entries()) expect(await replay(`recorded-${i}`, history)).toBe('agrees');
  const prepared = histories.find((h) => h.includes('"prepareRoom"'))!;
  expect(await replay('spoilt', prepared.replaceAll('"prepareRoom"', '"draftSession"'))).toBe('differs');
});
