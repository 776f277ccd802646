import type { Command } from 'commander';
import type { Config } from '../config';

/** The commands about whom we tell of what happens; what they do is loaded when one is typed. */
export function addWebhooks(cli: Command, run: (work: () => number | Promise<number>) => Promise<void>, config: () => Promise<Config>): void {
  const webhook = cli.command('webhook').description('addresses that are told of what happens, signed by Standard Webhooks');
  const json = ['--json', 'print one JSON document'] as const;
  webhook
    .command('add <name> <url>')
    .description('tell an address from now on, and print its secret once')
    .option('--events <types>', 'what it is told of, such as session.booked,session.changed (default: everything)')
    .option(...json)
    .action((name: string, url: string, o: { events?: string; json?: boolean }) =>
      run(async () => (await import('./webhooks.js')).webhookAdd(await config(), { name, url }, o)),
    );
  webhook
    .command('list')
    .description('the addresses, and how each is doing')
    .option(...json)
    .action((o: { json?: boolean }) => run(async () => (await import('./webhooks.js')).webhookList(await config(), o)));
  webhook
    .command('test <name>')
    .description('send something that says nothing; exit 0 when it is taken')
    .option(...json)
    .action((name: string, o: { json?: boolean }) => run(async () => (await import('./webhooks.js')).webhookTest(await config(), name, o)));
  webhook
    .command('rotate <name>')
    .description('a new secret, printed once; the one before stays good beside it for a while')
    .option('--leaked', 'the one before is good no longer')
    .option(...json)
    .action((name: string, o: { leaked?: boolean; json?: boolean }) =>
      run(async () => (await import('./webhooks.js')).webhookRotate(await config(), name, o)),
    );
  webhook
    .command('deliveries <name>')
    .description('what it was told, is to be told and was not, with each attempt, the newest first')
    .option('--state <state>', 'only those that are planned, claimed, delivered or failed')
    .option('--limit <n>', 'how many', '20')
    .option(...json)
    .action((name: string, o: { state?: string; limit: string; json?: boolean }) =>
      run(async () => (await import('./webhooks.js')).webhookDeliveries(await config(), name, o)),
    );
  webhook
    .command('redeliver <name>')
    .description('send again what it has not taken')
    .requiredOption('--since <instant>', 'everything that happened from then on')
    .option('--all', 'also what it has taken')
    .option(...json)
    .action((name: string, o: { since: string; all?: boolean; json?: boolean }) =>
      run(async () => (await import('./webhooks.js')).webhookRedeliver(await config(), name, o)),
    );
}
