import { ToldError } from '../told-error';

/** Progress goes to standard error, results to standard output, so that `--json` is one document. */
export const progress = (line: string): void => void process.stderr.write(`  ${line}\n`);

export const print = (text: string): void => void process.stdout.write(`${text}\n`);
export const printJson = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** Wrong input on the command line: exit 2. */
export class UsageError extends ToldError {
  override readonly name = 'UsageError';
  override readonly exitCode = 2;
}

/** Ends the process once what was written has left. */
export function exitWith(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.exit(code));
}

/** One after the other: a transaction has one connection, and it answers one query at a time. */
export async function inTurn<T, R>(list: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of list) results.push(await work(item));
  return results;
}
