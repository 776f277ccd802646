/** Everything static: types, lint, import directions, format, rules, OpenAPI, compose file, errors in the docs. Runs all, reports each, exits 1 with any. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const bin = (name, script) => path.join(root, 'node_modules', name, script);
const node =
  (...args) =>
  () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
    return status === 0 ? null : `${stdout}${stderr}`.trim().slice(-6000);
  };
const folders = ['workflows', 'activities', 'rules', 'policy', 'messages', 'decisions', 'commands', 'domain', 'db', 'migrations', 'api', 'runtime'];

/** A committed document is what the program writes. */
const isFresh = (file, main, script) => () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (status !== 0) return stderr;
  return JSON.stringify(JSON.parse(stdout)) === JSON.stringify(JSON.parse(readFileSync(path.join(root, file), 'utf8')))
    ? null
    : `${file} differs from the code; run: npm run ${script}`;
};

/** Every error code of the catalogue stands in docs/operations.md, and no other. */
function errorsDocumented() {
  const { ERRORS } = require(path.join(root, 'dist/domain/errors.js'));
  const docs = readFileSync(path.join(root, 'docs/operations.md'), 'utf8');
  const missing = Object.keys(ERRORS).filter((code) => !docs.includes(`\`${code}\``));
  return missing.length === 0 ? null : `docs/operations.md does not explain: ${missing.join(', ')}`;
}

const checks = {
  build: node('scripts/build.mjs', '--if-needed'),
  types: node(bin('typescript', 'bin/tsc'), '-p', 'tsconfig.test.json'),
  console: node(bin('typescript', 'bin/tsc'), '-p', 'console/tsconfig.json'),
  lint: node(bin('eslint', 'bin/eslint.js'), '.', '--max-warnings', '0'),
  imports: node(bin('dependency-cruiser', 'bin/dependency-cruise.mjs'), '--config', '.dependency-cruiser.cjs', ...folders),
  format: node(bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'),
  rules: node('dist/runtime/cli.js', 'rules', 'check'),
  openapi: isFresh('docs/openapi.json', 'dist/api/openapi-main.js', 'openapi'),
  schemas: isFresh('docs/schemas/policy.schema.json', 'dist/runtime/policy-schema-main.js', 'schemas'),
  inboundSchema: isFresh('docs/schemas/inbound.schema.json', 'dist/runtime/inbound-schema-main.js', 'schemas'),
  errors: errorsDocumented,
  production: node('scripts/production-shape.mjs'),
};

let failed = false;
for (const [name, check] of Object.entries(checks)) {
  const started = Date.now();
  const fault = check();
  failed ||= fault !== null;
  console.log(`${fault === null ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)${fault === null ? '' : `\n${fault}`}`);
}
process.exit(failed ? 1 : 0);
