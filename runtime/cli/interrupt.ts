import os from 'node:os';
import { abandonEngines } from '../engines/engines';
import { redactText } from '../redaction';
import { progress } from './output';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Stop = (typeof SIGNALS)[number];

/** npm passes on a Ctrl-C that the terminal sent us already: both are one. */
const ECHO_MS = 1_000;

/** Somebody told this command to end before it was done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** As shells expect it. */
  readonly exitCode: number;
  constructor(by: Stop) {
    super(`interrupted by ${by}`);
    this.exitCode = 128 + os.constants.signals[by];
  }
}

/**
 * Runs a command whose signal is aborted when it is told to end: it then gives back what it uses, and its exit code says that it was
 * interrupted. Told once more, it ends at once; the engines of `home`, when it has any, are asked to end, and nobody waits for them. So
 * it is when an error that nobody caught ends it.
 */
export async function interruptibly(
  home: string | null,
  command: (signal: AbortSignal) => Promise<number>,
  say: (words: string) => void = progress,
): Promise<number> {
  const controller = new AbortController();
  let since = 0;
  const told = (by: Stop): void => {
    if (!controller.signal.aborted) {
      since = Date.now();
      say('stopping … (once more ends it at once)');
      controller.abort(new Interrupted(by));
    } else if (Date.now() - since > ECHO_MS) {
      if (home !== null) abandonEngines(home);
      process.exit(new Interrupted(by).exitCode);
    }
  };
  const crashed = (error: unknown): void => {
    if (controller.signal.aborted) return;
    say(redactText(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    if (home !== null) abandonEngines(home);
    process.exit(1);
  };
  for (const kind of SIGNALS) process.on(kind, told);
  process.on('uncaughtException', crashed);
  try {
    return await command(controller.signal);
  } catch (error) {
    // What fails because its ground was taken away is no failure of its own.
    if (controller.signal.reason instanceof Interrupted) return controller.signal.reason.exitCode;
    throw error;
  } finally {
    for (const kind of SIGNALS) process.off(kind, told);
    process.off('uncaughtException', crashed);
  }
}

/** Settles as `work` does, or fails when the command is told to end, whichever comes first. */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let hear: (() => void) | undefined;
  const end = new Promise<never>((_, reject) => {
    hear = () => reject(signal.reason as Error);
    if (signal.aborted) hear();
    else signal.addEventListener('abort', hear, { once: true });
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    signal.removeEventListener('abort', hear!);
  }
}
