import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { projectRoot } from './paths';

const MEMORY_MB = 512;
/** What can be published is bounded in cost, so that a page takes a moment; a thread that says nothing for so long is ended. */
const SILENCE_MS = 60_000;

/** The thread took more than it may. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

export interface Thread<Said> {
  /** "the back-test": what is said to have ended. */
  name: string;
  /** In dist/runtime. */
  script: string;
  data: unknown;
  said: (said: Said) => void;
  signal?: AbortSignal | undefined;
  silenceMs?: number;
}

/**
 * Runs a thread, with its own memory and nobody else's event loop, until it ends by itself. Rejects with `TooMuch` when it says nothing
 * for a minute or takes too much memory, with its failure when it fails, and when `signal` ends it.
 */
export async function runThread<Said>({ name, script, data, said, signal, silenceMs = SILENCE_MS }: Thread<Said>): Promise<void> {
  const thread = new Worker(path.join(projectRoot(), 'dist/runtime', script), {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  let end: (error: Error) => void = () => undefined;
  const wasEnded = (): void => end(new Error(`${name} was ended`));
  const silence = setTimeout(() => end(new TooMuch(`${name} said nothing for ${silenceMs / 1000} s and was ended`)), silenceMs);
  try {
    await new Promise<void>((resolve, reject) => {
      end = reject;
      if (signal?.aborted) return wasEnded();
      signal?.addEventListener('abort', wasEnded, { once: true });
      thread.on('message', (message: Said) => {
        silence.refresh();
        said(message);
      });
      thread.on('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new TooMuch(`${name} took more than ${MEMORY_MB} MB and was ended`) : error),
      );
      thread.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${name} ended with ${code}`))));
    });
  } finally {
    clearTimeout(silence);
    signal?.removeEventListener('abort', wasEnded);
    await thread.terminate();
  }
}
