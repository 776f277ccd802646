/** Reads the test runner's summary from its output and prints it as `N passed, N failed`, alone on the last line. */
import { readFileSync } from 'node:fs';

const summary =
  readFileSync(process.argv[2], 'utf8')
    .match(/^Tests:.*$/gm)
    ?.at(-1) ?? '';
const count = (what) => Number(new RegExp(`(\\d+) ${what}`).exec(summary)?.[1] ?? 0);
console.log(`${count('passed')} passed, ${count('failed')} failed`);
