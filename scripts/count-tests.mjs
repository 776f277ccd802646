/**
 * `count-tests.mjs LOG STATUS` reads the test runner's summary from its output and prints it as `N passed, N failed`, alone on the last
 * line. A suite that could not run, and a runner that failed without a word, count as failed.
 */
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const [file, status] = process.argv.slice(2);
const text = stripVTControlCharacters(readFileSync(file, 'utf8'));
const last = (what) => text.match(new RegExp(`^${what}:.*$`, 'gm'))?.at(-1) ?? '';
const count = (line, what) => Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0);
const tests = last('Tests');
const failed = count(tests, 'failed') || count(last('Test Suites'), 'failed') || (Number(status) === 0 ? 0 : 1);
console.log(`${count(tests, 'passed')} passed, ${failed} failed`);
