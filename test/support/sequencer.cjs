const path = require('node:path');
const jestCli = require.resolve('@jest/core', { paths: [require.resolve('jest')] });
const Sequencer = require(require.resolve('@jest/test-sequencer', { paths: [jestCli] })).default;

/** Files that take minutes however small they are, the longest first: begun last, they would be waited for alone. All at once, they would be in each other's way. */
const LONG = [
  'test/simulate/run.test.ts',
  'test/rules/mutations.test.ts',
  'test/docs/commands.test.ts',
  'test/docs/first-hour.test.ts',
  'test/crash.test.ts',
  'test/review.test.ts',
  'test/start.test.ts',
  'test/bench.test.ts',
  'test/change-matrix.test.ts',
  'test/drafting/lifecycle.test.ts',
  'test/lifecycle.test.ts',
  'test/runtime/start.test.ts',
  'test/rooms.test.ts',
  'test/livekit.test.ts',
  'test/sms.test.ts',
  'test/console/console.test.ts',
];

const nameOf = (test) => path.relative(path.join(__dirname, '../..'), test.path).split(path.sep).join('/');

/**
 * Jest begins with the files that took longest the last time; on a machine where nothing ran yet it goes by their size, and that is
 * wrong here. The long ones are spread over the first two thirds of the run, each among short ones.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const long = LONG.flatMap((name) => tests.filter((t) => nameOf(t) === name));
    const short = super.sort(tests).filter((t) => !long.includes(t));
    const beside = Math.ceil(short.length / Math.max(1, 1.5 * long.length));
    return [...long.flatMap((t, i) => [t, ...short.slice(i * beside, (i + 1) * beside)]), ...short.slice(long.length * beside)];
  }
};
