import type { OutboundType } from '../../domain/outbound';
import type { Lectern } from './lectern';
import { Receiver, type Received } from './receiver';

export interface Hook {
  id: string;
  name: string;
  version: number;
  secret: string;
  state: string;
  off: { reason: string } | null;
  failed: number;
  waiting: number;
}
export interface Delivery {
  id: string;
  webhookId: string;
  type: string;
  sessionId: string | null;
  state: string;
  reason: string | null;
  attempts: { status: number | null; error: string | null }[];
}

/** Addresses of an organisation, and receivers behind them. */
export class Webhooks {
  private readonly receivers: Receiver[] = [];
  private made = 0;

  constructor(private readonly own: Lectern) {}

  async receiver(answer?: ConstructorParameters<typeof Receiver>[0]): Promise<Receiver> {
    const made = await new Receiver(answer).start();
    this.receivers.push(made);
    return made;
  }

  async hookTo(url: string, ...eventTypes: OutboundType[]): Promise<Hook> {
    const { status, body } = await this.own.api<Hook>('POST', '/v1/webhooks', { name: `to-${++this.made}`, url, eventTypes });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body;
  }

  async read(hook: Hook): Promise<Hook> {
    return (await this.own.api<Hook>('GET', `/v1/webhooks/${hook.id}`)).body;
  }

  async deliveries(hook: Hook): Promise<Delivery[]> {
    return (await this.own.api<{ items: Delivery[] }>('GET', `/v1/webhooks/${hook.id}/deliveries`)).body.items;
  }

  becomes(hook: Hook, state: string): Promise<Delivery> {
    return this.own.until(`a delivery to be ${state}`, async () => (await this.deliveries(hook)).find((d) => d.state === state));
  }

  got(r: Receiver, is: (received: Received) => boolean): Promise<Received> {
    return this.own.until('a webhook', () => Promise.resolve(r.received.find(is)));
  }

  async close(): Promise<void> {
    await Promise.all(this.receivers.map((r) => r.stop()));
  }
}
