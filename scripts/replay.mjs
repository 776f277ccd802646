/**
 * Histories of workflows: `replay.mjs FILE` replays one (JSON) against the built bundle, exit 0 when today's code agrees with it, 1 with the
 * difference; `replay.mjs --record ADDRESS WORKFLOW_ID FOLDER` writes the histories of every run of a workflow there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { historyFromJSON, historyToJSON } = require('@temporalio/common/lib/proto-utils');
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

async function record(address, id, folder) {
  const { Client, Connection } = require('@temporalio/client');
  const client = new Client({ connection: await Connection.connect({ address }) });
  for await (const { workflowId, runId } of client.workflow.list({ query: `WorkflowId = '${id}'` })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    writeFileSync(path.join(folder, `${runId}.json`), JSON.stringify(historyToJSON(history)));
  }
}

async function replay(file) {
  const { Worker, Runtime, DefaultLogger } = require('@temporalio/worker');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const history = historyFromJSON(JSON.parse(readFileSync(file, 'utf8')));
  await Worker.runReplayHistory({ workflowBundle: { codePath: path.join(root, 'dist/workflows.bundle.js') } }, history, 'session/replayed');
}

const [first, ...rest] = process.argv.slice(2);
try {
  await (first === '--record' ? record(...rest) : replay(first));
  process.exit(0);
} catch (error) {
  console.error(String(error.message ?? error));
  process.exit(1);
}
