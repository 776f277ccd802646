import type { Server } from 'node:net';
import { parseArgs } from 'node:util';
import { Faults } from './faults';
import { createHttpServer } from './http';
import { createSmtpServer } from './smtp';
import { MessageStore } from './store';

/**
 * The local inbox, a process of its own. Settings by argument or environment: --dir or CATCHER_DIR, --smtp-port or
 * CATCHER_SMTP_PORT, --http-port or CATCHER_HTTP_PORT (0 takes any), --test or CATCHER_TEST=1 for the test routes.
 * Prints {"smtpPort":…,"httpPort":…} on standard output once both listen.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string', default: process.env.CATCHER_DIR },
      'smtp-port': { type: 'string', default: process.env.CATCHER_SMTP_PORT ?? '0' },
      'http-port': { type: 'string', default: process.env.CATCHER_HTTP_PORT ?? '0' },
      test: { type: 'boolean', default: process.env.CATCHER_TEST === '1' },
    },
  });
  if (!values.dir) throw new Error('the folder for messages is missing: --dir or CATCHER_DIR');
  const store = await MessageStore.open(values.dir);
  const faults = new Faults();
  const smtp = createSmtpServer(store, faults);
  const http = createHttpServer(store, values.test ? faults : null);
  const smtpPort = await listen(smtp.server, (port) => smtp.listen(port, '127.0.0.1'), Number(values['smtp-port']));
  const httpPort = await listen(http, (port) => http.listen(port, '127.0.0.1'), Number(values['http-port']));

  const stop = (): void => {
    setTimeout(() => process.exit(0), 2_000).unref();
    http.close();
    http.closeAllConnections();
    smtp.close(() => void store.close().finally(() => process.exit(0)));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.on('error', () => undefined);
  process.stdout.write(`${JSON.stringify({ smtpPort, httpPort })}\n`);
}

function listen(server: Server, start: (port: number) => void, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve((server.address() as { port: number }).port);
    });
    start(port);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`catcher: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
