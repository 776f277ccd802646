/**
 * Builds everything that runs: TypeScript into dist/, the workflow bundle, the console.
 * `--if-needed` skips a step whose inputs have not changed since it last succeeded (a hash is kept in dist/).
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const ifNeeded = process.argv.includes('--if-needed');
const server = ['workflows', 'activities', 'policy', 'messages', 'decisions', 'commands', 'domain', 'db', 'migrations', 'api', 'runtime', 'bench'];

function hashOf(entries) {
  const hash = createHash('sha256');
  const walk = (file) => {
    if (!existsSync(file)) return;
    const entriesOfFolder = readdirSync(file, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entriesOfFolder) {
      if (entry.name === 'node_modules' || entry.name.endsWith('.gen.ts')) continue;
      const full = path.join(file, entry.name);
      if (entry.isDirectory()) walk(full);
      else hash.update(path.relative(root, full)).update(readFileSync(full));
    }
  };
  for (const entry of entries) {
    const full = path.join(root, entry);
    if (/\.[a-z]+$/.test(entry)) hash.update(entry).update(existsSync(full) ? readFileSync(full) : '');
    else walk(full);
  }
  return hash.digest('hex');
}

async function step(name, inputs, output, run) {
  const stamp = path.join(root, 'dist', `.built-${name}`);
  const hash = hashOf(inputs);
  if (ifNeeded && existsSync(path.join(root, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const started = Date.now();
  await run();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  process.stderr.write(`built ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function command(bin, args, cwd = root) {
  const result = spawnSync(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** What was built from a file that is gone goes as well: a `words.js` of before is found in place of a folder `words`. */
function removeLeftOver(folder) {
  for (const entry of readdirSync(path.join(root, 'dist', folder), { withFileTypes: true })) {
    const inner = path.join(folder, entry.name);
    if (entry.isDirectory()) removeLeftOver(inner);
    else if (/\.js(\.map)?$/.test(inner) && !existsSync(path.join(root, inner.replace(/\.js(\.map)?$/, '.ts'))))
      rmSync(path.join(root, 'dist', inner));
  }
}

/** Packs the console's files once, so that a phone loads a quarter and no request pays for packing. */
function pack(folder) {
  for (const name of readdirSync(folder).filter((n) => /\.(js|css)$/.test(n))) {
    const file = path.join(folder, name);
    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

await step('server', [...server, 'tsconfig.json', 'package-lock.json'], 'dist/runtime/cli.js', () => {
  command(require.resolve('typescript/bin/tsc'), ['-p', 'tsconfig.json']);
  server.forEach(removeLeftOver);
  chmodSync(path.join(root, 'dist/runtime/cli.js'), 0o755);
});
await step('workflows', ['workflows', 'domain', 'package-lock.json'], 'dist/workflows.bundle.js', async () => {
  const { bundleWorkflowCode } = require('@temporalio/worker');
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn: console.error, error: console.error };
  const { code } = await bundleWorkflowCode({ workflowsPath: path.join(root, 'dist/workflows/index.js'), logger: quiet });
  writeFileSync(path.join(root, 'dist/workflows.bundle.js'), code);
});
if (existsSync(path.join(root, 'console/vite.config.ts'))) {
  await step('console', ['console', 'docs/openapi.json', 'package-lock.json', 'scripts/build.mjs'], 'dist/console/index.html', () => {
    const bin = path.join(path.dirname(require.resolve('openapi-typescript/package.json')), 'bin/cli.js');
    command(bin, ['docs/openapi.json', '-o', 'console/src/api/schema.gen.ts']);
    command(path.join(path.dirname(require.resolve('vite/package.json')), 'bin/vite.js'), ['build', 'console', '--logLevel', 'warn']);
    pack(path.join(root, 'dist/console/assets'));
  });
}
