import { rmSync } from 'node:fs';
import { loadConfig } from './config';
import { readRegistry } from './engines/registry';
import { openInstallation } from './installation';
import { issueFirstKey } from './organisation';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * The Lectern that tests talk to: prints where everything answers as one line of JSON, and runs until it is told to end, or until the
 * one who started it is gone (its standard input ends), however that happened. In that case nobody else is left to remove the data.
 */
async function main(): Promise<void> {
  const told = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => told.abort('told'));
  process.stdin.on('end', () => told.abort('left alone')).resume();
  const config = loadConfig();
  try {
    const lectern = await openInstallation(config, (line) => process.stderr.write(`${line}\n`), { serves: true, signal: told.signal });
    const { databaseUrl, databaseOwnerUrl, temporalAddress, smtpUrl, catcherUrl, secret } = lectern.engines;
    const { organisationId } = lectern.first;
    const adminKey = await issueFirstKey(lectern.db, organisationId);
    process.stdout.write(
      `${JSON.stringify({ url: lectern.url, home: config.lecternHome, databaseUrl, databaseOwnerUrl, temporalAddress, smtpUrl, catcherUrl, secret, organisationId, adminKey, clock: lectern.clock })}\n`,
    );
    if (!told.signal.aborted) await new Promise((resolve) => told.signal.addEventListener('abort', resolve));
    await lectern.stop();
  } finally {
    if (told.signal.reason === 'left alone') {
      const { postgresHome } = readRegistry(config.lecternHome);
      for (const folder of [config.lecternHome, postgresHome]) if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
    }
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
