import type { Command } from 'commander';
import type { TryOptions } from './inbound';

/** The commands about what others send us; what they do is loaded when one is typed. */
export function addInbound(cli: Command, run: (work: () => number | Promise<number>) => Promise<void>): void {
  const inbound = cli.command('inbound').description('what others send us');
  const collect = (value: string, before: string[] = []): string[] => [...before, value];
  inbound
    .command('try <mapping> <payload>')
    .description('what a mapping makes of a body as its sender sends it: proof, fields, event, or why not; starts and stores nothing')
    .option('--header <line>', 'a header as it came, such as "x-zm-signature: v0=…"; may be repeated', collect)
    .option('--url <address>', 'the whole address that the sender called')
    .option('--secret <secret>', 'a secret of the source, to prove the signature with (invented ones: it stays in your history)')
    .option('--now <instant>', 'when it came, for a signature with a time of its own (default: now)')
    .option('--rules <folder>', 'the folder of rule files (default: rules/)')
    .option('--json', 'print one JSON document')
    .action((mapping: string, payload: string, o: TryOptions) => run(async () => (await import('./inbound.js')).inboundTry(mapping, payload, o)));
}
