import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { newId } from '../domain/ids';

/** The outside world of a demo: it acts only as the world does, through the API, signed webhooks and the join button. */
export class DemoWorld {
  constructor(
    readonly url: string,
    /** A coordinator's key; shown to the newcomer in the curl that approves. */
    readonly key: string,
    private readonly source: { name: string; secret: string },
  ) {}

  async api<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      signal: AbortSignal.timeout(30_000),
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': newId() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }

  /** Sends one event, signed over its bytes, and gives the id under which its fate can be read. */
  async send(type: string, at: Date, data: object): Promise<string> {
    const id = `msg_${newId()}`;
    const payload = JSON.stringify({ type, timestamp: at.toISOString(), data });
    const now = new Date();
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(+now / 1000)),
      'webhook-signature': new Webhook(this.source.secret).sign(id, now, payload),
      'content-type': 'application/json',
    };
    const answer = await fetch(`${this.url}/v1/inbound/${this.source.name}`, {
      method: 'POST',
      headers,
      body: payload,
      signal: AbortSignal.timeout(30_000),
    });
    if (!answer.ok) throw new Error(`the webhook ${type} was answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    return ((await answer.json()) as { id: string }).id;
  }

  /** Presses the button on somebody's join page, as they would. */
  async pressJoin(joinUrl: string): Promise<void> {
    const page = await fetch(joinUrl, { signal: AbortSignal.timeout(10_000) });
    if (!page.ok) throw new Error(`the join page answered ${page.status}`);
    const answer = await fetch(joinUrl, { method: 'POST', redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    if (answer.status !== 303) throw new Error(`the join button answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  }
}

/** What was awaited did not come in time. */
export class AwaitError extends Error {
  override readonly name = 'AwaitError';
}

/** Looks until something is there; throws AwaitError with what was awaited when it does not come. */
export async function awaitValue<T>(what: string, look: () => Promise<T | null | undefined>, patienceMs = 180_000): Promise<T> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(250)) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
  }
  throw new AwaitError(`waited ${patienceMs / 1000} s in vain for ${what}`);
}
