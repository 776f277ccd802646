import { addAudit } from '../../db/audit';
import { dropPlanned } from '../../db/webhook-deliveries';
import {
  insertWebhook,
  listedWebhook,
  lockWebhook,
  saveWebhook,
  webhookByName,
  withdrawWebhookSteps,
  type ListedWebhook,
  type WebhookRow,
} from '../../db/webhooks';
import type { Tx } from '../../db/database';
import { addressFault, type AddressRule } from '../../domain/addresses';
import { LecternError, notFound } from '../../domain/errors';
import { newId } from '../../domain/ids';
import { OUTBOUND_TYPES } from '../../domain/outbound';
import type { Context } from '../context';
import { keepFor } from './keep';
import { secretOf } from './secrets';

export interface WebhookInput {
  name: string;
  url: string;
  eventTypes: readonly string[];
}
export type WebhookChange = Partial<Omit<WebhookInput, 'name'>> & { state?: 'on' | 'off' };

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

function refuseFaults({ name, url, eventTypes }: Partial<WebhookInput>, rule: AddressRule): void {
  const faults: { path: string; message: string }[] = [];
  if (name !== undefined && !NAME.test(name))
    faults.push({ path: 'name', message: 'is 1 to 63 lower-case letters, digits and hyphens, a letter first' });
  const fault = url === undefined ? null : addressFault(url, rule);
  if (fault !== null) faults.push({ path: 'url', message: fault });
  const unknown = eventTypes?.filter((t) => !(OUTBOUND_TYPES as readonly string[]).includes(t)) ?? [];
  if (unknown.length > 0) faults.push({ path: 'eventTypes', message: `${unknown.join(', ')}: not among ${OUTBOUND_TYPES.join(', ')}` });
  if (eventTypes?.length === 0) faults.push({ path: 'eventTypes', message: `names at least one of ${OUTBOUND_TYPES.join(', ')}` });
  if (faults.length > 0) throw new LecternError('invalid-request', 'Nothing can be sent like that.', faults);
}

const distinct = (list: readonly string[]): string[] => [...new Set(list)];

export interface WithSecret {
  webhook: ListedWebhook;
  /** Shown once. */
  secret: string;
}

/** An address that is told from now on. Errors: `invalid-request`, `already-exists` for its name (details give the id). */
export const createWebhook = async (ctx: Context, input: WebhookInput, rule: AddressRule): Promise<WithSecret> => {
  refuseFaults(input, rule);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const id = newId();
    const createdBy = ctx.principal.kind === 'system' ? null : ctx.principal.id;
    const eventTypes = distinct(input.eventTypes);
    if (!(await insertWebhook(tx, { id, name: input.name, url: new URL(input.url).href, eventTypes, createdAt: ctx.asOf, createdBy }))) {
      const there = await webhookByName(tx, input.name);
      throw new LecternError('already-exists', `There is a webhook called "${input.name}" already.`, { id: there?.id ?? null });
    }
    await addAudit(tx, ctx, 'webhook.create', 'webhook', id, { name: input.name, eventTypes });
    return { webhook: (await listedWebhook(tx, id))!, secret: secretOf(ctx.secret, id, 1) };
  });
};

/** Ends sending to an address: what waits to be sent to it is given up, and can be sent again when it is on. The caller holds the row. */
export async function switchOff(tx: Tx, w: WebhookRow, offReason: NonNullable<WebhookRow['offReason']>, at: Date): Promise<void> {
  await saveWebhook(tx, { ...w, state: 'off', offReason, offAt: at });
  await dropPlanned(tx, w.id, 'switched-off', at);
}

/** Sends to an address again from now on; it is not counted against it what it did not take before. The caller holds the row. */
export async function switchOn(tx: Tx, w: WebhookRow, at: Date): Promise<void> {
  await saveWebhook(tx, { ...w, state: 'on', offReason: null, offAt: null, failingSince: null });
  await withdrawWebhookSteps(tx, w.id, at);
}

async function locked(tx: Tx, id: string, version: number): Promise<WebhookRow> {
  const found = await lockWebhook(tx, id);
  if (!found) throw notFound('webhook', id);
  if (found.version !== version) throw new LecternError('stale', `Webhook ${id} is at version ${found.version}.`, { version: found.version });
  return found;
}

/** Changes where and what is sent, or switches it on and off. Errors: `not-found`, `invalid-request`, `stale`. */
export const changeWebhook = async (ctx: Context, id: string, version: number, to: WebhookChange, rule: AddressRule): Promise<ListedWebhook> => {
  refuseFaults(to, rule);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const was = await locked(tx, id, version);
    const w = { ...was, url: to.url === undefined ? was.url : new URL(to.url).href, eventTypes: distinct(to.eventTypes ?? was.eventTypes) };
    if (to.state === 'off' && was.state === 'on') await switchOff(tx, w, 'asked', ctx.asOf);
    else if (to.state === 'on' && was.state === 'off') await switchOn(tx, w, ctx.asOf);
    else await saveWebhook(tx, w);
    await addAudit(tx, ctx, 'webhook.change', 'webhook', id, { state: to.state ?? was.state, eventTypes: w.eventTypes });
    return (await listedWebhook(tx, id))!;
  });
};

/**
 * A new secret, shown once. The old one is good beside it for as long as `webhook.keep` says, not at all when it has leaked. Errors:
 * `not-found`; `stale`; `no-rules` where the rules in force do not say how long.
 */
export const rotateWebhookSecret = (ctx: Context, id: string, { version, leaked }: { version: number; leaked: boolean }): Promise<WithSecret> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const w = await locked(tx, id, version);
    const kept = await keepFor(tx, leaked ? 'leaked-secret' : 'old-secret', ctx.asOf);
    if (kept === null) throw new LecternError('no-rules', 'The rules in force do not say how long an old secret is good (policy webhook.keep).');
    const good = leaked ? [] : w.oldSecrets.filter((s) => new Date(s.until) > ctx.asOf);
    const old = kept > 0 ? [{ n: w.secretN, until: new Date(+ctx.asOf + kept).toISOString() }] : [];
    const secretN = w.secretN + 1;
    await saveWebhook(tx, { ...w, secretN, oldSecrets: [...old, ...good] });
    await addAudit(tx, ctx, 'webhook.rotate', 'webhook', id, { leaked });
    return { webhook: (await listedWebhook(tx, id))!, secret: secretOf(ctx.secret, id, secretN) };
  });
