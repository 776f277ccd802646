/**
 * Histories of workflows: `replay.mjs FILE` replays one against the built bundle, exit 0 when today's code agrees with it, 1 with the
 * difference (a second argument renames its activities, to see that it would); `replay.mjs --record ADDRESS WORKFLOW_ID FOLDER` writes the histories of every run of a workflow there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { temporal } = require('@temporalio/proto');
const { History } = temporal.api.history.v1;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

async function record(address, id, folder) {
  const { Client, Connection } = require('@temporalio/client');
  const client = new Client({ connection: await Connection.connect({ address }) });
  for await (const { workflowId, runId } of client.workflow.list({ query: `WorkflowId = '${id}'` })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    writeFileSync(path.join(folder, `${runId}.history`), History.encode(history).finish());
  }
}

async function replay(file, renamed) {
  const { Worker, Runtime, DefaultLogger } = require('@temporalio/worker');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const history = History.decode(readFileSync(file));
  for (const event of history.events) {
    const type = event.activityTaskScheduledEventAttributes?.activityType;
    if (type && renamed) type.name = renamed;
  }
  await Worker.runReplayHistory({ workflowBundle: { codePath: path.join(root, 'dist/workflows.bundle.js') } }, history, 'session/replayed');
}

const [first, ...rest] = process.argv.slice(2);
try {
  await (first === '--record' ? record(...rest) : replay(first, ...rest));
  process.exit(0);
} catch (error) {
  console.error(String(error.message ?? error));
  process.exit(1);
}
