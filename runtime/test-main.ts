import { loadConfig } from './config';
import { openInstallation } from './installation';

/** The Lectern that tests talk to: prints where everything answers as one line of JSON, and runs until it is told to end. */
async function main(): Promise<void> {
  const config = loadConfig();
  const lectern = await openInstallation(config, (line) => process.stderr.write(`${line}\n`));
  const { databaseUrl, databaseOwnerUrl, temporalAddress, smtpUrl, catcherUrl, secret } = lectern.engines;
  const { organisationId, adminKey } = lectern.first;
  process.stdout.write(
    `${JSON.stringify({ url: lectern.url, home: config.lecternHome, databaseUrl, databaseOwnerUrl, temporalAddress, smtpUrl, catcherUrl, secret, organisationId, adminKey, clock: lectern.clock })}\n`,
  );
  await new Promise((resolve) => process.once('SIGTERM', resolve));
  await lectern.stop();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
