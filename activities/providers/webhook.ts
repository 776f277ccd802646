import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { addressFault, isPublicAddress, literalOf, type AddressRule } from '../../domain/addresses';

/** Nested in the lease of a claim (RELIABILITY 2.3). */
const POST_MS = 10_000;
/** What is read of an answer before the connection is closed; nothing of it is kept. */
const ANSWER_BYTES = 4_096;

export interface WebhookPost {
  url: string;
  body: string;
  headers: Record<string, string>;
}

/** The answer's status and Retry-After; or why there is none: `forbidden` by us, `no-answer` in time, `unreachable` with a word of why. */
export type PostResult =
  { status: number; retryAfter: string | null } | { status: null; answer: 'forbidden' | 'no-answer' | 'unreachable'; error: string };

export type PostWebhook = (post: WebhookPost) => Promise<PostResult>;

class Forbidden extends Error {}

/** The one address that is connected to: looked up once, and every address of the name has to be allowed. */
async function addressOf(url: URL, { allow }: AddressRule): Promise<{ address: string; family: number }> {
  const literal = literalOf(url);
  const found =
    literal === null ? await lookup(url.hostname, { all: true, verbatim: true }) : [{ address: literal, family: literal.includes(':') ? 6 : 4 }];
  if (allow === 'public' && found.some(({ address }) => !isPublicAddress(address))) throw new Forbidden('not an address of the public internet');
  return found[0]!;
}

/** The status says it all. A little of the body is read, so that the receiver is not cut off in the middle of it, and thrown away. */
function drain(response: http.IncomingMessage): void {
  let bytes = 0;
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES) response.destroy();
  });
}

function request(url: URL, to: { address: string; family: number }, { body, headers }: WebhookPost, signal: AbortSignal): Promise<PostResult> {
  return new Promise((resolve, reject) => {
    const { protocol, hostname, port, pathname, search, host } = url;
    const client = protocol === 'https:' ? https : http;
    const asked = client.request(
      {
        // The address that was checked, not the name: it is not looked up a second time.
        host: to.address,
        family: to.family,
        ...(protocol === 'https:' && literalOf(url) === null && { servername: hostname }),
        port: port === '' ? undefined : Number(port),
        path: pathname + search,
        method: 'POST',
        agent: false,
        headers: {
          ...headers,
          host,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'Lectern-Webhooks/1',
        },
        signal,
      },
      (response) => {
        const { statusCode: status = 0, headers: got } = response;
        drain(response);
        resolve({ status, retryAfter: got['retry-after'] ?? null });
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });
}

/** Waits for something that cannot be broken off itself (a look-up of a name) no longer than until it is to end. */
const until = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    }),
  ]);

const wordOf = (error: unknown): string => (error as { code?: string }).code ?? 'no connection';

/**
 * Posts a webhook, guarded (RELIABILITY 2.15): the address is checked anew each time, its name looked up once and the checked address
 * connected to, no redirect followed, ten seconds for all of it. Never throws.
 */
export function createWebhookPost(rule: AddressRule, timeoutMs = POST_MS): PostWebhook {
  return async (post) => {
    const fault = addressFault(post.url, rule);
    if (fault !== null) return { status: null, answer: 'forbidden', error: fault };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const url = new URL(post.url);
      return await until(
        signal,
        addressOf(url, rule).then((to) => request(url, to, post, signal)),
      );
    } catch (error) {
      if (error instanceof Forbidden) return { status: null, answer: 'forbidden', error: error.message };
      if (signal.aborted) return { status: null, answer: 'no-answer', error: `no answer within ${timeoutMs / 1000} s` };
      return { status: null, answer: 'unreachable', error: wordOf(error) };
    }
  };
}
