import type { Command } from 'commander';
import type { Config } from '../config';
import type { FactOptions } from './facts';
import type { TableOptions } from './rule-tables';
import type { RulesOptions } from './rules-files';

const config = async (): Promise<Config> => (await import('../config.js')).loadConfig();

/** The commands about facts that rules declare by themselves; what they do is loaded when one is typed. */
export function addFactCommands(rules: Command, run: (work: () => number | Promise<number>) => Promise<void>): void {
  const json = ['--json', 'print one JSON document'] as const;
  rules
    .command('fact [name]')
    .description('what a fact that the rules declare is for somebody now, and what it counted; without a name, which there are')
    .option('--student <id>', 'of this student')
    .option('--instructor <id>', 'of this instructor')
    .option('--session <id>', 'as if this session were decided on: its term, its start, and what happened on it left out')
    .option(...json)
    .action((name: string | undefined, o: FactOptions) => run(async () => (await import('./facts.js')).rulesFact(await config(), name, o)));
  rules
    .command('schema')
    .description('print the schema by which an editor completes policies, with the facts that the folder declares')
    .option('--rules <folder>', 'the folder of rule files (default: rules/)')
    .action((o: RulesOptions) => run(async () => (await import('./facts.js')).rulesSchema(o)));
  const table = rules.command('table').description('tables that facts look up in');
  table
    .command('import <file>')
    .description('bring in a CSV file, in the place of the table of its name, all or nothing; its first column is the key')
    .option('--as <name>', 'how facts name it (default: the name of the file)')
    .option('--encoding <name>', 'what the file is written in, where it comes out wrong')
    .option(...json)
    .action((file: string, o: TableOptions) => run(async () => (await import('./rule-tables.js')).rulesTableImport(config, file, o)));
  table
    .command('list')
    .description('which there are')
    .option(...json)
    .action((o: TableOptions) => run(async () => (await import('./rule-tables.js')).rulesTables(await config(), o)));
}
