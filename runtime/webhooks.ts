import type { Logger } from 'pino';
import { createWebhookPost } from '../activities/providers/webhook';
import { sendDueTo, type SendDeps } from '../activities/send-webhooks';
import type { Database } from '../db/database';
import { organisationsWithWebhooksDue, webhooksDue } from '../db/webhook-deliveries';
import { businessNow, type BusinessClock } from '../domain/clock';
import type { AddressRule } from '../domain/addresses';
import type { Config } from './config';
import { startLoop, type Loop } from './loops';
import { systemContext } from './organisation';

const LOOK_MS = 1_000;
/** How many addresses a worker process sends to at once; each by itself, so that one that hangs keeps no other waiting. */
const ADDRESSES_AT_ONCE = 32;

interface WebhookDeps {
  db: Database;
  clock: BusinessClock;
  secret: string;
  logger: Logger;
}

/** Where this installation sends webhooks. */
export const addressRuleOf = ({ webhookAddresses: allow, webhookPorts: ports }: Pick<Config, 'webhookAddresses' | 'webhookPorts'>): AddressRule => ({
  allow,
  ports,
});

/** Sends what is due by webhook, address by address, each at its own pace. */
export function startWebhooks({ db, clock, secret, logger }: WebhookDeps, rule: AddressRule): Loop {
  const under = new Map<string, Promise<void>>();
  const now = (): Date => new Date(businessNow(clock, Date.now()));
  const deps: SendDeps = { post: createWebhookPost(rule), clock, realNow: () => new Date() };
  let isStopping = false;

  const sendAll = async (organisationId: string, webhookId: string): Promise<void> => {
    const ctxAt = () => systemContext(db, organisationId, { secret, asOf: now() });
    while (!isStopping && (await sendDueTo(deps, ctxAt, webhookId)) > 0);
  };
  const begin = (organisationId: string, webhookId: string): void => {
    const key = `${organisationId}/${webhookId}`;
    if (under.has(key) || under.size >= ADDRESSES_AT_ONCE) return;
    const running = sendAll(organisationId, webhookId)
      .catch((error: unknown) => logger.error({ err: error, organisationId, webhookId }, 'webhooks could not be sent and are tried again'))
      .finally(() => void under.delete(key));
    under.set(key, running);
  };

  const loop = startLoop('webhooks', LOOK_MS, logger, async () => {
    for (const organisationId of await organisationsWithWebhooksDue(db.crossing, now())) {
      for (const id of await db.inOrganisation(organisationId, (tx) => webhooksDue(tx, now()))) begin(organisationId, id);
    }
  });
  return {
    poke: loop.poke,
    stop: async () => {
      isStopping = true;
      await loop.stop();
      await Promise.allSettled(under.values());
    },
  };
}
