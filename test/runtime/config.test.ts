import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, describeConfig, loadConfig } from '../../runtime/config';

const faultOf = (env: NodeJS.ProcessEnv): ConfigError => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('was accepted');
};

test('needs nothing: every variable has a default or is absent', () => {
  expect(loadConfig({ LECTERN_HOME: '/srv/x' })).toEqual({
    nodeEnv: 'development',
    port: 7420,
    host: '127.0.0.1',
    temporalNamespace: 'default',
    lecternHome: '/srv/x',
    mailFrom: 'Lectern <lectern@lectern.invalid>',
    openaiModel: 'gpt-4o-mini',
    openaiTimeoutSeconds: 60,
    metricsHost: '127.0.0.1',
    webhookAddresses: 'public',
    webhookPorts: [443],
    draftsAtOnce: 10,
    logLevel: 'info',
    clockRate: 1,
  });
});

test('takes an empty variable for one that is not set', () => {
  expect(loadConfig({ DATABASE_URL: '', PORT: ' ' })).toMatchObject({ port: 7420 });
});

test.each([
  ['PORT', '70000', '65535'],
  ['PORT', '7e3', 'whole number'],
  ['WEBHOOK_ADDRESSES', 'all', 'public'],
  ['WEBHOOK_PORTS', '443,70000', '443,8443'],
  ['HOST', 'a b', '127.0.0.1'],
  ['DATABASE_URL', 'mysql://h/db', 'postgres://'],
  ['TEMPORAL_ADDRESS', 'http://h:7233', 'host:port'],
  ['TEMPORAL_CLI_PATH', '/nowhere/temporal', 'existing'],
  ['SMTP_URL', 'mail.example', 'smtp://'],
  ['MAIL_FROM', 'nobody', 'mail address'],
  ['MAIL_FROM', 'A <a@b.invalid>\r\nBcc: x@y.invalid', 'mail address'],
  ['LOG_LEVEL', 'loud', 'info'],
  ['CLOCK_ORIGIN', 'tomorrow', '2027-03-01T08:00:00Z'],
  ['CLOCK_RATE', '0', '0.001'],
])('%s=%j is refused by name, value and what it may be', (variable, value, may) => {
  const fault = faultOf({ [variable]: value });
  expect(fault.variables).toEqual([variable]);
  expect(fault.message).toContain(`${variable} is "${value}"`);
  expect(fault.message).toContain(may);
});

test('names all faults at once', () => {
  expect(faultOf({ PORT: 'x', LOG_LEVEL: 'y' }).variables).toEqual(['PORT', 'LOG_LEVEL']);
});

test.each([
  ['LECTERN_SECRET', 'tooshort-canary'],
  ['TWILIO_AUTH_TOKEN', 'canary'],
  ['DATABASE_URL', 'mysql://user:canary@host/db'],
  ['DATABASE_URL', 'mysql://user:canary/with@at@host/db'],
  ['DATABASE_URL', 'user:canary@host/db'],
])('%s=%s is refused without showing the secret', (variable, value) => {
  expect(faultOf({ [variable]: value }).message).not.toContain('canary');
});

test('DATABASE_OWNER_URL needs DATABASE_URL, and Twilio all of its three', () => {
  expect(faultOf({ DATABASE_OWNER_URL: 'postgres://h/db' }).variables).toEqual(['DATABASE_URL']);
  expect(faultOf({ TWILIO_FROM: '+15551234567' }).message).toContain('TWILIO_AUTH_TOKEN');
});

test('describes itself without secrets', () => {
  const described = describeConfig(
    loadConfig({
      LECTERN_SECRET: 'canary'.repeat(8),
      DATABASE_URL: 'postgres://app:canary@db.invalid:5432/lectern?password=canary',
      SMTP_URL: 'smtps://me:canary@mail.invalid',
      OPENAI_API_KEY: 'sk-canary',
    }),
  );
  expect(JSON.stringify(described)).not.toContain('canary');
  expect(described).toMatchObject({ DATABASE_URL: 'postgres://app:***@db.invalid:5432/lectern?password=***', LECTERN_SECRET: '***', PORT: 7420 });
});

test('.env fills what the environment does not set, and is not read in tests', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-env-'));
  const file = path.join(folder, '.env');
  try {
    expect(loadConfig({}, file).openaiApiKey).toBeUndefined();
    writeFileSync(file, 'OPENAI_API_KEY=sk-canary\nPORT=81\nNODE_ENV=test\n');
    expect(loadConfig({ PORT: '82' }, file)).toMatchObject({ openaiApiKey: 'sk-canary', port: 82 });
    expect(loadConfig({ NODE_ENV: 'test' }, file)).toMatchObject({ port: 7420 });
    expect(loadConfig({ NODE_ENV: 'test' }, file).openaiApiKey).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
