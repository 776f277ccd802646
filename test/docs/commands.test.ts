import { execFileSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describeConfig, loadConfig, VARIABLES } from '../../runtime/config';
import { startEngines } from '../../runtime/engines/engines';
import { ERRORS } from '../../domain/errors';
import { Home } from '../support/cli';
import { commandsOf, root } from './commands';
import { typeAll, untyped } from './typed';

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/day.md',
  'docs/architecture.md',
  'docs/operations.md',
  'docs/import.md',
  'docs/inbound.md',
  'docs/webhooks.md',
];

test('the commands of README.md run as they stand, in order, in a new home', async () => {
  const home = new Home({ PORT: await freePort() });
  try {
    const typed = await typeAll('README.md', home);
    expect(typed).toEqual(expect.arrayContaining(['npx lectern verify', 'npx lectern rules explain SESSION', 'npx lectern rules check']));
  } finally {
    await home.close();
  }
}, 400_000);

test('the commands of docs/operations.md run as they stand, in order, in the production shape', async () => {
  const home = new Home();
  const engines = await startEngines(loadConfig(home.env), { progress: () => undefined });
  const port = await freePort();
  Object.assign(home.env, {
    NODE_ENV: 'production',
    DATABASE_URL: engines.databaseUrl,
    DATABASE_OWNER_URL: engines.databaseOwnerUrl,
    TEMPORAL_ADDRESS: engines.temporalAddress,
    SMTP_URL: engines.smtpUrl,
    LECTERN_SECRET: 'invented-for-a-test-'.repeat(3),
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    LOG_LEVEL: 'info',
  });
  try {
    const typed = await typeAll('docs/operations.md', home);
    expect(typed).toEqual(expect.arrayContaining(['npx lectern migrate', 'npm run worker', 'npm run server', 'npx lectern verify']));
  } finally {
    await engines.stop();
    await home.close();
  }
}, 400_000);

test('the commands of docs/import.md run as they stand, in order, in a new home', async () => {
  const home = new Home();
  try {
    expect(await typeAll('docs/import.md', home)).toEqual(expect.arrayContaining(['npx lectern import --template people']));
  } finally {
    await home.close();
  }
}, 400_000);

test('the command of docs/inbound.md runs as it stands, and starts nothing', async () => {
  const home = new Home();
  try {
    expect(await typeAll('docs/inbound.md', home)).toEqual(['npx lectern inbound try zoom examples/inbound/zoom-participant-joined.json']);
    expect(home.processes()).toEqual([]);
  } finally {
    await home.close();
  }
}, 100_000);

test('npx finds the command in this folder', () => {
  expect(execFileSync('npx', ['lectern', '--help'], { cwd: root, encoding: 'utf8' })).toContain('Sees every live lesson');
}, 120_000);

/** Why a block that is marked so is not typed here. */
const NOT_HERE: [RegExp, string][] = [
  [/^npm ci && npm start$/, 'npm ci takes away the packages that this test runs on; start.test.ts starts'],
  [/^npm ci && npm test$/, 'this is npm test'],
  [/^npm ci && npm run build$/, 'builds under the feet of the tests beside this one'],
  [/^(cp \.env\.example \.env && )?docker compose /, 'there is no Docker engine here; production-shape.test.ts checks the file'],
  [/^pg_(dump|restore) /, 'the embedded Postgres brings neither, and the ones at hand may be older than it'],
  [/^curl -X POST "\$LECTERN\/|^\s*-d '/, 'needs a session with somebody unknown in its room; no-fault.test.ts does it'],
  [
    /^curl .*\$URL\/v1\/(sessions\/\$SESSION\/(substitute-search|acknowledgement)|offers\/\$OFFER)/,
    'needs a search for a substitute under way; substitutes.test.ts does it',
  ],
  [/^# ids and keys are your own$|^curl .*(\\|\/v1\/closures\/CLOSURE[^ ]*")$/, 'needs a closed week of yours; closures.test.ts does it'],
  [/^curl .*\$URL\/v1\/(sessions\/\$SESSION\/waitlist|waitlist\/\$ENTRY)/, 'needs a group without a place; groups.test.ts does it'],
  [/^export LECTERN=/, 'each command is run in a shell of its own here, which has both'],
  [/^npx lectern verify$/, 'of a restored database'],
  [/^npx lectern webhook (add|test) /, 'needs a receiver; webhooks-cli.test.ts does it'],
];

test.each(DOCUMENTS)('%s: what is not run here has its reason, and files it names exist', (document) => {
  const unreasoned = untyped(document).filter((line) => !NOT_HERE.some(([pattern]) => pattern.test(line.trim())));
  expect(unreasoned).toEqual([]);
  const named = [...read(document).matchAll(/`([\w.-]+\/[\w./-]*)`|\]\(([\w./-]+)\)/g)].map((m) => m[1] ?? path.join(path.dirname(document), m[2]!));
  const missing = named.filter(
    (file) => !file.startsWith('/') && !existsSync(path.join(root, file)) && !existsSync(path.join(root, path.dirname(document), file)),
  );
  expect(missing).toEqual([]);
});

test('every sh block is either run or marked', () => {
  for (const document of DOCUMENTS) {
    const fences = [...read(document).matchAll(/^```(\S.*)$/gm)].map((m) => m[1]!);
    expect(fences.filter((info) => /^(bash|shell|console|sh(?! no-test$).+)/.test(info))).toEqual([]);
  }
  expect(commandsOf('docs/architecture.md')).toEqual([]);
});

const cells = (document: string, heading: string): string[][] =>
  read(document)
    .split(`## ${heading}`)[1]!
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim().replaceAll(/^`|`$/g, ''))
        .slice(1, -1),
    );

test('docs/operations.md explains every variable there is and no other, with its default', () => {
  const table = cells('docs/operations.md', 'Configuration');
  expect(table.map((row) => row[0]).sort()).toEqual([...VARIABLES].sort());
  const defaults = describeConfig(loadConfig({}));
  const wrong = table.filter(([name, usual]) => name !== 'LECTERN_HOME' && String(defaults[name!] ?? '') !== usual);
  expect(wrong).toEqual([]);
});

test('docs/operations.md has the catalogue of errors, code, status and remedy', () => {
  const table = cells('docs/operations.md', 'Errors').map(([code, status, remedy]) => [code, Number(status), remedy]);
  expect(table).toEqual(Object.entries(ERRORS).map(([code, { status, remedy }]) => [code, status, remedy]));
});
