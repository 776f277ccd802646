import { createWebhook, rotateWebhookSecret } from '../../commands/webhooks/addresses';
import { redeliver, testWebhook } from '../../commands/webhooks/deliveries';
import { deliveriesPage, deliveryById, type DeliveryRow } from '../../db/webhook-deliveries';
import { listWebhooks, webhookByName, type ListedWebhook, type WebhookRow } from '../../db/webhooks';
import type { Context } from '../../commands/context';
import { LecternError } from '../../domain/errors';
import { OUTBOUND_TYPES } from '../../domain/outbound';
import type { Config } from '../config';
import type { Ground } from '../ground';
import { systemContext } from '../organisation';
import { addressRuleOf } from '../webhooks';
import { print, printJson, UsageError } from './output';
import { withGround, withWorker } from './with-lectern';
import { setTimeout as sleep } from 'node:timers/promises';

interface Json {
  json?: boolean;
}

const contextOf = ({ db, engines, now, first }: Ground): Context => systemContext(db, first.organisationId, { secret: engines.secret, asOf: now() });

/** What a reader typed wrong is told in words. */
async function told<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof LecternError) || error.code === 'internal') throw error;
    const faults = (Array.isArray(error.details) ? error.details : []) as { path: string; message: string }[];
    throw new UsageError([error.message, ...faults.map((f) => `  ${f.path} ${f.message}`)].join('\n'));
  });
}

async function named(ctx: Context, name: string): Promise<WebhookRow> {
  const found = await ctx.db.inOrganisation(ctx.organisationId, (tx) => webhookByName(tx, name));
  if (!found) throw new UsageError(`No webhook is called "${name}"; \`lectern webhook list\` has them all.`);
  return found;
}

function showSecret(name: string, secret: string, json: boolean | undefined): number {
  if (json) printJson({ webhook: name, secret });
  else print(`${secret}\n(shown this once; what is sent to “${name}” is signed with it)`);
  return 0;
}

/** An address that is told from now on; its secret is shown once. */
export const webhookAdd = (
  config: Config,
  { name, url }: { name: string; url: string },
  { events, json }: Json & { events?: string },
): Promise<number> =>
  withGround(config, async (ground) => {
    const eventTypes = events === undefined ? OUTBOUND_TYPES : events.split(',').map((type) => type.trim());
    const { secret } = await told(createWebhook(contextOf(ground), { name, url, eventTypes }, addressRuleOf(config)));
    return showSecret(name, secret, json);
  });

/** A new secret; the one before is good beside it for a while. */
export const webhookRotate = (config: Config, name: string, { leaked = false, json }: Json & { leaked?: boolean }): Promise<number> =>
  withGround(config, async (ground) => {
    const ctx = contextOf(ground);
    const { id, version } = await named(ctx, name);
    return showSecret(name, (await told(rotateWebhookSecret(ctx, id, { version, leaked }))).secret, json);
  });

function howItIs(w: ListedWebhook): string {
  if (w.state === 'off') return `off since ${w.offAt!.toISOString()} (${w.offReason})`;
  return w.failingSince ? `takes nothing since ${w.failingSince.toISOString()}` : 'on';
}

export const webhookList = (config: Config, { json }: Json): Promise<number> =>
  withGround(config, async ({ db, first }) => {
    const all = await db.inOrganisation(first.organisationId, listWebhooks);
    if (json)
      printJson({
        webhooks: all.map(({ name, url, eventTypes, state, offReason, failingSince, waiting, failed }) => ({
          name,
          url,
          eventTypes,
          state,
          offReason,
          failingSince,
          waiting,
          failed,
        })),
      });
    else if (all.length === 0) print('nobody is told of anything: `lectern webhook add`');
    else
      for (const w of all) print(`${w.name}  ${w.url}\n  ${howItIs(w)}; ${w.waiting} wait, ${w.failed} were given up\n  ${w.eventTypes.join(', ')}`);
    return 0;
  });

const shown = (d: DeliveryRow): object => ({ id: d.id, type: d.type, at: d.at, state: d.state, reason: d.reason, attempts: d.attempts });

function line(d: DeliveryRow): string {
  const tries = d.attempts.map((a) => `${a.status ?? a.error}`).join(', ');
  return `${d.at.toISOString()}  ${d.type}  ${d.state}${d.reason ? ` (${d.reason})` : ''}${tries ? `: ${tries}` : ''}\n  ${d.id}`;
}

const STATES = ['planned', 'claimed', 'delivered', 'failed'] as const;

export const webhookDeliveries = (
  config: Config,
  name: string,
  { state, limit, json }: Json & { state?: string; limit: string },
): Promise<number> => {
  const wanted = STATES.find((s) => s === state);
  if (state !== undefined && wanted === undefined) throw new UsageError(`--state is "${state}"; it may be ${STATES.join(', ')}`);
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > 1000) throw new UsageError(`--limit is "${limit}"; it may be 1 to 1000`);
  return withGround(config, async (ground) => {
    const ctx = contextOf(ground);
    const { id } = await named(ctx, name);
    const found = await ctx.db.inOrganisation(ctx.organisationId, (tx) => deliveriesPage(tx, id, { limit: most, after: null, state: wanted }));
    const list = found.slice(0, most);
    if (json) printJson({ deliveries: list.map(shown) });
    else for (const d of list) print(line(d));
    return 0;
  });
};

/** Sends again what was not delivered from an instant on; or, with --all, that too. */
export const webhookRedeliver = (
  config: Config,
  name: string,
  { since, all = false, json }: Json & { since: string; all?: boolean },
): Promise<number> => {
  const from = new Date(since);
  if (Number.isNaN(+from)) throw new UsageError(`--since is "${since}"; it may be an instant such as 2027-03-01T08:00:00Z`);
  return withGround(config, async (ground) => {
    const ctx = contextOf(ground);
    const count = await told(redeliver(ctx, (await named(ctx, name)).id, { since: from, all }));
    if (json) printJson({ count });
    else print(`${count} are sent`);
    return 0;
  });
};

/** Tries an address: exit 0 when it takes it. A worker sends it, so one must run: in the production shape yours, else this process is one. */
export const webhookTest = (config: Config, name: string, { json }: Json): Promise<number> =>
  withWorker(config, async (ground) => {
    const ctx = contextOf(ground);
    const { id } = await told(testWebhook(ctx, (await named(ctx, name)).id));
    for (;;) {
      const d = (await ctx.db.inOrganisation(ctx.organisationId, (tx) => deliveryById(tx, id)))!;
      if (d.endedAt !== null) {
        if (json) printJson(shown(d));
        else
          print(
            d.state === 'delivered'
              ? `taken (${d.attempts.at(-1)!.status})`
              : `not taken: ${d.attempts.at(-1)?.status ?? ''} ${d.attempts.at(-1)?.error ?? d.reason}`,
          );
        return d.state === 'delivered' ? 0 : 1;
      }
      await sleep(200);
    }
  });
