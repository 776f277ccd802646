import { removeHome } from './environment';
import { endChild } from './under-test';

/** Stops the Lectern under test and its engines, and removes its data. */
export default async function globalTeardown(): Promise<void> {
  if (!globalThis.lecternUnderTest) return;
  const { child, home } = globalThis.lecternUnderTest;
  await endChild(child, 'SIGTERM');
  removeHome(home);
}
