const path = require('node:path');
const jestCli = require.resolve('@jest/core', { paths: [require.resolve('jest')] });
const Sequencer = require(require.resolve('@jest/test-sequencer', { paths: [jestCli] })).default;

/** Files that take minutes however small they are, the longest first: begun last, they would be waited for alone. */
const LONG = [
  'test/simulate/run.test.ts',
  'test/bench.test.ts',
  'test/docs/commands.test.ts',
  'test/start.test.ts',
  'test/change-matrix.test.ts',
  'test/livekit.test.ts',
  'test/drafting/lifecycle.test.ts',
  'test/crash.test.ts',
  'test/console/console.test.ts',
];

/** Jest begins with the files that took longest the last time; on a machine where nothing ran yet it goes by their size, and that is wrong here. */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = (test) => {
      const at = LONG.indexOf(path.relative(path.join(__dirname, '../..'), test.path).split(path.sep).join('/'));
      return at === -1 ? LONG.length : at;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
