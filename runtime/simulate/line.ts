import { setTimeout as sleep } from 'node:timers/promises';

export interface Answered<T> {
  status: number;
  body: T;
  /** Where a page leads on to. */
  location?: string | null;
}

export interface Request {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** Nobody waits longer for a server that was killed. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 150;
const CALL_MS = 20_000;

/**
 * The world's line to the server. What is not answered, or answered with a fault of the server's own, is said again with the same words:
 * every request of the world has a key that makes a repeat harmless, as a good sender's has.
 */
export class Line {
  /** How often something had to be said again. */
  repeats = 0;

  constructor(private readonly url: string) {}

  async say<T>(request: Request): Promise<Answered<T>> {
    for (const until = Date.now() + PATIENCE_MS; ;) {
      const answer = await this.once<T>(request);
      if (answer) return answer;
      if (Date.now() > until) throw new Error(`${request.method} ${request.path} had no answer for a minute`);
      this.repeats++;
      await sleep(AGAIN_MS);
    }
  }

  private async once<T>({ method, path, headers, body }: Request): Promise<Answered<T> | undefined> {
    try {
      const answer = await fetch(this.url + path, {
        method,
        redirect: 'manual',
        headers,
        signal: AbortSignal.timeout(CALL_MS),
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.text();
      // 409 with this code: the same request, by the same key, is still under way.
      if (answer.status >= 500 && !text.includes('<html')) return undefined;
      const isJson = text.startsWith('{') || text.startsWith('[');
      const read = (isJson ? JSON.parse(text) : text) as T;
      if (answer.status === 409 && (read as { code?: string }).code === 'in-flight') return undefined;
      return { status: answer.status, body: read, location: answer.headers.get('location') };
    } catch {
      return undefined;
    }
  }
}
