import { spawn, type SpawnOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { identify, isAlive, waitFor, type ProcessId } from './process';

/** Starts a process in a group of its own, so that Ctrl-C reaches only us; what it says goes to the log. Null when it cannot be run. */
export function launchDetached(file: string, args: string[], log: string, options: SpawnOptions = {}): ProcessId | null {
  const out = openSync(log, 'a');
  try {
    const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', out, out] });
    // Without a listener a file that cannot be run would end this process.
    child.on('error', () => undefined);
    child.unref();
    return child.pid === undefined ? null : identify(child.pid);
  } finally {
    closeSync(out);
  }
}

export interface Launch<T extends ProcessId> {
  /** Starts the engine on ports that are free now, and writes down what runs. */
  launch: () => Promise<T>;
  serves: (engine: T) => Promise<boolean>;
  patienceMs: number;
  signal?: AbortSignal | undefined;
}

const TRIES = 3;

/**
 * Starts an engine until it serves; false when it does not. One that ends is started again: between the look for a free port and its
 * use another program may have taken the port.
 */
export async function launchUntilItServes<T extends ProcessId>({ launch, serves, patienceMs, signal }: Launch<T>): Promise<boolean> {
  for (let i = 0; i < TRIES; i++) {
    const engine = await launch();
    await waitFor(async () => !isAlive(engine) || (await serves(engine)), patienceMs, { everyMs: 100, signal });
    if (isAlive(engine)) return serves(engine);
  }
  return false;
}
