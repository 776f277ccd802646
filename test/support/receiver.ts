import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Received {
  id: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: { type: string; timestamp: string; data: Record<string, unknown> & { session: Record<string, unknown> | null } };
}

/** How a receiver answers the n-th webhook (from 0); undefined: 204. */
type Answer = (response: ServerResponse, n: number, received: Received) => void;

/** A receiver of webhooks: a real HTTP server that keeps what came, as it came. */
export class Receiver {
  readonly received: Received[] = [];
  url = '';
  private server: Server | undefined;

  constructor(private answer: Answer = (response) => void response.writeHead(204).end()) {}

  async start(): Promise<this> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const got = { id: String(request.headers['webhook-id']), headers: request.headers, text, body: JSON.parse(text) as Received['body'] };
        this.received.push(got);
        this.answer(response, this.received.length - 1, got);
      });
    });
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks`;
    return this;
  }

  answers(answer: Answer): void {
    this.answer = answer;
  }

  stop(): Promise<void> {
    this.server?.closeAllConnections();
    return new Promise((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }
}

/** Whether the reference library takes it under a secret. */
export function isGood(secret: string, { headers, text }: Received): boolean {
  try {
    new Webhook(secret).verify(text, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
