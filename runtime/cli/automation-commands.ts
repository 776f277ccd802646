import type { Command } from 'commander';
import type { Config } from '../config';
import type { TryAutomationOptions } from './automations';

const config = async (): Promise<Config> => (await import('../config.js')).loadConfig();

/** The commands about automations; what they do is loaded when one is typed. */
export function addAutomationCommands(rules: Command, run: (work: () => number | Promise<number>) => Promise<void>): void {
  rules
    .command('automation')
    .description('reactions to events')
    .command('try <name>')
    .description('what an automation would do, step by step; nothing is written and nobody is told')
    .option('--session <id>', 'on this session, as if its event happened now')
    .option('--person <id>', 'for this one of those on it (default: each for whom there would be a run)')
    .option('--if <fact=value...>', 'facts that are taken to be so, such as noShowsLately=2; without --session these alone')
    .option('--answer <step=word...>', 'what people answer, and what a wait for an event ends with, such as call=called')
    .option('--rules <folder>', 'of this folder (default: of the set in force; without --session of rules/)')
    .option('--json', 'print one JSON document')
    .action((name: string, o: TryAutomationOptions) => run(async () => (await import('./automations.js')).automationTry(config, name, o)));
}
