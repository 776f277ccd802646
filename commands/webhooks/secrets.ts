import { createHmac } from 'node:crypto';
import type { WebhookRow } from '../../db/webhooks';

/** Made from the installation's own secret, so that no table holds it: it is shown once, and can be made again to sign. */
export const secretOf = (installationSecret: string, webhookId: string, n: number): string =>
  `whsec_${createHmac('sha256', installationSecret).update(`webhook:${webhookId}:${n}`).digest('base64')}`;

/** The secrets that are good at an instant, the newest first: what is sent is signed with each. */
export function goodSecrets(installationSecret: string, w: Pick<WebhookRow, 'id' | 'secretN' | 'oldSecrets'>, asOf: Date): string[] {
  const old = w.oldSecrets.filter((s) => new Date(s.until) > asOf).map((s) => s.n);
  return [w.secretN, ...old].map((n) => secretOf(installationSecret, w.id, n));
}
