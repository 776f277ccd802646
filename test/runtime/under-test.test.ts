import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { projectRoot } from '../../runtime/paths';
import { processesOf } from '../support/cli';
import { newHome, testEnvironment } from '../support/environment';

jest.setTimeout(120_000);

test('what a developer has in the environment does not reach a Lectern under test', () => {
  const own = { ...process.env };
  Object.assign(process.env, { OPENAI_API_KEY: 'canary', TWILIO_AUTH_TOKEN: 'canary', DATABASE_URL: 'canary', SMTP_URL: 'canary' });
  try {
    expect(Object.values(testEnvironment('/nowhere'))).not.toContain('canary');
    expect(testEnvironment('/nowhere')).toMatchObject({ NODE_ENV: 'test', PATH: own.PATH });
  } finally {
    process.env = own;
  }
});

test('a Lectern under test ends with whoever started it, and takes its data with it', async () => {
  const home = newHome('orphan');
  const code = `
    const { spawn } = require('node:child_process');
    spawn(process.execPath, ['dist/runtime/test-main.js'], { stdio: ['pipe', 'inherit', 'inherit'] });
    setInterval(() => undefined, 1e6);`;
  const starter = spawn(process.execPath, ['-e', code], {
    cwd: projectRoot(),
    env: testEnvironment(home, { CLOCK_RATE: '300', LOG_LEVEL: 'warn' }),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(starter.stdout, 'data');
  expect(processesOf(home).length).toBeGreaterThan(2);
  starter.kill('SIGKILL');
  while (existsSync(home) || processesOf(home).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
});
