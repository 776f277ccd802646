import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What decides where Lectern reaches; a developer's own settings would let tests send and spend in their name. */
const OURS = /^(?:DATABASE_|TEMPORAL_|SMTP_|MAIL_|CATCHER_|TWILIO_|LIVEKIT_|OPENAI_|WEBHOOK_|LECTERN_|CLOCK_|PUBLIC_URL$|HOST$|PORT$|LOG_LEVEL$)/;
/** Which binary runs says nothing about whom it reaches. */
const KEPT = ['TEMPORAL_CLI_PATH'];

/** The environment of a process under test: nobody's settings but the test's. With NODE_ENV=test, .env is not read either. */
export function testEnvironment(home: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const plain = Object.entries(process.env).filter(([name]) => !OURS.test(name) || KEPT.includes(name));
  return { ...Object.fromEntries(plain), NODE_ENV: 'test', LECTERN_HOME: home, PORT: '0', ...more };
}

/** Where commands are looked for that are typed as a document has them. */
export const TYPING = { PATH: `${path.join(__dirname, 'bin')}${path.delimiter}${process.env.PATH}` };

/** A home of a test's own. Open to the user that Postgres runs under as root, so that its data lie inside. */
export function newHome(kind: string): string {
  const home = mkdtempSync(path.join(os.tmpdir(), `lectern-${kind}-`));
  chmodSync(home, 0o755);
  return home;
}

/** Removes the home of a test and what lies elsewhere for it: about a gigabyte each. */
export function removeHome(home: string): void {
  const registry = path.join(home, 'engines.json');
  if (existsSync(registry)) {
    const { postgresHome } = JSON.parse(readFileSync(registry, 'utf8')) as { postgresHome?: string };
    if (postgresHome) rmSync(postgresHome, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
  rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
