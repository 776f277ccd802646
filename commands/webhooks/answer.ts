import { planAgainSince } from '../../db/webhook-deliveries';
import { lockWebhook } from '../../db/webhooks';
import type { Decided } from '../decided';
import { switchOn } from './addresses';
import { keepFor } from './keep';

/** What an address has missed is sent again, and it is switched on for that; or it is left as it is. */
export async function answerWebhook({ tx, ctx: { asOf }, step, decision }: Decided): Promise<void> {
  const w = decision === 'send-again' ? await lockWebhook(tx, step.subject) : undefined;
  if (!w) return;
  if (w.state === 'off') await switchOn(tx, w, asOf);
  const { since } = step.shown as { since: string };
  const kept = await keepFor(tx, 'delivered', asOf);
  // What was delivered longer ago than that is not known any more, and would be sent once more.
  const first = Math.max(Math.min(+new Date(since), +(w.failingSince ?? asOf)), kept === null ? 0 : +asOf - kept);
  await planAgainSince(tx, w, { since: new Date(first), all: false, at: asOf });
}
