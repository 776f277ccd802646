import type { ChildProcess } from 'node:child_process';
import { newHome } from './environment';
import { startUnderTest } from './under-test';

declare global {
  var lecternUnderTest: { child: ChildProcess; home: string } | undefined;
}

/** One Lectern for all tests. What it needs is built by `npm test` before. */
export default async function globalSetup(): Promise<void> {
  const home = newHome('test');
  const { child, connection } = startUnderTest(home, { WEBHOOK_ADDRESSES: 'any' });
  globalThis.lecternUnderTest = { child, home };
  // Jest's workers inherit the environment; a file would be shared by two runs at once.
  process.env.LECTERN_UNDER_TEST = await connection;
}
