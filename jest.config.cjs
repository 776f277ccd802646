/** Tests run from TypeScript through swc; engines, bundle and worker start once, outside Jest's sandbox (test/support). */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, sourceMaps: 'inline' }] },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.lectern'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // Tests wait for outcomes more than they compute: four files at a time keep two cores busy.
  maxWorkers: 4,
  testSequencer: '<rootDir>/test/support/sequencer.cjs',
  forceExit: true,
};
