import { createHmac, timingSafeEqual } from 'node:crypto';
import { LecternError } from '../../domain/errors';

const TOLERANCE_MS = 5 * 60_000;
/** Visible ASCII without a dot: the dot parts id, time and body in what is signed, so an id with one could be read two ways. */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,200}$/;

export interface WebhookHeaders {
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
}

/**
 * Verifies a Standard Webhooks signature over the bytes as they came. Written out rather than taken from the reference
 * library, which decodes the bytes to text first: two bodies that differ in invalid UTF-8 would share a signature there.
 * `now` is real time. Errors: `bad-signature`, `stale-webhook`, `invalid-request` for an id that cannot be signed unambiguously.
 */
export function verifyWebhook(bytes: Buffer, headers: WebhookHeaders, secrets: readonly string[], now: Date): { id: string } {
  const { id, timestamp, signature } = headers;
  if (id === undefined || timestamp === undefined || signature === undefined) {
    throw new LecternError('bad-signature', 'The headers webhook-id, webhook-timestamp and webhook-signature are needed.');
  }
  if (!ID.test(id)) {
    const message = 'must be 1 to 200 visible ASCII characters without a dot';
    throw new LecternError('invalid-request', `The webhook-id ${message}.`, [{ path: 'webhook-id', message }]);
  }
  if (!/^\d{1,12}$/.test(timestamp)) throw new LecternError('bad-signature', 'The webhook-timestamp is not a number of seconds.');
  if (!secrets.some((secret) => matches(bytes, { id, timestamp, signature }, secret))) {
    throw new LecternError('bad-signature', 'The signature does not match the body, id and timestamp.');
  }
  if (Math.abs(+now - Number(timestamp) * 1000) > TOLERANCE_MS) {
    throw new LecternError('stale-webhook', 'The webhook was signed more than five minutes ago, or ahead of time.');
  }
  return { id };
}

function matches(bytes: Buffer, signed: { id: string; timestamp: string; signature: string }, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (key.length === 0) return false;
  const expected = createHmac('sha256', key).update(`${signed.id}.${signed.timestamp}.`).update(bytes).digest();
  return signed.signature
    .split(' ')
    .slice(0, 10)
    .some((part) => {
      const [version, text = ''] = part.split(',');
      const given = Buffer.from(text, 'base64');
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
    });
}
