/** Stops the Lectern under test and its engines. */
export default async function globalTeardown(): Promise<void> {
  const child = globalThis.lecternUnderTest;
  if (!child || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
