/** Replays a recorded history (JSON) against the built workflow bundle: exit 0 when today's code agrees with it, 1 with the difference. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { Worker, Runtime, DefaultLogger } = require('@temporalio/worker');
const { historyFromJSON } = require('@temporalio/common/lib/proto-utils');
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

Runtime.install({ logger: new DefaultLogger('ERROR') });
try {
  const history = historyFromJSON(JSON.parse(readFileSync(process.argv[2], 'utf8')));
  await Worker.runReplayHistory(
    { workflowBundle: { codePath: path.join(root, 'dist/workflows.bundle.js') } },
    history,
    process.argv[3] ?? 'session/replayed',
  );
  process.exit(0);
} catch (error) {
  console.error(String(error.message ?? error));
  process.exit(1);
}
