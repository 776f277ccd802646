import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './support/cli';

const NAMED = ['docker-compose.yml', 'Dockerfile', '.dockerignore', '.env.example', 'package.json', 'package-lock.json', '.npmrc', 'scripts'];

/** Does something with a copy of what the production shape names, which may be broken. */
function withCopy<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-shape-'));
  try {
    for (const name of [...NAMED, 'rules', 'examples']) cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function faultsOf(folder: string): { code: number | null; faults: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/production-shape.mjs', folder], { cwd: ROOT, encoding: 'utf8' });
  return { code: status, faults: stdout + stderr };
}

test('compose file and Dockerfile are as they should be', () => {
  expect(withCopy(faultsOf)).toEqual({ code: 0, faults: '' });
});

const COMPOSE = 'docker-compose.yml';
const breaks: [string, string, string | RegExp, string, RegExp][] = [
  ['a key that Compose does not know', COMPOSE, 'depends_on:', 'depend_on:', /must NOT have additional properties.*depend_on/],
  ['a value of the wrong kind', COMPOSE, 'retries: 20', 'retries: [20]', /healthcheck\/retries/],
  ['YAML that is none', COMPOSE, 'services:', 'services: [', /docker-compose\.yml: /],
  ['a variable that Lectern does not read', COMPOSE, 'SMTP_URL:', 'SMPT_URL:', /\.SMPT_URL is no variable of Lectern[\s\S]*lacks SMTP_URL/],
  ['a value that Lectern refuses', COMPOSE, 'temporal:7233\n', 'temporal\n', /services\.worker: TEMPORAL_ADDRESS is "temporal"/],
  ['a command that is none', COMPOSE, "'worker']", "'wroker']", /services\.worker\.command .*wroker/],
  ['waiting for a service that is none', COMPOSE, 'mail: { condition', 'post: { condition', /depends_on\.post: there is no such service/],
  [
    'waiting for health without a check',
    COMPOSE,
    'mail: { condition: service_started',
    'mail: { condition: service_healthy',
    /mail has no healthcheck/,
  ],
  ['a file that is not there', COMPOSE, './scripts/postgres-init.sh', './scripts/init.sh', /\.\/scripts\/init\.sh does not exist/],
  ['a volume that nobody declared', COMPOSE, '- postgres:/var', '- data:/var', /volume data is not declared/],
  ['an image without a version', COMPOSE, 'postgres:17', 'postgres', /services\.postgres\.image names no version/],
  ['a variable that nobody is told of', '.env.example', /APP_PASSWORD=.*\n/, '', /\.env\.example: does not give APP_PASSWORD/],
  ['copying what is not there', 'Dockerfile', '/app/rules ./rules', '/app/policies ./rules', /COPY \/app\/policies: is not there/],
  ['copying what the build leaves out', '.dockerignore', 'coverage', 'rules', /COPY \/app\/rules: is not there, or \.dockerignore/],
  ['copying from a stage that is none', 'Dockerfile', 'AS build', 'AS builder', /there is no such stage/],
  ['root', 'Dockerfile', 'USER node\n', '', /no USER other than root/],
  ['no health check', 'Dockerfile', '/healthz', '/', /no HEALTHCHECK on \/healthz/],
  ['a start that is none', 'Dockerfile', '"server"]', '"serve"]', /CMD .*serve.* is no command/],
];

test.each(breaks)('%s is refused', (_, file, from, to, says) => {
  const { code, faults } = withCopy((folder) => {
    const before = readFileSync(path.join(folder, file), 'utf8');
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    writeFileSync(path.join(folder, file), after);
    return faultsOf(folder);
  });
  expect([code, faults]).toEqual([1, expect.stringMatching(says)]);
});
